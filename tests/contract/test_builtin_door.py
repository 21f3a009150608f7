"""What the built-in room gives strangers, and pages that do what no page of ours does."""

from __future__ import annotations

import io
import json
import time
from datetime import timedelta

import aiohttp
import pytest
from yarl import URL

from tests.builtin_site import OFFER, BuiltinSite, Join, Json, RoomPage


@pytest.mark.parametrize("token", ["", "x", "a.b.c", None, 7, ["x"], "é", "x" * 5000])
async def test_without_a_good_token_nobody_gets_past_the_door(
    session: aiohttp.ClientSession, builtin_site: BuiltinSite, token: object
) -> None:
    """Whatever is sent instead, the answer says where to get a link."""
    refused = await RoomPage(session, builtin_site).ask(token)

    assert (403, "room_link_unknown") == (refused["status"], refused["code"])
    assert "Press Join" in refused["sentence"]


@pytest.mark.parametrize("body", [b"", b"[", b"[]", b"\xff", b'{"token": 1}', b"[" * 2000, b"x" * 10_000_000])
async def test_a_hostile_body_at_the_door_is_refused(
    session: aiohttp.ClientSession, builtin_site: BuiltinSite, body: bytes
) -> None:
    """No body breaks anything, and a huge one is not read to its end."""
    try:
        async with session.post(f"{RoomPage(session, builtin_site).address}/enter", data=io.BytesIO(body)) as response:
            assert (403, "room_link_unknown") == (response.status, (await response.json())["code"])
    except aiohttp.ClientOSError:  # the rest of a huge one was not taken
        assert len(body) > 1_000_000


async def test_an_expired_link_is_told_so(session: aiohttp.ClientSession, builtin_site: BuiltinSite) -> None:
    """Whoever comes late reads that a new link is one press away."""
    refused = await RoomPage(session, builtin_site).enter(await builtin_site.link("Ana", lasts=timedelta(seconds=-1)))

    assert (403, "room_link_expired") == (refused["status"], refused["code"])


async def test_a_link_is_not_enough_to_connect(session: aiohttp.ClientSession, builtin_site: BuiltinSite) -> None:
    """The connection takes the token of a page that has entered."""
    page = RoomPage(session, builtin_site)
    page.resume = (await builtin_site.link("Ana")).partition("#")[2]

    assert "room_link_unknown" == (await page.connect())["code"]


@pytest.mark.parametrize("origin", ["https://evil.example", "null", "http://127.0.0.1", ""])
async def test_pages_of_other_sites_cannot_connect(
    session: aiohttp.ClientSession, builtin_site: BuiltinSite, origin: str
) -> None:
    """Only the room's own page may."""
    page = RoomPage(session, builtin_site)
    page.origin = origin
    with pytest.raises(aiohttp.WSServerHandshakeError) as caught:
        await page.connect()

    assert 403 == caught.value.status


HOSTILE: tuple[Json | str | bytes, ...] = (
    "",
    "null",
    "[]",
    "{",
    "[" * 50_000,
    "{}",
    b"binary",
    {"type": "nonsense"},
    {"type": "hello", "token": "x", "page": "0" * 32},
    {"type": "signal", "to": "x"},
    {"type": "signal", "to": 7, **OFFER},
    {"type": "signal", "to": "x", "from_connection": "a1"},
    {"type": "signal", "to": "x", "from_connection": "<b>", "description": OFFER["description"]},
    {"type": "signal", "to": "x", "from_connection": "a1", "description": {"type": "rollback", "sdp": ""}},
    {"type": "signal", "to": "x", "from_connection": "a1", "description": {"type": "offer", "sdp": 1}},
    {"type": "signal", "to": "x", "from_connection": "a1", "candidate": None},
    {"type": "signal", "to": "x", "from_connection": "a1", "candidate": {"candidate": "c", "sdpMLineIndex": True}},
    {"type": "signal", "to": "x", "from_connection": "a1", "candidate": {"candidate": "c", "sdpMLineIndex": -1}},
    {"type": "signal", "to": "x", "from_connection": "a1", "candidate": {"candidate": "c", "sdpMid": "x" * 300}},
    {"type": "shown", "audio": "yes"},
    {"type": "shown", "audio": 1},
)


@pytest.mark.parametrize("message", HOSTILE, ids=lambda message: repr(message)[:60])
async def test_a_page_that_sends_nonsense_is_let_go_and_nobody_else_notices(
    join: Join, builtin_site: BuiltinSite, message: Json | str | bytes
) -> None:
    """Its connection is closed; the others stay, and hear only that somebody is gone."""
    ana, mallory = await join("Ana"), await join("Mallory")
    await mallory.send(message)

    assert {"type": "closed", "code": 1008} == await mallory.hear()
    assert mallory.id == (await ana.hear_of("gone"))["id"]
    assert ["Ana"] == await builtin_site.names()


