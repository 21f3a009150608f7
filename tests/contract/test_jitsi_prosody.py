"""A real Prosody with our module, and real XMPP clients: what happens in rooms arrives, and what is asked is done."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from calls.clock import now
from calls.meetings import Surroundings
from calls.model import Room
from providers.registry import build_provider
from sandbox.testing import wait_for
from tests.contract.jitsi_rig import (
    ADA,
    ENDED,
    JOINED,
    LEFT,
    SNAPSHOT,
    Rig,
    new_room,
    provider_for,
    rig,
    token_for,
    values,
)
from tests.hook_site import HookSite, served
from tests.ports import free_port
from tests.prosody_server import BREAKOUT, DOMAIN, SERVICES, NotLetInError, connected, start_prosody

__all__ = ["rig"]

ROUNDED = timedelta(seconds=0.05)
"""How much Prosody's times may be off."""


async def test_who_comes_and_goes_is_reported(rig: Rig) -> None:
    """Two people come in and go out: each arrives once, signed, and whoever had a link of ours is known by it."""
    room = await new_room(rig.provider)
    token = await token_for(rig.provider, room)
    async with connected(rig.prosody, f"ada@{DOMAIN}", token) as ada, connected(rig.prosody) as guest:
        await ada.join(room.id, "ada1", ADA.name)
        await guest.join(room.id, "guest1")
        joined = await rig.site.wait_for(JOINED, JOINED, room_id=room.id)
        guest.leave(room.id, "guest1")
        await rig.site.wait_for(JOINED, JOINED, LEFT, room_id=room.id)
    events = await rig.site.wait_for(JOINED, JOINED, LEFT, LEFT, SNAPSHOT, room_id=room.id)
    people = {event.people[0].session_id: event.people[0] for event in joined}
    assert (ADA.id, ADA.name) == (people["ada1"].visitor_id, people["ada1"].display_name)
    assert (None, None) == (people["guest1"].visitor_id, people["guest1"].display_name)
    assert {200} == {result.reply.status for result in rig.site.results}
    left = {event.people[0].session_id: event.at for event in events if event.kind is LEFT}
    assert {"ada1", "guest1"} == left.keys()
    assert all(abs(event.at - now()) < timedelta(seconds=30) for event in events)
    assert all(event.at < left[event.people[0].session_id] for event in joined)


async def test_a_connection_that_is_lost_is_reported_as_left(rig: Rig) -> None:
    """A closed laptop says no goodbye; Prosody notices, and so do we."""
    room = await new_room(rig.provider)
    async with connected(rig.prosody) as guest:
        await guest.join(room.id, "guest1")
        await rig.site.wait_for(JOINED, room_id=room.id)
        guest.abort()
        await rig.site.wait_for(JOINED, LEFT, SNAPSHOT, room_id=room.id)


async def test_an_empty_room_is_not_the_end(rig: Rig) -> None:
    """Whoever is alone and reloads the page comes back to the same call."""
    room = await new_room(rig.provider)
    async with connected(rig.prosody) as guest:
        await guest.join(room.id, "before")
        guest.leave(room.id, "before")
        events = await rig.site.wait_for(JOINED, LEFT, SNAPSHOT, room_id=room.id)
        assert [()] == [event.people for event in events if event.kind is SNAPSHOT]
        await guest.join(room.id, "after")
        await rig.site.wait_for(JOINED, LEFT, SNAPSHOT, JOINED, room_id=room.id)
        assert ["after"] == [seen.session_id for seen in await rig.provider.roster(room)]


async def test_a_host_who_closes_the_meeting_ends_it(rig: Rig) -> None:
    """Somebody closes the room for everybody, in Jitsi: that is the end."""
    room = await new_room(rig.provider)
    async with connected(rig.prosody) as host, connected(rig.prosody) as guest:
        await host.join(room.id, "host")
        await guest.join(room.id, "guest")
        host.close_room(room.id)
        await rig.site.wait_for(JOINED, JOINED, LEFT, LEFT, ENDED, room_id=room.id)
        assert [] == list(await rig.provider.roster(room))


