"""Whereby does what every provider does, over a server in Whereby's place, and believes only what Whereby signed."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import aiohttp
import pytest

from calls.clock import now
from calls.errors import ProviderDown, ProviderRefused
from calls.meetings import Capability, EventKind, Provider, Seen, Surroundings
from calls.model import CallId, Visitor
from providers.credentials import read_secrets
from providers.registry import build_provider
from providers.room_names import room_name
from providers.whereby.kind import KIND
from providers.whereby.reports import sign as our_sign
from tests.contract.provider_kit import SPEC
from tests.contract.vendor_kit import check_vendor
from tests.hooks import hook, stamp, with_bit_changed
from tests.whereby_double import SECRET, WherebyDouble, sign

KEY = b"k" * 32
VISITOR = Visitor("0123456789abcdef0123456789abcdef", CallId("c"), "slack:U1", "Bob & Ann")
SOON = timedelta(minutes=5)

JOINED: dict[str, Any] = {
    "id": "d7c4df48b85318352b47d2df45872bf9be87595af379e2a8ad8f1ad28b2a482e",
    "apiVersion": "1.0",
    "createdAt": "2026-11-21T16:29:59.681Z",
    "type": "room.client.joined",
    "data": {
        "roleName": "visitor",
        "displayName": "Joe\nBloggs",
        "meetingId": "134",
        "participantId": "p1",
        "externalId": VISITOR.id,
        "roomName": "/af0b7b66-c738-4981-887a-ad416754f32d",
        "numClients": 8,
    },
}


@pytest.fixture
async def whereby() -> AsyncIterator[WherebyDouble]:
    """Run a server in Whereby's place."""
    async with WherebyDouble().running() as running:
        yield running


@pytest.fixture
async def session() -> AsyncIterator[aiohttp.ClientSession]:
    """Return a session for providers to use."""
    async with aiohttp.ClientSession() as opened:
        yield opened


def make(whereby: WherebyDouble, session: aiohttp.ClientSession, secret: str = SECRET) -> Provider:
    """Build the provider as the app does."""
    values = {**whereby.settings, "STARTCALL_WHEREBY_WEBHOOK_SECRET": secret}
    return build_provider("whereby", Surroundings(KEY, session, values))


async def test_it_says_what_is_wrong_whatever_whereby_does(
    whereby: WherebyDouble, session: aiohttp.ClientSession
) -> None:
    """Every way to fail is told apart, and the next try after it works."""
    await check_vendor(lambda: make(whereby, session), whereby)


async def test_what_nobody_reports_is_not_claimed(whereby: WherebyDouble, session: aiohttp.ClientSession) -> None:
    """Without a secret there is nothing to believe reports by, and Whereby cannot be asked."""
    reports = Capability.ROSTER | Capability.WEBHOOK
    assert reports in make(whereby, session).capabilities
    assert not make(whereby, session, "").capabilities & reports
    assert 503 == make(whereby, session, "").receive(hook(b"{}", {})).reply.status


async def test_a_meeting_that_was_made_before_is_found_among_many(
    whereby: WherebyDouble, session: aiohttp.ClientSession
) -> None:
    """A step that is repeated after a crash makes no second one, also not when it is on a later page."""
    whereby.add(room_name(KEY, SPEC.call_id))
    for _ in range(250):
        whereby.add("other")
    room = await make(whereby, session).create_room(SPEC)

    assert ("134", 251) == (room.id, len(whereby.meetings))
    assert whereby.meetings["134"]["roomUrl"] == room.join_url


async def test_a_meeting_is_open_for_a_week_and_for_more_than_four(
    whereby: WherebyDouble, session: aiohttp.ClientSession
) -> None:
    """As we ask for it; the room's name begins with what nobody can guess."""
    room = await make(whereby, session).create_room(SPEC)
    (asked,) = whereby.requests("POST", "/v1/meetings")
    assert ("group", False) == (asked.body["roomMode"], asked.body["isLocked"])
    assert urlsplit(room.join_url).path.startswith(f"/{room_name(KEY, SPEC.call_id)}")


