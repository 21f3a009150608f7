"""Calls at Webex, with a server in its place and the local Slack: who is in is asked for, the end is reported."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from sandbox.testing import PATIENCE_S, wait_for
from tests.only_call import OnlyCall
from tests.webex_double import WebexDouble, participant
from tests.world import GENERAL, running_world

LOOK_S = 5 + 2
"""How often is asked who is in, and what it takes to be seen."""


@dataclass(slots=True)
class Meeting(OnlyCall):
    """An app whose calls meet at Webex."""

    webex: WebexDouble

    @property
    def room(self) -> str:
        """Return the id of the only meeting."""
        (meeting_id,) = self.webex.meetings
        return meeting_id

    async def start(self) -> None:
        """Start a call."""
        await self.begin()


@pytest.fixture
async def meeting(tmp_path: Path) -> AsyncIterator[Meeting]:
    """Run a server in Webex's place, an app that uses it, and a local Slack."""
    async with WebexDouble().running() as webex:
        settings = {
            "STARTCALL_PROVIDER": "webex",
            "PUBLIC_URL": "https://startcall.example.com",
            **webex.settings,
        }
        async with running_world(tmp_path, http=False, extra=settings) as world:
            yield Meeting(world, webex)


async def test_who_is_in_the_meeting_is_on_the_card_until_webex_reports_its_end(meeting: Meeting) -> None:
    """The report is believed by the secret that Webex was given with the webhook."""
    await meeting.start()
    assert meeting.at_slack.join_url == meeting.webex.meetings[meeting.room]["webLink"]
    room = meeting.room
    jill, jack = participant("p1"), participant("p2", "Jack Hill")

    meeting.webex.start(room, jill, jack)
    await wait_for(lambda: meeting.shown() == ["Jack Hill", "Jill Chill"], timeout_s=LOOK_S + PATIENCE_S)
    meeting.webex.start(room, jill | {"state": "end"}, jack)
    await wait_for(lambda: meeting.shown() == ["Jack Hill"], timeout_s=2 * LOOK_S + PATIENCE_S)

    await wait_for(lambda: len(meeting.webex.webhooks) == 1)
    meeting.webex.meetings[room]["state"] = "active"
    told = await meeting.webex.tell(f"{meeting.world.server.address}/hooks/webex", meeting.webex.ended(room))
    assert [200] == told
    await wait_for(lambda: meeting.at_slack.date_end > 0)
    await meeting.world.settled()
    assert {} == meeting.webex.meetings, "its link opens nothing any more"


async def test_ending_in_slack_ends_the_meeting_for_everybody(meeting: Meeting) -> None:
    """Nobody goes on talking in a call that is over."""
    await meeting.start()
    meeting.webex.start(meeting.room, participant())

    await meeting.world.alice.click(GENERAL, meeting.world.cards(GENERAL)[0].ts, "end_call")
    await wait_for(lambda: meeting.at_slack.date_end > 0)
    await meeting.world.settled()
    assert [1] == [
        len([asked for asked in meeting.webex.requests("POST", "/v1/meetings/") if asked.path[-4:] == "/end"])
    ]
    assert {} == meeting.webex.meetings
