"""Daily does what every provider does, over a server in Daily's place, and believes only what Daily signed."""

from __future__ import annotations

import base64
import json
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import aiohttp
import jwt
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from calls.clock import now
from calls.errors import ProviderDown, ProviderRefused
from calls.meetings import Capability, EventKind, Provider, Seen, Surroundings
from calls.model import CallId, Visitor
from providers.daily.reports import sign as our_sign
from providers.daily.settings import DailySettings
from providers.registry import build_provider
from tests.contract.provider_kit import SPEC
from tests.contract.vendor_kit import check_vendor
from tests.daily_double import API_KEY, DailyDouble, sign
from tests.hook_site import HookSite, to_hook, to_response
from tests.hooks import hook, stamp, with_bit_changed

KEY = b"k" * 32
SITE_URL = "http://127.0.0.1:9"
SECRET = base64.b64encode(DailySettings(API_KEY, KEY).hook_secret).decode()
VISITOR = Visitor("0123456789abcdef0123456789abcdef", CallId("c"), "slack:U1", "Bob", is_host=True)
SOON = timedelta(minutes=5)

JOINED: dict[str, Any] = {
    "version": "1.0.0",
    "type": "participant.joined",
    "id": "ptcpt-join-6497c79b",
    "payload": {
        "room": "r",
        "user_id": VISITOR.id,
        "user_name": "Bob\nthe builder",
        "session_id": "0c0d2dda",
        "joined_at": 1_795_262_400.5,
        "owner": False,
    },
    "event_ts": 1_795_262_401.0,
}


@pytest.fixture
async def daily() -> AsyncIterator[DailyDouble]:
    """Run a server in Daily's place."""
    async with DailyDouble().running() as running:
        yield running


@pytest.fixture
async def session() -> AsyncIterator[aiohttp.ClientSession]:
    """Return a session for providers to use."""
    async with aiohttp.ClientSession() as opened:
        yield opened


def make(daily: DailyDouble, session: aiohttp.ClientSession, site_url: str | None = SITE_URL) -> Provider:
    """Build the provider as the app does."""
    return build_provider("daily", Surroundings(KEY, session, daily.settings, site_url=site_url))


async def test_it_says_what_is_wrong_whatever_daily_does(daily: DailyDouble, session: aiohttp.ClientSession) -> None:
    """Every way to fail is told apart, and the next try after it works."""
    await check_vendor(lambda: make(daily, session), daily)


async def test_a_room_is_private_where_people_have_links_of_their_own(
    daily: DailyDouble, session: aiohttp.ClientSession
) -> None:
    """Without an address of ours everybody has the room's, so it has to let them in."""
    provider, alone = make(daily, session), make(daily, session, None)
    room = await provider.create_room(SPEC)
    other = await alone.create_room(replace(SPEC, call_id=CallId("f" * 32)))

    assert ["private", "public"] == [daily.rooms[name]["privacy"] for name in (room.id, other.id)]
    assert Capability.PERSON_LINK | Capability.WEBHOOK | Capability.KEEP in provider.capabilities
    assert Capability.POLL not in provider.capabilities
    assert Capability.POLL in alone.capabilities
    assert not alone.capabilities & (Capability.PERSON_LINK | Capability.WEBHOOK | Capability.KEEP)
    with pytest.raises(PermissionError):
        await daily.join(room.join_url)
    await daily.join(other.join_url)


async def test_a_link_names_its_person_and_room_and_ends(daily: DailyDouble, session: aiohttp.ClientSession) -> None:
    """The token is Daily's own; we only say what it is to hold."""
    provider = make(daily, session)
    room = await provider.create_room(SPEC)
    link = await provider.person_link(room, VISITOR, lasts=SOON)
    claims = jwt.decode(link.partition("?t=")[2], options={"verify_signature": False})

    assert link.startswith(f"{room.join_url}?t=")
    assert (room.id, VISITOR.id, "Bob", True) == (claims["r"], claims["ud"], claims["u"], claims["o"])
    assert SOON.total_seconds() <= claims["exp"] - now().timestamp() + 1 <= SOON.total_seconds() + 62
    session_id = await daily.join(link)
    assert [Seen(session_id, VISITOR.id, display_name="Bob")] == list(await provider.roster(room))


async def test_people_are_counted_whole_or_not_at_all(daily: DailyDouble, session: aiohttp.ClientSession) -> None:
    """Half a list would show the other half as gone."""
    provider = make(daily, session, None)
    room = await provider.create_room(SPEC)
    for number in range(7):
        await daily.join(room.join_url, f"s{number}")
    daily.page = 3

    people = await provider.roster(room)
    assert [f"s{number}" for number in range(7)] == [person.session_id for person in people]
    assert {None} == {person.visitor_id for person in people}, "an id that is not from a token names nobody"
    daily.people[room.id] = {"x": {"id": 7}}
    with pytest.raises(ProviderDown):
        await provider.roster(room)


