"""A real Prosody with our module, two XMPP clients and the local Slack: who is in the room is on the card."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode

import aiohttp
import pytest

from calls.model import Room
from providers.jitsi.reservations import path_secret
from sandbox.testing import wait_for
from tests.lateness import added_after_s
from tests.only_call import LEAVE_S
from tests.ports import free_port
from tests.prosody_server import (
    APP_ID,
    APP_SECRET,
    DOMAIN,
    MUC,
    SECRET,
    NotLetInError,
    ProsodyServer,
    connected,
    start_prosody,
)
from tests.vendor_meeting import VendorMeeting
from tests.world import GENERAL, running_world

FORM = {"start_time": "2026-11-21T12:00:00.000Z", "mail_owner": "somebody@guest.meet.test"}


@dataclass(slots=True)
class Meeting(VendorMeeting):
    """An app whose calls meet at a Jitsi of which there is only Prosody."""

    prosody: ProsodyServer

    async def token(self, room: Room, user_id: str) -> str:
        """Let a Slack person in as our page does, and return the token in their link."""
        return (await self.link(room, user_id)).partition("#jwt=")[2]

    async def reserve(self, method: str, room_id: str, **form: str) -> tuple[int, dict[str, object]]:
        """Ask as Prosody's reservation plugin does."""
        url = f"{self.world.server.address}/hooks/jitsi/reservation/{path_secret(SECRET)}/conference{room_id}"
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        async with (
            aiohttp.ClientSession() as session,
            session.request(method, url, data=urlencode(form), headers=headers) as response,
        ):
            text = await response.text()
            return response.status, json.loads(text) if text else {}


@asynccontextmanager
async def running_meeting(folder: Path, *, with_module: bool) -> AsyncIterator[Meeting]:
    """Run Prosody, an app that uses it, and a local Slack."""
    port = free_port()
    prosody = await asyncio.to_thread(start_prosody, folder, f"http://127.0.0.1:{port}/hooks/jitsi")
    settings = {
        "PORT": str(port),
        "STARTCALL_PROVIDER": "jitsi",
        "STARTCALL_JITSI_URL": prosody.url,
        "STARTCALL_JITSI_APP_ID": APP_ID,
        "STARTCALL_JITSI_APP_SECRET": APP_SECRET,
        "STARTCALL_JITSI_HOOK_SECRET": SECRET,
        "STARTCALL_JITSI_MUC": MUC,
    }
    if with_module:
        settings["STARTCALL_JITSI_PROSODY_URL"] = prosody.url
    try:
        async with running_world(folder, http=False, extra=settings) as world:
            yield Meeting(world, prosody)
    finally:
        await asyncio.to_thread(prosody.stop)


@pytest.fixture
async def meeting(tmp_path: Path) -> AsyncIterator[Meeting]:
    """Run everything, with our module."""
    async with running_meeting(tmp_path, with_module=True) as running:
        yield running


async def test_who_is_in_the_room_is_on_the_card_until_it_is_closed(meeting: Meeting) -> None:
    """Joined within a second, gone after the delay, and ended when the host closes the room."""
    room = await meeting.start()
    alice, bob = meeting.world.alice.user_id, meeting.world.bob.user_id
    tokens = await meeting.token(room, alice), await meeting.token(room, bob)
    async with (
        connected(meeting.prosody, f"a@{DOMAIN}", tokens[0]) as first,
        connected(meeting.prosody, f"b@{DOMAIN}", tokens[1]) as second,
    ):
        came_at_s = meeting.world.slack.workspace.now()
        await first.join(room.id, "first", "The Queen")
        await wait_for(lambda: meeting.shown() == [alice])
        assert added_after_s(meeting.world, alice, came_at_s) < 1
        await second.join(room.id, "second")
        await wait_for(lambda: meeting.shown() == sorted([alice, bob]))
        second.leave(room.id, "second")
        await wait_for(lambda: meeting.shown() == [alice])
        first.close_room(room.id)
        await wait_for(lambda: meeting.at_slack.date_end > 0)
    await meeting.world.settled()
    assert "was closed where it took place" in meeting.world.cards(GENERAL)[0].blocks[-1]["elements"][0]["text"]


async def test_reloading_alone_does_not_end_the_call(meeting: Meeting) -> None:
    """The room is empty for a moment, which is not the end and not even a leave."""
    room = await meeting.start()
    token = await meeting.token(room, meeting.world.bob.user_id)
    async with connected(meeting.prosody, f"b@{DOMAIN}", token) as bob:
        await bob.join(room.id, "before")
        await wait_for(lambda: len(meeting.shown()) == 1)
        bob.leave(room.id, "before")
        await asyncio.sleep(0.5)
        await bob.join(room.id, "after")
        await asyncio.sleep(LEAVE_S)
        assert [meeting.world.bob.user_id] == meeting.shown()
        assert 0 == meeting.at_slack.date_end
    assert "calls.participants.remove" not in meeting.world.methods()


async def test_who_came_by_no_link_of_ours_is_shown_out(meeting: Meeting) -> None:
    """A guest of Prosody's is out again before they are on the card."""
    room = await meeting.start()
    async with connected(meeting.prosody) as guest:
        await guest.join(room.id, "guest")
        await asyncio.wait_for(guest.put_out.wait(), 5)
        assert [] == list(await meeting.world.server.provider.roster(room))
    assert [] == meeting.shown()


async def test_ending_in_slack_closes_the_room_for_good(meeting: Meeting) -> None:
    """Nobody goes on talking in a call that is over, and nobody starts again."""
    room = await meeting.start()
    token = await meeting.token(room, meeting.world.bob.user_id)
    async with connected(meeting.prosody, f"b@{DOMAIN}", token) as bob:
        await bob.join(room.id, "bob")
        await wait_for(lambda: len(meeting.shown()) == 1)
        await meeting.world.alice.click(GENERAL, meeting.world.cards(GENERAL)[0].ts, "end_call")
        await wait_for(lambda: meeting.at_slack.date_end > 0)
        await meeting.world.settled()
        with pytest.raises(NotLetInError):
            await bob.join(room.id, "bob")


async def test_a_stock_server_opens_only_rooms_of_running_calls_and_reports_their_end(tmp_path: Path) -> None:
    """By reservations alone: before, during and after a call, and for rooms nobody started in Slack."""
    async with running_meeting(tmp_path, with_module=False) as meeting:
        room = await meeting.start()
        status, conference = await meeting.reserve("POST", "", name=room.id, **FORM)
        assert (200, room.id) == (status, conference["id"])
        assert 200 == (await meeting.reserve("GET", f"/{room.id}"))[0]
        for other in ("x" * 26, "lunch", '/ # ? é "'):
            status, refusal = await meeting.reserve("POST", "", name=other, **FORM)
            assert 403 == status
            assert "Start one in Slack" in str(refusal["message"])
        assert 200 == (await meeting.reserve("DELETE", f"/{room.id}"))[0]
        await wait_for(lambda: meeting.at_slack.date_end > 0)
        assert 403 == (await meeting.reserve("POST", "", name=room.id, **FORM))[0]
        assert 404 == (await meeting.reserve("GET", f"/{room.id}"))[0]
