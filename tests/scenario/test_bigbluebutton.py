"""A server in BigBlueButton's place, the app and the local Slack: who is in the meeting is on the card."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from calls.model import Room
from sandbox.testing import wait_for
from tests.bigbluebutton_double import Double
from tests.vendor_meeting import VendorMeeting
from tests.world import running_world


@pytest.fixture
async def server() -> AsyncIterator[Double]:
    """Run a BigBlueButton server."""
    async with Double().running() as running:
        yield running


@pytest.fixture
async def meeting(tmp_path: Path, server: Double) -> AsyncIterator[VendorMeeting]:
    """Run an app that uses it, and a local Slack."""
    settings = {**server.settings, "STARTCALL_PROVIDER": "bigbluebutton"}
    async with running_world(tmp_path, http=False, extra=settings) as world:
        yield VendorMeeting(world)


async def started(meeting: VendorMeeting, server: Double) -> Room:
    """Start a call, and return its room once its meeting is reported."""
    room = await meeting.start()
    await wait_for(lambda: len(server.hooks) == 1)
    return room


async def test_who_enters_and_leaves_is_on_the_card_as_the_slack_person_they_are(
    meeting: VendorMeeting, server: Double
) -> None:
    """Bob within moments of entering, and gone after the delay of a leave."""
    room, bob = await started(meeting, server), meeting.world.bob.user_id
    connection = await server.enter(await meeting.link(room, bob))
    await wait_for(lambda: meeting.shown() == [bob])

    await server.leave(room.id, connection)
    await wait_for(lambda: meeting.shown() == [])


async def test_ending_in_slack_closes_the_meeting_and_stops_its_reports(meeting: VendorMeeting, server: Double) -> None:
    """Nobody goes on talking in a call that is over."""
    await started(meeting, server)
    await meeting.end()
    await wait_for(lambda: server.meetings == {} and server.hooks == {})


async def test_a_meeting_closed_by_its_moderator_ends_the_call(meeting: VendorMeeting, server: Double) -> None:
    """With the reason on its card."""
    room = await started(meeting, server)
    await server.close(room.id)
    await wait_for(lambda: meeting.at_slack.date_end > 0)
    await meeting.world.settled()
    assert "was closed where it took place" in meeting.last_line()
