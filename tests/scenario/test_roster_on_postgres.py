"""Who is in a call is worked out on PostgreSQL as on SQLite, also while two processes hear of it at once."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from sandbox.testing import wait_for
from tests.acme_meeting import Meeting, running_meeting
from tests.scenario import test_roster as same

pytestmark = pytest.mark.postgres


@pytest.fixture
async def meeting(tmp_path: Path, postgres_url: str) -> AsyncIterator[Meeting]:
    """Run an Acme server, an app on PostgreSQL that uses it, and a local Slack."""
    async with running_meeting(tmp_path, database_url=postgres_url) as running:
        yield running


async def test_coming_and_going_is_on_the_card(meeting: Meeting) -> None:
    """Within a second, and off again after the delay."""
    await same.test_two_devices_are_one_person(meeting)


async def test_the_end_of_the_room_is_the_end_of_the_call(meeting: Meeting) -> None:
    """Also here it is final."""
    await same.test_a_room_closed_at_the_meeting_system_ends_the_call_with_its_reason(meeting)


async def test_a_thousand_comings_and_goings(meeting: Meeting) -> None:
    """The requests are as few, and the end as exact."""
    await same.test_a_thousand_comings_and_goings_in_ten_seconds_cost_one_request_a_second(meeting)


async def test_two_who_come_one_after_the_other(meeting: Meeting) -> None:
    """Also here neither waits for a second."""
    await same.test_two_people_who_come_one_after_the_other_are_both_on_the_card_within_a_second(meeting)


async def test_everybody_coming_at_the_same_moment_is_shown(meeting: Meeting) -> None:
    """Reports that are stored at the same time do not overwrite each other."""
    await meeting.start()
    people = [person.user_id for person in (meeting.world.alice, meeting.world.bob)]
    visitors = [await meeting.visitor(person) for person in people]
    await asyncio.gather(*(meeting.acme.join(visitor) for visitor in visitors for _ in range(10)))
    await wait_for(lambda: meeting.shown() == sorted(people))

    call = await meeting.call()
    sessions = await meeting.world.server.database.read(lambda transaction: transaction.sessions(call.id))
    assert 20 == sum(session.present for session in sessions)


async def test_a_report_that_cannot_be_stored_is_in_nobodys_way(meeting: Meeting) -> None:
    """PostgreSQL takes no such character: its sender learns so, and those whose reports came with it notice nothing."""
    await meeting.start()
    visitor = await meeting.visitor(meeting.world.bob.user_id)
    sessions = ("first", "second", "th\0ird", "fourth", "fifth")
    reports = [meeting.acme.report("joined", [{"session": one, "visitor": visitor, "name": "Bob"}]) for one in sessions]

    assert [200, 200, 503, 200, 200] == await asyncio.gather(*reports)
    await wait_for(lambda: meeting.shown() == [meeting.world.bob.user_id])
