"""A server in BigBlueButton's place, the app and the local Slack: who is in the meeting is on the card."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest

from calls.ids import new_call_id
from calls.model import Call, Room, UserId, Visitor
from sandbox.testing import wait_for
from sandbox.workspace import CallRecord
from tests.bigbluebutton_double import SECRET, Double
from tests.world import GENERAL, World, running_world

LEAVE_S = 5 + 2
"""The delay of a leave, and what it takes to be seen."""


@dataclass(slots=True)
class Meeting:
    """An app whose calls meet at BigBlueButton."""

    world: World
    server: Double

    @property
    def at_slack(self) -> CallRecord:
        """Return the only call, as Slack has it."""
        (call,) = self.world.slack.workspace.calls.values()
        return call

    async def start(self) -> Call:
        """Start a call, and return it once its meeting is reported."""
        await self.world.alice.command(GENERAL, "/startcall", "Weekly sync, with a comma")
        await self.world.card(GENERAL)
        await wait_for(lambda: len(self.server.hooks) == 1)
        found = await self.world.server.database.read(lambda transaction: transaction.call_named(self.at_slack.id))
        assert found is not None
        return found

    async def enter(self, call: Call, user_id: str) -> str:
        """Let a Slack person in by a link of their own, as our page does, and return the id of their connection."""
        visitor = Visitor(new_call_id(), call.id, f"slack:{user_id}", user_id, UserId(user_id))
        await self.world.server.database.write(lambda transaction: transaction.add_visitor(visitor))
        assert isinstance(call.room, Room)
        link = await self.world.server.provider.person_link(call.room, visitor, lasts=timedelta(minutes=5))
        return await self.server.enter(link)

    def shown(self) -> list[str]:
        """Return who Slack shows in the call."""
        return sorted(user.get("slack_id") or user["display_name"] for user in self.at_slack.active)


@pytest.fixture
async def meeting(tmp_path: Path) -> AsyncIterator[Meeting]:
    """Run a BigBlueButton server, an app that uses it, and a local Slack."""
    async with Double().running() as server:
        settings = {
            "STARTCALL_PROVIDER": "bigbluebutton",
            "STARTCALL_BIGBLUEBUTTON_URL": f"{server.url}/bigbluebutton/",
            "STARTCALL_BIGBLUEBUTTON_SECRET": SECRET,
        }
        async with running_world(tmp_path, http=False, extra=settings) as world:
            yield Meeting(world, server)


async def test_who_enters_and_leaves_is_on_the_card_as_the_slack_person_they_are(meeting: Meeting) -> None:
    """Bob within a second of entering, and gone after the delay of a leave."""
    call = await meeting.start()
    bob = meeting.world.bob.user_id
    connection = await meeting.enter(call, bob)
    await wait_for(lambda: meeting.shown() == [bob], timeout_s=2)

    (meeting_id,) = meeting.server.meetings
    await meeting.server.leave(meeting_id, connection)
    await wait_for(lambda: meeting.shown() == [], timeout_s=LEAVE_S)


async def test_ending_in_slack_closes_the_meeting_and_stops_its_reports(meeting: Meeting) -> None:
    """Nobody goes on talking in a call that is over."""
    await meeting.start()
    await meeting.world.alice.click(GENERAL, meeting.world.cards(GENERAL)[0].ts, "end_call")
    await wait_for(lambda: meeting.server.meetings == {} and meeting.server.hooks == {}, timeout_s=5)


async def test_a_meeting_closed_by_its_moderator_ends_the_call(meeting: Meeting) -> None:
    """With the reason on its card."""
    await meeting.start()
    (meeting_id,) = meeting.server.meetings
    await meeting.server.close(meeting_id)
    await wait_for(lambda: meeting.at_slack.date_end > 0)
    await meeting.world.settled()
    assert "was closed where it took place" in meeting.world.cards(GENERAL)[0].blocks[-1]["elements"][0]["text"]