async def test_a_link_names_its_person_and_only_hosts_get_the_hosts_key(
    whereby: WherebyDouble, session: aiohttp.ClientSession
) -> None:
    """The key is asked for when somebody needs it, and is nowhere else; names too long are cut."""
    provider = make(whereby, session)
    room = await provider.create_room(SPEC)
    link = await provider.person_link(room, VISITOR, lasts=SOON)
    host = Visitor("f" * 32, CallId("c"), "slack:U2", "x" * 150, is_host=True)
    host_link = await provider.person_link(room, host, lasts=SOON)

    assert {"externalId": [VISITOR.id], "displayName": ["Bob & Ann"]} == parse_qs(urlsplit(link).query)
    assert [room.join_url] * 2 == [link.partition("?")[0], host_link.partition("?")[0]]
    assert "roomKey" not in link
    assert "roomKey" not in repr(room)
    assert [f"host-of-{room.id}"] == parse_qs(urlsplit(host_link).query)["roomKey"]
    await whereby.join(host_link)

    await provider.end_room(room)
    with pytest.raises(ProviderRefused):
        await provider.person_link(room, host, lasts=SOON)


@pytest.mark.parametrize(
    "changes",
    [
        {"roomUrl": "javascript:alert(1)"},
        {"roomUrl": "http://elsewhere.example/{prefix}"},
        {"roomUrl": "https://elsewhere.example/{prefix}?roomKey=secret"},
        {"meetingId": 134},
        {"meetingId": "../rooms"},
    ],
)
async def test_an_answer_that_cannot_be_is_no_room(
    whereby: WherebyDouble, session: aiohttp.ClientSession, changes: dict[str, Any]
) -> None:
    """An address we would not show, or an id that would lead elsewhere, is an answer nobody can read."""
    prefix = room_name(KEY, SPEC.call_id)
    filled = {name: value.format(prefix=prefix) if isinstance(value, str) else value for name, value in changes.items()}
    whereby.add(prefix, **filled)
    provider = make(whereby, session)
    if filled.get("roomUrl", "").startswith("javascript:"):
        assert (await provider.create_room(SPEC)).join_url.startswith(whereby.url), "it is passed over"
    else:
        with pytest.raises(ProviderDown):
            await provider.create_room(SPEC)


def signed(body: bytes, timestamp: str = "", secret: str = SECRET) -> dict[str, str]:
    """Return the headers of a report."""
    return {"Whereby-Signature": sign(timestamp or stamp(now()), body, secret)}


def test_a_signature_is_what_openssl_makes() -> None:
    """A vector of `printf '1795262400.{"type":"x"}' | openssl dgst -sha256 -hmac`, followed by the secret."""
    expected = "1e7a528cb349e7a2b6be169928abcf4b9960b202a1dc310399c222acdc3ce3ab"
    assert expected == our_sign(SECRET, "1795262400", b'{"type":"x"}')
    assert f"t=1795262400,v1={expected}" == sign("1795262400", b'{"type":"x"}')


async def test_a_report_counts_only_with_the_signature_of_its_bytes(
    whereby: WherebyDouble, session: aiohttp.ClientSession
) -> None:
    """Changed, stale, signed by somebody else or not at all: refused; two secrets are both good, so that one can go."""
    provider, body = make(whereby, session, f"an-older-secret, {SECRET}"), json.dumps(JOINED).encode()
    for headers in (signed(body), signed(body, secret="an-older-secret"), signed(body, stamp(now() - SOON / 1.1))):
        taken = provider.receive(hook(body, headers))
        assert (200, [EventKind.JOINED]) == (taken.reply.status, [event.kind for event in taken.events])
        assert taken == provider.receive(hook(body, headers)), "a replay says the same again"
    assert ("134", (Seen("p1", VISITOR.id, display_name="Joe Bloggs"),)) == (
        taken.events[0].room_id,
        taken.events[0].people,
    )
    good = signed(body)
    for bad, headers in [
        (with_bit_changed(body), good),
        (body, signed(body, stamp(now() - timedelta(seconds=301)))),
        (body, signed(body, stamp(now() + timedelta(seconds=301)))),
        (body, signed(body, secret="another")),
        (body, {"Whereby-Signature": good["Whereby-Signature"].replace("v1=", "v0=")}),
        (body, {"Whereby-Signature": good["Whereby-Signature"].partition(",")[2]}),
        (body, {"Whereby-Signature": f"{good['Whereby-Signature']},v1={'0' * 64}"}),
        (body, {}),
    ]:
        refused = provider.receive(hook(bad, headers))
        assert (401, ()) == (refused.reply.status, refused.events)
    assert 404 == provider.receive(hook(body, good, path="more")).reply.status
    assert 405 == provider.receive(hook(body, good, method="GET")).reply.status