async def test_ending_the_call_closes_the_room_for_good(rig: Rig) -> None:
    """Everybody is out, Prosody says so, and nobody gets in again; ending twice does no harm."""
    room = await new_room(rig.provider)
    async with connected(rig.prosody) as guest:
        await guest.join(room.id, "guest")
        await rig.provider.end_room(room)
        await rig.site.wait_for(JOINED, LEFT, ENDED, room_id=room.id)
        with pytest.raises(NotLetInError):
            await guest.join(room.id, "guest")
        await rig.provider.end_room(room)
        await guest.join((await new_room(rig.provider)).id, "guest")


async def test_the_roster_shows_people_and_nobody_else(rig: Rig) -> None:
    """Names as they were typed, a link's owner by its id; Jitsi's own services are no people."""
    room = await new_room(rig.provider)
    name = 'Zoë </b> "quoted" / # ? é 🎉'
    async with AsyncExitStack() as stack:
        token = await token_for(rig.provider, room)
        ada = await stack.enter_async_context(connected(rig.prosody, f"ada@{DOMAIN}", token))
        guest = await stack.enter_async_context(connected(rig.prosody))
        focus = await stack.enter_async_context(connected(rig.prosody))
        recorder = await stack.enter_async_context(connected(rig.prosody, SERVICES))
        await focus.join(room.id, "focus")
        await recorder.join(room.id, "recorder1")
        await ada.join(room.id, "ada1")
        await guest.join(room.id, "guest1", name)
        roster = {seen.session_id: seen for seen in await rig.provider.roster(room)}
        assert {"ada1", "guest1"} == roster.keys()
        assert (ADA.id, ADA.name) == (roster["ada1"].visitor_id, roster["ada1"].display_name)
        assert (None, name) == (roster["guest1"].visitor_id, roster["guest1"].display_name)
        await rig.site.wait_for(JOINED, JOINED, room_id=room.id)
    assert [] == list(await rig.provider.roster(room))


async def test_one_person_is_shown_out(rig: Rig) -> None:
    """Kick is for one session: the other stays; somebody who is gone already is a success."""
    room = await new_room(rig.provider)
    async with connected(rig.prosody) as first, connected(rig.prosody) as second:
        await first.join(room.id, "first")
        await second.join(room.id, "second")
        await rig.provider.kick(room, "first")
        events = await rig.site.wait_for(JOINED, JOINED, LEFT, room_id=room.id)
        assert ["first"] == [event.people[0].session_id for event in events if event.kind is LEFT]
        assert ["second"] == [seen.session_id for seen in await rig.provider.roster(room)]
        await rig.provider.kick(room, "first")
        await rig.provider.kick(await new_room(rig.provider), "second")


async def test_a_breakout_room_is_still_the_call(rig: Rig) -> None:
    """Who moves to a breakout room has not left; who leaves from there has."""
    room = await new_room(rig.provider)
    side = f"{room.id}-side"
    async with connected(rig.prosody) as first, connected(rig.prosody) as second:
        await first.join(room.id, "first")
        await second.join(room.id, "second")
        second.leave(room.id, "second", status="switch_room")
        await second.join(side, "second", muc=BREAKOUT)
        assert {"first", "second"} == {seen.session_id for seen in await rig.provider.roster(room)}
        await asyncio.sleep(1.3)  # longer than the test's Prosody waits for somebody who moves
        await rig.site.wait_for(JOINED, JOINED, JOINED, room_id=room.id)
        second.leave(side, "second", muc=BREAKOUT)
        events = await rig.site.wait_for(JOINED, JOINED, JOINED, LEFT, room_id=room.id)
        assert ["second"] == [event.people[0].session_id for event in events if event.kind is LEFT]
    assert {room.id} == {event.room_id for event in rig.site.events}


async def test_who_is_lost_on_the_way_to_a_breakout_room_has_left(rig: Rig) -> None:
    """Somebody says that they move and never arrives."""
    room = await new_room(rig.provider)
    async with connected(rig.prosody) as first, connected(rig.prosody) as second:
        await first.join(room.id, "first")
        await second.join(room.id, "second")
        second.leave(room.id, "second", status="switch_room")
        await rig.site.wait_for(JOINED, JOINED, LEFT, room_id=room.id)