async def test_ending_shows_everybody_out_and_deletes_the_room(
    daily: DailyDouble, session: aiohttp.ClientSession
) -> None:
    """Also more people than are shown out at once; then there is nobody, and no room to come back to."""
    provider = make(daily, session, None)
    room = await provider.create_room(SPEC)
    for number in range(230):
        await daily.join(room.join_url, f"s{number}")
    await provider.kick(room, "s7")
    await provider.kick(room, "s7")
    assert "s7" not in daily.people[room.id]

    await provider.end_room(room)
    assert ({}, {}) == (daily.rooms, daily.people[room.id])
    assert [1, 1, 100, 100, 29] == [len(asked.body["ids"]) for asked in daily.asked if "eject" in asked.path]
    await provider.end_room(room)
    await provider.kick(room, "s8")
    assert [] == list(await provider.roster(room))


async def test_daily_is_asked_to_report_once_for_all_calls(daily: DailyDouble, session: aiohttp.ClientSession) -> None:
    """One webhook: made when it is missing, switched on again when it failed, corrected when its secret is another."""
    site = HookSite(make(daily, session))
    app = web.Application()
    app.router.add_post("/hooks/daily{path:(/.*)?}", site.take)
    async with TestServer(app, host="127.0.0.1") as server:
        provider = make(daily, session, str(server.make_url("")).rstrip("/"))
        room = await provider.create_room(SPEC)
        assert "first call" in (await provider.probe()).sentence
        kept = await provider.keep(room)
        await make(daily, session, str(server.make_url("")).rstrip("/")).keep(room)

        (webhook,) = daily.webhooks.values()
        assert SECRET == webhook["hmac"]
        assert kept.again_at is not None
        assert timedelta() < kept.again_at - now() < timedelta(minutes=15)
        assert (await provider.probe()).ok
        for key, value in (("state", "FAILED"), ("hmac", "another"), ("eventTypes", ["participant.joined"])):
            webhook = next(iter(daily.webhooks.values()))
            before, webhook[key] = webhook[key], value
            assert ("state" == key) is not (await provider.probe()).ok
            await provider.keep(room)
            assert [before] == [one[key] for one in daily.webhooks.values()]
        asked = len(daily.requests("POST", "/v1/webhooks"))
        await provider.keep(room)
        assert asked == len(daily.requests("POST", "/v1/webhooks"))

    elsewhere = make(daily, session, "http://127.0.0.1:9")
    with pytest.raises((ProviderRefused, ProviderDown)):
        await elsewhere.keep(room)
    assert 1 == len(daily.webhooks), "one that Daily does not reach is not made"


async def test_what_daily_reports_is_read_as_it_is_signed(daily: DailyDouble, session: aiohttp.ClientSession) -> None:
    """Coming, going and an empty room arrive over HTTP, signed by an implementation that is not ours."""
    site = HookSite(make(daily, session))
    app = web.Application()

    async def take(request: web.Request) -> web.Response:
        result = site.provider.receive(await to_hook(request))
        site.events += result.events
        return to_response(result.reply)

    app.router.add_post("/hooks/daily{path:(/.*)?}", take)
    async with TestServer(app, host="127.0.0.1") as server:
        provider = make(daily, session, str(server.make_url("")).rstrip("/"))
        room = await provider.create_room(SPEC)
        await provider.keep(room)
        session_id = await daily.join(await provider.person_link(room, VISITOR, lasts=SOON))
        await daily.leave(session_id)

    joined, left, emptied = site.events
    assert [EventKind.JOINED, EventKind.LEFT, EventKind.SNAPSHOT] == [event.kind for event in site.events]
    assert {room.id} == {event.room_id for event in site.events}
    assert (Seen(session_id, VISITOR.id, display_name="Bob"),) == joined.people == left.people
    assert () == emptied.people
    assert joined.at <= left.at <= emptied.at


def signed(body: bytes, timestamp: str = "", secret: str = SECRET) -> dict[str, str]:
    """Return the headers of a report."""
    timestamp = timestamp or stamp(now())
    return {"X-Webhook-Timestamp": timestamp, "X-Webhook-Signature": sign(secret, timestamp, body)}


def test_a_signature_is_what_openssl_makes() -> None:
    """A vector of `openssl dgst -sha256 -mac HMAC -macopt hexkey:<32 times 6b> -binary | base64`."""
    expected = "GEQC9kY5enGm9dt0qau5hDp2/CUzgUORJHOnWWx/ceY="
    assert expected == our_sign(b"k" * 32, "1795262400", b'{"type":"x"}')
    assert expected == sign(base64.b64encode(b"k" * 32).decode(), "1795262400", b'{"type":"x"}')