@pytest.mark.parametrize(
    ("changes", "data", "status", "kinds"),
    [
        ({"type": "room.session.ended"}, {}, 200, []),
        ({"type": "room.client.invented", "data": 7}, {}, 200, []),
        ({"new": {"field": 1}}, {"new": [1]}, 200, ["joined"]),
        ({}, {"roleName": "recorder"}, 200, []),
        ({}, {"participantId": None}, 200, ["joined"]),
        ({}, {"participantId": None, "externalId": None}, 200, []),
        ({}, {"externalId": "somebody's own", "displayName": 7}, 200, ["joined"]),
        ({"type": "room.client.left"}, {}, 200, ["left"]),
        ({"type": "room.client.left"}, {"numClients": 0}, 200, ["left", "snapshot"]),
        ({"type": "room.client.left"}, {"numClients": 0, "roleName": "recorder"}, 200, ["snapshot"]),
        ({}, {"meetingId": None}, 400, []),
        ({}, {"meetingId": "1\x00"}, 400, []),
        ({}, {"participantId": ["p"]}, 400, []),
        ({"createdAt": "yesterday"}, {}, 400, []),
        ({"createdAt": "2026-11-21T16:29:59"}, {}, 400, []),
        ({"createdAt": None}, {}, 400, []),
        ({"type": None}, {}, 400, []),
    ],
)
async def test_a_signed_report_is_read_with_care(
    whereby: WherebyDouble,
    session: aiohttp.ClientSession,
    changes: dict[str, Any],
    data: dict[str, Any],
    status: int,
    kinds: list[str],
) -> None:
    """What is new and who is no person is passed over, and what is missing or of another kind is refused."""
    body = json.dumps({**JOINED, "data": {**JOINED["data"], **data}, **changes}).encode()
    result = make(whereby, session).receive(hook(body, signed(body)))
    assert (status, kinds) == (result.reply.status, [str(event.kind) for event in result.events])


@pytest.mark.parametrize("body", [b"", b"[]", b"7", b"\xff", b"{", b"[" * 5000, b'{"type": NaN}'])
async def test_a_signed_report_that_is_none_is_refused(
    whereby: WherebyDouble, session: aiohttp.ClientSession, body: bytes
) -> None:
    """Whatever the bytes are."""
    assert 400 == make(whereby, session).receive(hook(body, signed(body))).reply.status


async def test_the_doctor_says_what_is_missing(whereby: WherebyDouble, session: aiohttp.ClientSession) -> None:
    """A key that is not accepted is told from a Whereby that does not answer, and from a webhook that is not set up."""
    assert (await make(whereby, session).probe()).ok
    assert "STARTCALL_WHEREBY_WEBHOOK_SECRET" in (await make(whereby, session, "").probe()).sentence
    whereby.fault = "retired"
    retired = await make(whereby, session).probe()
    assert (False, True) == (retired.ok, "STARTCALL_WHEREBY_API_KEY" in retired.sentence)
    whereby.fault = "server_error"
    assert not (await make(whereby, session).probe()).ok


@pytest.mark.parametrize("value", ["one,two", "one, two", " one ,two,"])
def test_two_secrets_are_taken_however_the_comma_stands_between_them(value: str) -> None:
    """A new one is put beside the old one before Whereby signs with it."""
    (setting,) = [one for one in KIND.settings if one.name == "STARTCALL_WHEREBY_WEBHOOK_SECRET"]
    assert (None, ("one", "two")) == (setting.find_fault(value), read_secrets(value))
    assert setting.find_fault("one, t wo") is not None