async def test_somebody_in_a_breakout_room_is_shown_out(rig: Rig) -> None:
    """Kick reaches into breakout rooms."""
    room = await new_room(rig.provider)
    async with connected(rig.prosody) as first, connected(rig.prosody) as second:
        await first.join(room.id, "first")
        await second.join(f"{room.id}-side", "second", muc=BREAKOUT)
        await rig.provider.kick(room, "second")
        assert ["first"] == [seen.session_id for seen in await rig.provider.roster(room)]


async def test_reports_wait_for_a_server_that_is_down(rig: Rig, tmp_path: Path) -> None:
    """Our server does not answer, then fails, then is back: the report arrives with the time at which it happened."""
    folder = tmp_path / "second"
    folder.mkdir()
    port = free_port()
    prosody = await asyncio.to_thread(start_prosody, folder, f"http://127.0.0.1:{port}/hooks/jitsi")
    try:
        room = await new_room(rig.provider)
        site = HookSite(rig.provider, trouble=[503, 429])
        async with connected(prosody) as guest:
            between = [now()]
            await guest.join(room.id, "guest")
            between.append(now())
            await asyncio.sleep(0.5)
            async with served(site, port):
                (event,) = await site.wait_for(JOINED, room_id=room.id, timeout_s=10)
        assert [] == site.trouble
        assert between[0] - ROUNDED <= event.at <= between[1] + ROUNDED
    finally:
        await asyncio.to_thread(prosody.stop)


async def test_reports_are_sent_again_when_no_answer_comes(rig: Rig) -> None:
    """A server that takes a request and says nothing has not taken it."""
    room = await new_room(rig.provider)
    rig.site.hangs = True
    async with connected(rig.prosody) as guest:
        await guest.join(room.id, "guest")
        await asyncio.sleep(0.3)
        rig.site.hangs = False
        await rig.site.wait_for(JOINED, room_id=room.id)


async def test_a_refused_report_is_not_sent_again(rig: Rig, tmp_path: Path) -> None:
    """With another secret on our side nothing is taken, and Prosody's log says what to look at."""
    rig.site.provider = provider_for(rig.session, rig.prosody.url, HOOK_SECRET="another-secret-of-ours")
    async with connected(rig.prosody) as guest:
        await guest.join("somewhere", "guest")
        await wait_for(lambda: rig.site.results)
        await asyncio.sleep(0.5)
        assert [401] == [result.reply.status for result in rig.site.results]
    assert [] == rig.site.events
    assert "see startcall_secret" in (tmp_path / "log").read_text(encoding="utf-8")


async def test_strange_names_of_rooms_pass_through(rig: Rig) -> None:
    """Jitsi has rooms that are not ours, with whatever name an XMPP address can have."""
    room = Room("lunch#?é+%2f{room}", "https://meet.example.com/")
    async with connected(rig.prosody) as guest:
        await guest.join(room.id, "guest")
        assert ["guest"] == [seen.session_id for seen in await rig.provider.roster(room)]
    await rig.site.wait_for(JOINED, LEFT, SNAPSHOT, room_id=room.id)
    for name in ("", "/", "@", "a/b@c", '"', "ü" * 2000, "\\"):
        hostile = replace(room, id=name)
        assert [] == list(await rig.provider.roster(hostile))
        await rig.provider.kick(hostile, 'x/"')
        await rig.provider.end_room(hostile)


async def test_prosody_takes_our_token_for_its_room_only(rig: Rig) -> None:
    """Prosody's own code checks the signature and we set what it needs; another room stays closed to it."""
    room, other = await new_room(rig.provider), await new_room(rig.provider)
    token = await token_for(rig.provider, room)
    async with connected(rig.prosody, f"ada@{DOMAIN}", token) as ada:
        with pytest.raises(NotLetInError):
            await ada.join(other.id, "ada1")
        await ada.join(room.id, "ada1")
    changed = token[:-2] + ("AA" if token[-2:] != "AA" else "BB")
    hour_ago = Surroundings(b"k" * 32, rig.session, values(rig.prosody.url), now=lambda: now() - timedelta(hours=1))
    expired = await token_for(build_provider("jitsi", hour_ago), room)
    for refused in (changed, expired, "", "x.y.z"):
        with pytest.raises(ConnectionRefusedError):
            async with connected(rig.prosody, f"ada@{DOMAIN}", refused):
                pass
