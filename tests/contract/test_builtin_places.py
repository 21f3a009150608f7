"""Whom the built-in room has no place for: it is full, it has ended, or they were shown out."""

from __future__ import annotations

import aiohttp

from tests.builtin_site import BuiltinSite, Join, RoomPage, entered, running_site
from tests.contract.provider_kit import SPEC


async def test_the_seventh_reads_what_to_do(
    join: Join, session: aiohttp.ClientSession, builtin_site: BuiltinSite
) -> None:
    """At the door and at the connection alike; when somebody leaves there is room again."""
    early = RoomPage(session, builtin_site)
    await early.enter(await builtin_site.link("Gus"))
    six = [await join(name) for name in ("Ana", "Ben", "Cleo", "Dan", "Eva", "Flo")]
    late = RoomPage(session, builtin_site)

    refused = await late.enter(await builtin_site.link("Hal"))
    assert (409, "room_full") == (refused["status"], refused["code"])
    assert "room for 6 people" in refused["sentence"]
    refused = await early.connect()
    assert ("closing", "room_full") == (refused["type"], refused["code"])
    assert {"type": "closed", "code": 4003} == await early.hear()

    await six[0].close()
    await builtin_site.until_told("left Ana")
    assert "welcome" == (await early.connect())["type"]


async def test_who_reloads_a_full_room_finds_their_place(join: Join, builtin_site: BuiltinSite) -> None:
    """The place of a page is not taken by its own reload, even while the old connection hangs."""
    six = [await join(name) for name in ("Ana", "Ben", "Cleo", "Dan", "Eva", "Flo")]

    assert 200 == (await six[3].ask(six[3].resume))["status"]
    await six[3].connect()
    assert 6 == len(await builtin_site.names())


async def test_the_limit_can_be_set(session: aiohttp.ClientSession) -> None:
    """With room for two, the third is not let in."""
    async with running_site(people_max=2) as site:
        pages = [await entered(session, site, name) for name in ("Ana", "Ben")]
        refused = await RoomPage(session, site).enter(await site.link("Cleo"))
        assert not any(page.socket.closed for page in pages)
    assert ("room_full", True) == (refused["code"], "room for 2 people" in refused["sentence"])


async def test_an_ended_room_says_so_to_everybody_and_lets_nobody_in(join: Join, builtin_site: BuiltinSite) -> None:
    """Those in it read what to do next, and a page that comes back is not let in again."""
    pages = [await join(name) for name in ("Ana", "Ben")]
    await builtin_site.provider.end_room(builtin_site.room)

    for page in pages:
        closing = await page.hear_of("closing")
        assert ("room_ended", True) == (closing["code"], "/startcall" in closing["sentence"])
        assert {"type": "closed", "code": 4000} == await page.hear()
    assert "room_ended" == (await pages[0].connect())["code"]
    refused = await pages[0].ask(pages[0].resume)
    assert (410, "room_ended") == (refused["status"], refused["code"])
    assert [] == await builtin_site.names()
    assert {"left Ana", "left Ben"} <= set(builtin_site.told())


async def test_a_room_ended_elsewhere_closes_within_two_seconds(join: Join, builtin_site: BuiltinSite) -> None:
    """Another process that ends the call changes only the database, and that is looked at."""
    ana = await join("Ana")
    builtin_site.calls.ended.add(builtin_site.room.id)

    assert "room_ended" == (await ana.hear_of("closing"))["code"]


async def test_an_ended_room_stays_closed_after_a_restart(join: Join, builtin_site: BuiltinSite) -> None:
    """What is kept is the call, not the room."""
    ana = await join("Ana")
    await builtin_site.provider.end_room(builtin_site.room)
    builtin_site.calls.ended.add(builtin_site.room.id)
    await builtin_site.restart()

    assert "room_ended" == (await ana.connect())["code"]


async def test_a_restart_is_no_leave_and_everybody_comes_back(join: Join, builtin_site: BuiltinSite) -> None:
    """The pages are asked to come back, have their ids still, and the app hears that they are in."""
    ana, ben = await join("Ana"), await join("Ben")
    ids = (ana.id, ben.id)
    await builtin_site.restart()
    assert {"type": "closed", "code": 1012} == await ben.hear()
    assert ["joined Ana", "joined Ben"] == builtin_site.told()
    await ana.connect()
    await ben.connect()

    assert ids == (ana.id, ben.id)
    assert ["Ana", "Ben"] == await builtin_site.names()


async def test_somebody_shown_out_cannot_come_back_by_themselves(join: Join, builtin_site: BuiltinSite) -> None:
    """The others hear that they are gone; showing out twice, or nobody, does no harm."""
    ana, ben = await join("Ana"), await join("Ben")
    for session_id in (ben.id, ben.id, "nobody"):
        await builtin_site.provider.kick(builtin_site.room, session_id)

    closing = await ben.hear_of("closing")
    assert ("room_removed", True) == (closing["code"], "press Join" in closing["sentence"])
    assert {"type": "gone", "id": ben.id, "lost": False} == await ana.hear_of("gone")
    assert "room_removed" == (await ben.connect())["code"]
    assert "room_removed" == (await ben.ask(ben.resume))["code"]
    assert 200 == (await ben.enter(await builtin_site.link("Ben")))["status"]


async def test_the_room_of_a_call_that_goes_on_is_open_again(join: Join, builtin_site: BuiltinSite) -> None:
    """The same room, for which old links are good once more."""
    await join("Ana")
    await builtin_site.provider.end_room(builtin_site.room)
    again = await builtin_site.provider.create_room(SPEC)
    ben = await join("Ben")

    assert builtin_site.room == again
    assert [] == ben.people