async def test_a_report_counts_only_with_the_signature_of_its_bytes(
    daily: DailyDouble, session: aiohttp.ClientSession
) -> None:
    """Changed, stale, signed by somebody else or not at all: refused; seconds and milliseconds are both taken."""
    provider, body = make(daily, session), json.dumps(JOINED).encode()
    for timestamp in (stamp(now()), f"{stamp(now())}123", stamp(now() - timedelta(seconds=290))):
        taken = provider.receive(hook(body, signed(body, timestamp)))
        assert (200, 1) == (taken.reply.status, len(taken.events))
        assert taken == provider.receive(hook(body, signed(body, timestamp))), "a replay says the same again"
    assert (Seen("0c0d2dda", VISITOR.id, display_name="Bob the builder"),) == taken.events[0].people
    good = signed(body)
    for bad, headers in [
        (with_bit_changed(body), good),
        (body, signed(body, stamp(now() - timedelta(seconds=301)))),
        (body, signed(body, stamp(now() + timedelta(seconds=301)))),
        (body, signed(body, "1e9")),
        (body, signed(body, secret=base64.b64encode(b"another").decode())),
        (body, {"X-Webhook-Timestamp": good["X-Webhook-Timestamp"]}),
        (body, {**good, "X-Webhook-Signature": "\N{LATIN SMALL LETTER E WITH ACUTE}"}),
        (body, {}),
        (b'{"test":"test","type":"participant.joined"}', {}),
    ]:
        refused = provider.receive(hook(bad, headers))
        assert (401, ()) == (refused.reply.status, refused.events)


async def test_daily_may_ask_whether_we_are_there(daily: DailyDouble, session: aiohttp.ClientSession) -> None:
    """Its one unsigned request reports nothing; where nobody reaches us, and at other addresses, there is no answer."""
    provider = make(daily, session)
    trial = provider.receive(hook(b'{"test": "test"}', {}))
    assert (200, ()) == (trial.reply.status, trial.events)
    assert 503 == make(daily, session, None).receive(hook(b'{"test":"test"}', {})).reply.status
    assert 404 == provider.receive(hook(b'{"test":"test"}', {}, path="more")).reply.status
    assert 405 == provider.receive(hook(b"", {}, method="GET")).reply.status


@pytest.mark.parametrize(
    ("changes", "status", "events"),
    [
        ({"type": "recording.started"}, 200, 0),
        ({"type": "participant.invented", "payload": 7}, 200, 0),
        ({"new": {"field": 1}}, 200, 1),
        ({"payload": {**JOINED["payload"], "new": [1]}}, 200, 1),
        ({"payload": {**JOINED["payload"], "user_id": None, "user_name": None}}, 200, 1),
        ({"payload": {**JOINED["payload"], "room": ""}}, 400, 0),
        ({"payload": {**JOINED["payload"], "room": "r\x00"}}, 400, 0),
        ({"payload": {**JOINED["payload"], "session_id": 7}}, 400, 0),
        ({"payload": {**JOINED["payload"], "joined_at": "yesterday"}}, 400, 0),
        ({"payload": {**JOINED["payload"], "joined_at": 1e300}}, 400, 0),
        ({"payload": {}}, 400, 0),
        ({"payload": None}, 400, 0),
        ({"type": None}, 400, 0),
        ({"type": "participant.left"}, 400, 0),
        ({"type": "meeting.ended"}, 400, 0),
    ],
)
async def test_a_signed_report_is_read_with_care(
    daily: DailyDouble, session: aiohttp.ClientSession, changes: dict[str, Any], status: int, events: int
) -> None:
    """What is new is passed over, and what is missing or of another kind is refused."""
    body = json.dumps({**JOINED, **changes}).encode()
    result = make(daily, session).receive(hook(body, signed(body)))
    assert (status, events) == (result.reply.status, len(result.events))


@pytest.mark.parametrize("body", [b"", b"[]", b"7", b"\xff", b"{", b"[" * 5000, b'{"type": NaN}'])
async def test_a_signed_report_that_is_none_is_refused(
    daily: DailyDouble, session: aiohttp.ClientSession, body: bytes
) -> None:
    """Whatever the bytes are."""
    assert 400 == make(daily, session).receive(hook(body, signed(body))).reply.status


async def test_the_doctor_says_what_is_missing(daily: DailyDouble, session: aiohttp.ClientSession) -> None:
    """A key that is not accepted is told from a Daily that does not answer."""
    assert (await make(daily, session).probe()).ok
    assert "PUBLIC_URL" in (await make(daily, session, None).probe()).sentence
    daily.fault = "retired"
    retired = await make(daily, session).probe()
    assert (False, True) == (retired.ok, "STARTCALL_DAILY_API_KEY" in retired.sentence)
    daily.fault = "server_error"
    assert not (await make(daily, session).probe()).ok
