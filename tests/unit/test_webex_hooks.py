"""What arrives at the Webex provider's address: a signed report of an end is taken, and nothing else."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, cast

import aiohttp
import pytest
from hypothesis import given
from hypothesis import strategies as st

from calls.meetings import EventKind, Hook, HookReply, HookResult, MeetingEvent
from providers.webex.end_reports import EndReports
from providers.webex.provider import WebexProvider
from providers.webex.settings import WebexSettings
from tests.webex_double import CLIENT_ID, CLIENT_SECRET, REFRESH_TOKEN, WebexDouble, signed

NOW = datetime(2026, 11, 21, 12, 0, 0, tzinfo=UTC)
ROOM = "dfb45ece33264639a7bc3dd9bb2b4f2a"
URL = "https://startcall.example.com/hooks/webex"
NO_SESSION = cast("aiohttp.ClientSession", None)
ENDED = json.dumps(WebexDouble().ended(ROOM)).encode()
KEY = b"k" * 32

Json = dict[str, Any]


def provider(hooks_url: str | None = URL) -> WebexProvider:
    """Return a provider that sends nothing."""
    settings = WebexSettings(CLIENT_ID, CLIENT_SECRET, REFRESH_TOKEN, KEY, hooks_url)
    return WebexProvider(settings, NO_SESSION, lambda: NOW)


def secret_at_webex(key: bytes = KEY, url: str = URL) -> str:
    """Return the secret that Webex is given for an address."""
    return EndReports(url, key).webhook["secret"]


@pytest.fixture
def secret() -> str:
    """Return the secret that Webex has."""
    return secret_at_webex()


def receive(body: bytes, headers: Mapping[str, str], hooks_url: str | None = URL) -> HookResult:
    """Return what is made of a request."""
    found = {name.lower(): (value,) for name, value in headers.items()}
    return provider(hooks_url).receive(Hook("POST", "", "", found, body, NOW))


def test_the_end_is_taken(secret: str) -> None:
    """At the time it arrives, as Webex signs none."""
    expected = HookResult(events=(MeetingEvent(EventKind.ENDED, ROOM, NOW),))
    assert expected == receive(ENDED, signed(ENDED, secret))


@pytest.mark.parametrize(
    "data", [{"id": ROOM}, {"id": f"{ROOM}_I_1"}, {"id": f"{ROOM}_I_1", "meetingId": f"{ROOM}_I_2"}]
)
def test_whatever_webex_calls_the_meeting_it_is_the_same_room(data: Json, secret: str) -> None:
    """One time that it takes place, or the meeting itself."""
    body = json.dumps(WebexDouble().ended(ROOM) | {"data": data}).encode()
    assert [ROOM] == [event.room_id for event in receive(body, signed(body, secret)).events]


@pytest.mark.parametrize(("resource", "event"), [("meetings", "started"), ("recordings", "created"), (None, None)])
def test_other_events_are_taken_and_say_nothing(resource: str | None, event: str | None, secret: str) -> None:
    """An error would have Webex switch the webhook off."""
    body = json.dumps(WebexDouble().ended(ROOM) | {"resource": resource, "event": event}).encode()
    assert HookResult(HookReply(200)) == receive(body, signed(body, secret))


def test_a_replayed_report_gives_the_same_end(secret: str) -> None:
    """Of the same meeting, which never begins again."""
    assert receive(ENDED, signed(ENDED, secret)) == receive(ENDED, signed(ENDED, secret))


def test_every_changed_bit_is_refused(secret: str) -> None:
    """Body or signature: a single bit is enough."""
    good = signed(ENDED, secret)
    for place in range(len(ENDED)):
        changed = bytearray(ENDED)
        changed[place] ^= 1
        assert HookResult(HookReply(401)) == receive(bytes(changed), good)
    signature = good["X-Spark-Signature"]
    for place in range(len(signature)):
        other = signature[:place] + chr(ord(signature[place]) ^ 1) + signature[place + 1 :]
        assert HookResult(HookReply(401)) == receive(ENDED, {"X-Spark-Signature": other})


@pytest.mark.parametrize("signature", ["", "é", "\udcff", "0" * 40, "sha1="])
def test_an_unsigned_report_is_refused(signature: str) -> None:
    """With no signature, a wrong one, or two of them."""
    assert HookResult(HookReply(401)) == receive(ENDED, {"X-Spark-Signature": signature})
    assert HookResult(HookReply(401)) == receive(ENDED, {})


def test_two_signatures_are_none(secret: str) -> None:
    """Else one of them could be somebody else's."""
    twice = {"x-spark-signature": (signed(ENDED, secret)["X-Spark-Signature"],) * 2}
    assert HookResult(HookReply(401)) == provider().receive(Hook("POST", "", "", twice, ENDED, NOW))


def test_another_installations_secret_is_refused() -> None:
    """Nor is one for another address taken."""
    for other in (secret_at_webex(key=b"o" * 32), secret_at_webex(url=f"{URL}/"), "", KEY.decode()):
        assert HookResult(HookReply(401)) == receive(ENDED, signed(ENDED, other))


def test_without_a_public_address_nothing_is_accepted(secret: str) -> None:
    """A door without a lock stays shut, whatever comes."""
    assert HookResult(HookReply(503)) == receive(ENDED, signed(ENDED, secret), None)


def test_the_signature_is_the_one_openssl_makes(secret: str) -> None:
    """Computed by a program that knows nothing of ours."""
    openssl = shutil.which("openssl")
    assert openssl is not None
    made = subprocess.run([openssl, "dgst", "-sha1", "-hmac", secret], input=ENDED, capture_output=True, check=True)
    signature = made.stdout.decode().split()[-1]
    assert receive(ENDED, {"X-Spark-Signature": signature}).events


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"null",
        b"[]",
        b"\xff",
        b"[" * 100_000,
        b'{"resource": "meetings", "event": "ended"}',
        b'{"resource": "meetings", "event": "ended", "data": []}',
        b'{"resource": "meetings", "event": "ended", "data": {"id": ""}}',
        b'{"resource": "meetings", "event": "ended", "data": {"id": {}}}',
    ],
)
def test_garbage_that_is_signed_is_refused(body: bytes, secret: str) -> None:
    """Webex would be the one to send it."""
    assert HookResult(HookReply(400)) == receive(body, signed(body, secret))


_json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.sampled_from(["id", "meetingId", "x"]), inner),
    max_leaves=6,
)


@given(data=_json)
def test_no_signed_report_has_it_fail(data: object) -> None:
    """Whatever Webex sends, it is answered."""
    body = json.dumps(WebexDouble().ended(ROOM) | {"data": data}).encode()
    result = receive(body, signed(body, secret_at_webex()))
    assert result.reply.status in {200, 400}
    assert all(event.kind is EventKind.ENDED and event.room_id for event in result.events)


@given(body=st.binary(), signature=st.text(max_size=60))
def test_nothing_unsigned_is_believed(body: bytes, signature: str) -> None:
    """Whatever anybody sends."""
    assert HookResult(HookReply(401)) == receive(body, {"X-Spark-Signature": signature})
