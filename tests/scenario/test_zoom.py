"""Calls at Zoom, with a server in its place and the local Slack: reported by webhook or over a WebSocket."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import aiohttp
import pytest

from calls.clock import now
from sandbox.testing import wait_for
from tests.lateness import added_after_s
from tests.only_call import OnlyCall
from tests.vendor import RETRY_AFTER_S
from tests.world import GENERAL, running_world
from tests.zoom_double import HOOK_SECRET, SUBSCRIPTION_ID, Json, ZoomDouble, participant, signed


@dataclass(slots=True)
class Meeting(OnlyCall):
    """An app whose calls meet at Zoom."""

    zoom: ZoomDouble
    by_webhook: bool

    @property
    def room(self) -> str:
        """Return the number of the only meeting."""
        (number,) = self.zoom.meetings
        return str(number)

    async def start(self) -> None:
        """Start a call."""
        await self.begin()

    async def tell(self, report: Json) -> None:
        """Have Zoom report something, in the way it was set up to."""
        if not self.by_webhook:
            await self.zoom.tell(report)
            return
        body = json.dumps(report).encode()
        async with (
            aiohttp.ClientSession() as session,
            session.post(f"{self.world.server.address}/hooks/zoom", data=body, headers=signed(body)) as answer,
        ):
            assert 200 == answer.status


@asynccontextmanager
async def running_meeting(folder: Path, *, by_webhook: bool) -> AsyncIterator[Meeting]:
    """Run a server in Zoom's place, an app that uses it, and a local Slack."""
    way = (
        {"STARTCALL_ZOOM_HOOK_SECRET": HOOK_SECRET}
        if by_webhook
        else {"STARTCALL_ZOOM_SUBSCRIPTION_ID": SUBSCRIPTION_ID}
    )
    async with ZoomDouble().running() as zoom:
        settings = {"STARTCALL_PROVIDER": "zoom", **zoom.settings, **way}
        async with running_world(folder, http=False, extra=settings) as world:
            await wait_for(lambda: by_webhook or len(zoom.sockets) == 1)
            yield Meeting(world, zoom, by_webhook)


@pytest.fixture(params=["webhook", "websocket"])
async def meeting(tmp_path: Path, request: pytest.FixtureRequest) -> AsyncIterator[Meeting]:
    """Run everything, once in each way that Zoom reports."""
    async with running_meeting(tmp_path, by_webhook=request.param == "webhook") as running:
        yield running


async def test_who_is_in_the_meeting_is_on_the_card_until_zoom_ends_it(meeting: Meeting) -> None:
    """Within a second of the report; when Zoom says that it is over, the call is."""
    await meeting.start()
    assert f"https://us05web.zoom.us/j/{meeting.room}" in meeting.at_slack.join_url
    room = meeting.room
    jill, jack = participant("16778240"), participant("16779264", user_name="Jack Hill")

    came_at_s = meeting.world.slack.workspace.now()
    await meeting.tell(meeting.zoom.report("meeting.participant_joined", room, participant=jill))
    await wait_for(lambda: meeting.shown() == ["Jill Chill"])
    assert added_after_s(meeting.world, "Jill Chill", came_at_s) < 1
    await meeting.tell(meeting.zoom.report("meeting.participant_joined", room, participant=jack))
    await wait_for(lambda: meeting.shown() == ["Jack Hill", "Jill Chill"])
    await meeting.tell(meeting.zoom.report("meeting.participant_left", room, participant=jill))
    await wait_for(lambda: meeting.shown() == ["Jack Hill"])

    await meeting.tell(meeting.zoom.report("meeting.ended", room))
    await wait_for(lambda: meeting.at_slack.date_end > 0)
    await meeting.world.settled()
    assert {} == meeting.zoom.meetings, "its link opens nothing any more"


async def test_ending_in_slack_ends_the_meeting_for_everybody(meeting: Meeting) -> None:
    """Nobody goes on talking in a call that is over."""
    await meeting.start()
    meeting.zoom.start(meeting.room)

    await meeting.world.alice.click(GENERAL, meeting.world.cards(GENERAL)[0].ts, "end_call")
    await wait_for(lambda: meeting.at_slack.date_end > 0)
    await meeting.world.settled()
    assert 1 == len(meeting.zoom.requests("PUT", "/v2/meetings/"))
    assert {} == meeting.zoom.meetings


async def test_when_the_host_has_used_up_their_meetings_of_today_the_starter_reads_until_when(tmp_path: Path) -> None:
    """No card comes out of nowhere tomorrow."""
    async with running_meeting(tmp_path, by_webhook=True) as meeting:
        meeting.zoom.fault = "rate_limited"
        meeting.zoom.retry_after = (now() + timedelta(hours=11, minutes=50)).strftime("%Y-%m-%dT%H:%M:%SZ")
        await meeting.world.alice.command(GENERAL, "/startcall", "Weekly sync")
        told = meeting.world.told
        await wait_for(lambda: told(GENERAL, meeting.world.alice.user_id))
        await meeting.world.settled()

        said = "“Weekly sync” could not be started. The meeting system zoom has reached a limit"
        cure = "Start the call with another meeting system, or try again then."
        assert [f"{said} and makes no meeting for 12 hours. {cure}"] == told(GENERAL, meeting.world.alice.user_id)
        assert [] == meeting.world.cards(GENERAL)


async def test_while_zoom_takes_no_more_requests_nobody_gets_a_made_up_link(tmp_path: Path) -> None:
    """The starter is told at once that it takes longer; the card comes once Zoom's time is over."""
    async with running_meeting(tmp_path, by_webhook=True) as meeting:
        meeting.zoom.fault = "rate_limited"
        await meeting.world.alice.command(GENERAL, "/startcall", "Weekly sync")
        told = meeting.world.told
        await wait_for(lambda: told(GENERAL, meeting.world.alice.user_id))
        assert "takes longer than usual" in told(GENERAL, meeting.world.alice.user_id)[0]
        assert [] == meeting.world.cards(GENERAL)

        meeting.zoom.fault = ""
        await wait_for(lambda: len(meeting.world.cards(GENERAL)) == 1, timeout_s=RETRY_AFTER_S + 10)
        assert 1 == len(meeting.zoom.meetings)
