"""A call at Microsoft Teams: Graph reports who is in to the app, and the card shows it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from sandbox.testing import PATIENCE_S, wait_for
from tests.only_call import LEAVE_S, OnlyCall
from tests.teams_double import TeamsDouble
from tests.world import GENERAL, running_world


@dataclass(slots=True)
class Meeting(OnlyCall):
    """An app whose calls are at Microsoft Teams."""

    microsoft: TeamsDouble

    async def start(self) -> None:
        """Start a call and wait until Graph reports."""
        await self.begin()
        await wait_for(lambda: len(self.microsoft.subscriptions) == 1)


@pytest.fixture
async def meeting(tmp_path: Path) -> AsyncIterator[Meeting]:
    """Run Microsoft, an app that uses it, and a local Slack."""
    async with TeamsDouble().running() as microsoft:
        settings = microsoft.settings | {"STARTCALL_PROVIDER": "teams", "STARTCALL_END_WHEN_EMPTY_S": "1"}
        async with running_world(tmp_path, http=False, extra=settings) as world:
            yield Meeting(world, microsoft)


async def test_who_is_in_is_on_the_card_until_the_call_at_teams_ends(meeting: Meeting) -> None:
    """Whoever waits in the lobby is not shown."""
    await meeting.start()
    (at_teams,) = meeting.microsoft.meetings.values()
    assert at_teams["joinWebUrl"] == meeting.at_slack.join_url

    ana = await meeting.microsoft.arrive("Ana Lima", user="u7")
    await meeting.microsoft.arrive("Waiting", lobby=True)
    await meeting.microsoft.arrive("Guest")
    await wait_for(lambda: meeting.shown() == ["Ana Lima", "Guest"])
    await meeting.microsoft.leave(ana)
    await wait_for(lambda: meeting.shown() == ["Guest"])

    await meeting.microsoft.report({"eventType": "callEnded"})
    await wait_for(lambda: meeting.at_slack.date_end > 0, timeout_s=LEAVE_S + PATIENCE_S)
    assert {200} == set(meeting.microsoft.answers)


async def test_ending_in_slack_ends_the_call_there_and_leaves_the_meeting_alone(meeting: Meeting) -> None:
    """Graph has no way to end a meeting, and nothing is sent that would pretend to."""
    await meeting.start()
    await meeting.microsoft.arrive("Ana Lima")
    await wait_for(lambda: len(meeting.shown()) == 1)
    asked = len(meeting.microsoft.asked)

    await meeting.world.alice.click(GENERAL, meeting.world.cards(GENERAL)[0].ts, "end_call")
    await wait_for(lambda: meeting.at_slack.date_end > 0)
    await meeting.world.settled()
    assert asked == len(meeting.microsoft.asked)