@pytest.mark.parametrize("message", ["nonsense", {"type": "ping"}, {"type": "signal", "to": "x", **OFFER}, b"x"])
async def test_who_does_not_say_hello_is_let_go(
    session: aiohttp.ClientSession, builtin_site: BuiltinSite, message: Json | str | bytes
) -> None:
    """Nothing else is listened to before."""
    page = RoomPage(session, builtin_site)
    await page.open()
    await page.send(message)

    assert {"type": "closed", "code": 1008} == await page.hear()


async def test_a_message_of_more_than_64_kib_ends_the_connection(join: Join) -> None:
    """It is not even passed on."""
    ana, mallory = await join("Ana"), await join("Mallory")
    big = {"type": "offer", "sdp": "x" * 65_536}
    await mallory.send({"type": "signal", "to": ana.id, "from_connection": "a1", "description": big})

    assert "gone" == (await ana.hear_of("gone"))["type"]
    assert {"type": "closed", "code": 1009} == await mallory.hear()


async def test_a_large_offer_is_passed_on(join: Join) -> None:
    """Real ones have some KiB, and there is room for much more."""
    ana, ben = await join("Ana"), await join("Ben")
    large = {"type": "offer", "sdp": "x" * 60_000}
    await ben.send({"type": "signal", "to": ana.id, "from_connection": "a1", "description": large})

    assert large == (await ana.hear_of("signal"))["description"]


async def test_a_flood_is_slowed_down(join: Join) -> None:
    """A hundred at once pass, and then fifty a second, however many are sent."""
    ana, mallory = await join("Ana"), await join("Mallory")
    signal = json.dumps({"type": "signal", "to": ana.id, **OFFER})
    sent_at_s = time.monotonic()
    for _ in range(200):
        await mallory.send(signal)
    for _ in range(200):
        await ana.hear_of("signal")
    took_s = time.monotonic() - sent_at_s

    assert 1.9 < took_s < 4


async def test_a_page_that_does_not_read_is_cut_off_and_holds_up_nobody(
    session: aiohttp.ClientSession, builtin_site: BuiltinSite, join: Join
) -> None:
    """What is kept for it is bounded, and those who send do not wait for it."""
    ana = await join("Ana")
    stuck = await join("Stuck")
    stuck.stop_reading()
    large = {"type": "offer", "sdp": "x" * 60_000}
    signal = json.dumps({"type": "signal", "to": stuck.id, "from_connection": "a1", "description": large})
    for _ in range(330):
        await ana.send(signal)

    await builtin_site.until_told("left Stuck", within_s=15)
    assert ["Ana"] == await builtin_site.names()


async def test_the_page_comes_with_headers_that_keep_it_to_itself(
    session: aiohttp.ClientSession, builtin_site: BuiltinSite
) -> None:
    """No scripts of others, no framing, no referrer, nothing kept; and the same page for every room."""
    async with session.get(f"{builtin_site.url}/room/builtin/{'z' * 26}") as response:
        policy = response.headers["Content-Security-Policy"]
        text = await response.text()

    assert 200 == response.status
    assert "no-referrer" == response.headers["Referrer-Policy"]
    assert "no-store" == response.headers["Cache-Control"]
    assert "nosniff" == response.headers["X-Content-Type-Options"]
    assert "camera=(self)" in response.headers["Permissions-Policy"]
    assert "default-src 'none'; script-src 'self'; style-src 'self';" in policy
    assert "frame-ancestors 'none'" in policy
    assert f"connect-src 'self' ws://127.0.0.1:{builtin_site.port};" in policy
    assert "unsafe" not in policy
    assert "style=" not in text
    assert "<script>" not in text


async def test_files_of_the_page_are_asked_for_by_name_only(
    session: aiohttp.ClientSession, builtin_site: BuiltinSite
) -> None:
    """Each is there with its type; an unchanged one is not sent again, and nothing else of the disk is."""
    base = f"{builtin_site.url}/room/builtin/assets/"
    async with session.get(base + "room.js") as response:
        assert (200, "text/javascript") == (response.status, response.content_type)
        known = response.headers["ETag"]
    async with session.get(base + "room.js", headers={"If-None-Match": known}) as response:
        assert (304, b"") == (response.status, await response.read())
    for name in ("nonesuch.js", "..%2Froutes.py", "%2e%2e%2f%2e%2e%2fREADME.md", ".hidden"):
        async with session.get(URL(base + name, encoded=True)) as response:
            assert 404 == response.status
