"""A call at Google Meet: who is in comes by Pub/Sub and is on the card, and ending in Slack ends the conference."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from sandbox.testing import PATIENCE_S, wait_for
from tests.googlemeet_double import GoogleMeetDouble
from tests.only_call import LEAVE_S, OnlyCall
from tests.world import GENERAL, running_world


@dataclass(slots=True)
class Meeting(OnlyCall):
    """An app whose calls are at Google Meet."""

    google: GoogleMeetDouble

    async def start(self) -> str:
        """Start a call, wait until Google reports, and return the name of its room."""
        await self.begin()
        await wait_for(lambda: len(self.google.subscriptions) == 1)
        (space,) = self.google.spaces
        return space


@pytest.fixture
async def meeting(tmp_path: Path) -> AsyncIterator[Meeting]:
    """Run Google, an app that uses it, and a local Slack."""
    async with GoogleMeetDouble().running() as google:
        settings = google.settings | {"STARTCALL_PROVIDER": "googlemeet", "STARTCALL_END_WHEN_EMPTY_S": "1"}
        async with running_world(tmp_path, http=False, extra=settings) as world:
            yield Meeting(world, google)


async def test_who_is_in_is_on_the_card_until_everybody_has_gone(meeting: Meeting) -> None:
    """With no address at which Google could reach the app."""
    space = await meeting.start()
    assert meeting.google.spaces[space]["meetingUri"] == meeting.at_slack.join_url

    ana = meeting.google.arrive(space, "Ana Lima", user="users/7")
    await wait_for(lambda: meeting.shown() == ["Ana Lima"])
    meeting.google.arrive(space, "Guest")
    await wait_for(lambda: meeting.shown() == ["Ana Lima", "Guest"])
    meeting.google.leave(space, ana)
    await wait_for(lambda: meeting.shown() == ["Guest"])

    meeting.google.end(space)
    await wait_for(lambda: meeting.at_slack.date_end > 0, timeout_s=LEAVE_S + PATIENCE_S)


async def test_ending_in_slack_ends_the_conference(meeting: Meeting) -> None:
    """Nobody goes on talking in a call that is over."""
    space = await meeting.start()
    meeting.google.arrive(space, "Ana Lima", user="users/7")
    await wait_for(lambda: len(meeting.shown()) == 1)

    await meeting.world.alice.click(GENERAL, meeting.world.cards(GENERAL)[0].ts, "end_call")
    await wait_for(lambda: "activeConference" not in meeting.google.spaces[space])
    await wait_for(lambda: meeting.at_slack.date_end > 0)
