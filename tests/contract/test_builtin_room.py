"""The built-in room over real connections: who is in, who hears of it, and what is passed on."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import replace

import aiohttp
import pytest

from calls.model import CallId, Room
from providers.builtin.provider import Rhythm
from sandbox.testing import wait_for
from tests.builtin_site import OFFER, BuiltinSite, Calls, Join, RoomPage, entered, running_site
from tests.contract.provider_kit import SPEC


async def test_who_comes_sees_who_is_there_and_is_seen(join: Join, builtin_site: BuiltinSite) -> None:
    """The newcomer gets the list, the others hear of the newcomer, and the app is told of both."""
    ana = await join("Ana")
    ben = await join("Ben", video=True)

    assert [] == ana.people
    assert [{"id": ana.id, "name": "Ana", "is_host": False, "audio": True, "video": False, "screen": False}] == (
        ben.people
    )
    heard = await ana.hear()
    assert ("joined", "Ben", ben.id, True) == (
        heard["type"], heard["person"]["name"], heard["person"]["id"], heard["person"]["video"]
    )  # fmt: skip
    assert ["Ana", "Ben"] == await builtin_site.names()
    assert ["joined Ana", "joined Ben"] == builtin_site.told()


async def test_the_app_is_told_whose_link_it_was(session: aiohttp.ClientSession, builtin_site: BuiltinSite) -> None:
    """The visitor of the link comes back with the session, which is how the card knows the person."""
    page = RoomPage(session, builtin_site)
    await page.enter(await builtin_site.link("Ana", visitor="a" * 32))
    await page.connect()

    seen = (await builtin_site.provider.roster(builtin_site.room))[0]
    assert ("a" * 32, page.id, "Ana") == (seen.visitor_id, seen.session_id, seen.display_name)
    assert builtin_site.events[-1].people == (seen,)


async def test_a_closed_tab_has_left_at_once(join: Join, builtin_site: BuiltinSite) -> None:
    """The others and the app hear of it in the same moment."""
    ana, ben = await join("Ana"), await join("Ben")
    await ben.close()

    assert {"type": "gone", "id": ben.id, "lost": False} == await ana.hear_of("gone")
    await builtin_site.until_told("left Ben")
    assert ["Ana"] == await builtin_site.names()


@pytest.mark.parametrize("politely", [True, False])
async def test_a_broken_connection_is_told_apart_from_a_goodbye(
    join: Join, builtin_site: BuiltinSite, *, politely: bool
) -> None:
    """The others keep the picture for a moment, as the page may be back."""
    ana, ben = await join("Ana"), await join("Ben")
    ben.cut(politely=politely)

    assert {"type": "gone", "id": ben.id, "lost": True} == await ana.hear_of("gone")
    await builtin_site.until_told("left Ben")


async def test_who_comes_back_has_the_same_id(join: Join, builtin_site: BuiltinSite) -> None:
    """A page that lost its connection is the same session as before, so that pictures can go on."""
    ana, ben = await join("Ana"), await join("Ben")
    before = ben.id
    ben.cut()
    await ana.hear_of("gone")
    await ben.connect()

    assert before == ben.id == (await ana.hear_of("joined"))["person"]["id"]
    await builtin_site.until_told("joined Ben", times=2)
    assert ["joined Ana", "joined Ben", "left Ben", "joined Ben"] == builtin_site.told()


async def test_who_comes_back_before_the_old_connection_is_missed_never_left(
    join: Join, builtin_site: BuiltinSite
) -> None:
    """The new connection takes the place of the old one, and the app hears nothing of it."""
    ben = await join("Ben")
    old = ben.socket
    await ben.connect()
    message = await old.receive(2)

    assert (aiohttp.WSMsgType.CLOSE, 4002) == (message.type, message.data)
    assert ["Ben"] == await builtin_site.names()
    await asyncio.sleep(0.05)
    assert ["joined Ben"] == builtin_site.told()


async def test_the_same_person_on_two_devices_is_two_sessions(
    session: aiohttp.ClientSession, builtin_site: BuiltinSite
) -> None:
    """One link opened twice, or one tab duplicated: each is there by itself."""
    link = await builtin_site.link("Ana", visitor="a" * 32)
    pages = [RoomPage(session, builtin_site) for _ in range(3)]
    await pages[0].enter(link)
    await pages[1].enter(link)
    pages[2].resume = pages[1].resume
    for page in pages:
        await page.connect()

    roster = await builtin_site.provider.roster(builtin_site.room)
    assert {page.id for page in pages} == {seen.session_id for seen in roster}
    assert ["a" * 32] * 3 == [seen.visitor_id for seen in roster]


async def test_nobody_can_take_the_place_of_another(join: Join, session: aiohttp.ClientSession) -> None:
    """Others know a session's id; it takes the page's own number and its token to be that session."""
    ana = await join("Ana")
    mallory = await join("Mallory")
    await mallory.close()
    mallory.page = ana.page
    await mallory.connect()

    assert mallory.id != ana.id
    assert not ana.socket.closed


async def test_signals_reach_the_one_they_are_for_with_their_sender(join: Join) -> None:
    """Only what belongs to a signal is passed on, and who sent it is not for the sender to say."""
    ana, ben, cleo = await join("Ana"), await join("Ben"), await join("Cleo")
    await ben.send({"type": "signal", "to": ana.id, "from": cleo.id, "name": "<b>", **OFFER})

    assert {"type": "signal", "from": ben.id, **OFFER} == await ana.hear_of("signal")
    await cleo.send({"type": "ping"})
    assert "pong" == (await cleo.hear())["type"]


async def test_a_candidate_is_passed_on_whole(join: Join) -> None:
    """All four fields of a candidate arrive, and the connection that it is meant for."""
    ana, ben = await join("Ana"), await join("Ben")
    candidate = {"candidate": "candidate:1 1 udp 1 …", "sdpMid": "0", "sdpMLineIndex": 0, "usernameFragment": "u"}
    signal = {"from_connection": "b1", "to_connection": "a1", "candidate": candidate}
    await ben.send({"type": "signal", "to": ana.id, **signal})

    assert {"type": "signal", "from": ben.id, **signal} == await ana.hear_of("signal")


async def test_signals_do_not_leave_the_room(
    session: aiohttp.ClientSession, builtin_site: BuiltinSite, join: Join
) -> None:
    """Somebody in another room is not reached, even by their exact id."""
    ana = await join("Ana")
    home, builtin_site.room = builtin_site.room, await other_room(builtin_site)
    eve = await entered(session, builtin_site, "Eve")
    await eve.send({"type": "signal", "to": ana.id, **OFFER})
    await eve.send({"type": "ping"})
    assert "pong" == (await eve.hear())["type"]
    builtin_site.room = home
    ben = await join("Ben")
    assert [ana.id] == [person["id"] for person in ben.people]
    assert "joined" == (await ana.hear())["type"]


async def other_room(site: BuiltinSite) -> Room:
    """Return a room of another call."""
    return await site.provider.create_room(replace(SPEC, call_id=CallId("d" * 32)))


async def test_what_somebody_switches_off_is_seen_by_those_there_and_those_who_come(join: Join) -> None:
    """Mute states are told at once, and kept for newcomers."""
    ana, ben = await join("Ana"), await join("Ben")
    await ben.send({"type": "shown", "audio": False, "video": True, "screen": True})

    assert {"type": "shown", "id": ben.id, "audio": False, "video": True, "screen": True} == await ana.hear_of("shown")
    cleo = await join("Cleo")
    assert {"Ana": False, "Ben": True} == {person["name"]: person["screen"] for person in cleo.people}


async def test_after_a_restart_a_room_is_not_empty_before_its_pages_can_be_back(
    session: aiohttp.ClientSession,
) -> None:
    """Who asks right after the start waits for the pages, and hears of an empty room only when none has come."""
    async with running_site(rhythm=Rhythm(settle_s=2)) as site:
        ana = await entered(session, site, "Ana")
        older = await site.provider.create_room(replace(SPEC, call_id=CallId("e" * 32)))
        await site.stop()
        await site.start()
        asked = asyncio.create_task(site.names())
        nobody = asyncio.create_task(site.provider.roster(older))
        await asyncio.sleep(0.1)
        await ana.connect()

        assert not nobody.done()
        assert ["Ana"] == await asked
        assert () == await nobody
        fresh = await site.provider.create_room(replace(SPEC, call_id=CallId("f" * 32)))
        assert () == await asyncio.wait_for(site.provider.roster(fresh), 1)


async def test_a_page_that_fell_silent_has_left(session: aiohttp.ClientSession) -> None:
    """No goodbye and no broken connection, only nothing any more: after the heartbeat it is gone."""
    async with running_site(rhythm=Rhythm(heartbeat_s=0.4)) as site:
        ana = RoomPage(session, site)
        await ana.enter(await site.link("Ana"))
        await ana.open(autoping=False)
        await ana.send({"type": "hello", "token": ana.resume, "page": ana.page})
        await site.until_told("joined Ana")
        await site.until_told("left Ana")


async def test_while_the_database_is_away_pages_try_again_and_rooms_stay(
    session: aiohttp.ClientSession, caplog: pytest.LogCaptureFixture
) -> None:
    """Not knowing whether a call runs ends no room and lets nobody new in."""
    caplog.set_level(logging.INFO)
    calls = Calls()
    async with running_site(calls=calls) as site:
        ana = await entered(session, site, "Ana")
        ben = RoomPage(session, site)
        await ben.enter(await site.link("Ben"))
        calls.is_readable = False
        await wait_for(lambda: any("calls in the built-in room still run" in line for line in caplog.messages))
        await asyncio.sleep(0.2)

        assert {"type": "closed", "code": 1013} == await ben.connect()
        assert 503 == (await ben.ask(ben.resume))["status"]
        assert ["Ana"] == await site.names()
        assert not ana.socket.closed
        assert 1 == sum("calls in the built-in room still run" in line for line in caplog.messages)
        calls.is_readable = True
        await wait_for(lambda: any("It can be found out again" in line for line in caplog.messages))
        await asyncio.sleep(0.2)
        assert 1 == sum("It can be found out again" in line for line in caplog.messages)
        assert "welcome" == (await ben.connect())["type"]


async def test_who_listens_late_is_told_who_is_in(join: Join, builtin_site: BuiltinSite) -> None:
    """A listener begins with a snapshot, so nothing before it is missed, and times only grow."""
    ana = await join("Ana")
    late = builtin_site.provider.stream()
    first = await anext(late)
    ben = await join("Ben")
    second = await anext(late)
    assert not ana.socket.closed
    assert not ben.socket.closed

    assert ("snapshot", ["Ana"]) == (first.kind.value, [seen.display_name for seen in first.people])
    assert ("joined", True) == (second.kind.value, second.at > first.at)
