"""A server in LiveKit's place, the app and the local Slack: who is in the room is on the card."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from calls.model import Room
from sandbox.testing import wait_for
from tests.livekit_double import Double
from tests.vendor_meeting import VendorMeeting
from tests.world import GENERAL, running_world


@pytest.fixture
async def server() -> AsyncIterator[Double]:
    """Run a LiveKit server."""
    async with Double().running() as running:
        yield running


@pytest.fixture
async def meeting(tmp_path: Path, server: Double) -> AsyncIterator[VendorMeeting]:
    """Run an app that uses it, and a local Slack."""
    settings = {**server.settings, "STARTCALL_PROVIDER": "livekit"}
    async with running_world(tmp_path, http=False, extra=settings) as world:
        yield VendorMeeting(world)


async def started(meeting: VendorMeeting, server: Double) -> Room:
    """Start a call, and return its room."""
    room = await meeting.start()
    server.hooks_url = f"{meeting.world.server.address}/hooks/livekit"
    return room


async def test_who_enters_and_leaves_is_on_the_card_as_the_slack_person_they_are(
    meeting: VendorMeeting, server: Double
) -> None:
    """Bob within moments of entering, and gone after the delay of a leave."""
    room, bob = await started(meeting, server), meeting.world.bob.user_id
    person = await server.enter(await meeting.link(room, bob))
    await wait_for(lambda: meeting.shown() == [bob])

    await server.leave(room.id, person.identity)
    await wait_for(lambda: meeting.shown() == [])


async def test_who_leaves_by_the_card_and_who_has_no_link_of_ours_is_shown_out(
    meeting: VendorMeeting, server: Double
) -> None:
    """A recorder stays."""
    room, bob = await started(meeting, server), meeting.world.bob.user_id
    await server.enter(await meeting.link(room, bob))
    await wait_for(lambda: meeting.shown() == [bob])
    stranger = server.put_in(room.id, "stranger", "Bob")
    await server.report("participant_joined", room.id, stranger)
    await wait_for(lambda: "stranger" not in server.people[room.id])

    await meeting.world.bob.click(GENERAL, meeting.world.cards(GENERAL)[0].ts, "leave_call")
    await wait_for(lambda: server.people[room.id] == {} and meeting.shown() == [])


async def test_ending_in_slack_closes_the_room(meeting: VendorMeeting, server: Double) -> None:
    """Nobody goes on talking in a call that is over."""
    await started(meeting, server)
    await meeting.end()
    await wait_for(lambda: server.rooms == {})


async def test_a_room_closed_at_livekit_ends_the_call(meeting: VendorMeeting, server: Double) -> None:
    """With the reason on its card."""
    room = await started(meeting, server)
    await server.finish(room.id)
    await wait_for(lambda: meeting.at_slack.date_end > 0)
    await meeting.world.settled()
    assert "was closed where it took place" in meeting.last_line()
