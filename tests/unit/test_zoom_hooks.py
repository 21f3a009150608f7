"""What arrives at the Zoom provider's address: what is proved is taken, and nothing else."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, cast

import aiohttp
import pytest
from hypothesis import given
from hypothesis import strategies as st

from calls.meetings import EventKind, Hook, HookReply, HookResult, MeetingEvent, Seen
from calls.model import Artifact, ArtifactKind
from providers.zoom.provider import ZoomProvider
from providers.zoom.settings import ZoomSettings
from tests.zoom_double import HOOK_SECRET, ZoomDouble, participant, signed

NOW = datetime(2026, 11, 21, 12, 0, 0, tzinfo=UTC)
AT = datetime(2026, 11, 21, 11, 59, 58, tzinfo=UTC)
ROOM = "81234567890"
OLD = "the-secret-token-before"
NO_SESSION = cast("aiohttp.ClientSession", None)

Json = dict[str, Any]


def provider(*secrets: str) -> ZoomProvider:
    """Return a provider that sends nothing."""
    settings = ZoomSettings("account", "client", "secret", "host@example.com", b"k" * 32, hook_secrets=secrets)
    return ZoomProvider(settings, NO_SESSION, lambda: NOW)


def receive(body: bytes, headers: Mapping[str, str] | None = None, *secrets: str) -> HookResult:
    """Return what is made of a request, which is signed unless it has other headers."""
    given_headers = signed(body, NOW.timestamp()) if headers is None else headers
    found = {name.lower(): (value,) for name, value in given_headers.items()}
    return provider(*(secrets or (HOOK_SECRET,))).receive(Hook("POST", "", "", found, body, NOW))


def told(event: str, **about: Any) -> HookResult:  # noqa: ANN401 - whatever the event has
    """Return what is made of an event that Zoom reports."""
    return receive(json.dumps(report(event, **about)).encode())


def report(event: str, **about: Any) -> Json:  # noqa: ANN401 - whatever the event has
    """Return an event of the room."""
    return ZoomDouble().report(event, ROOM, **about) | {"event_ts": int(AT.timestamp() * 1000)}


JOINED = json.dumps(
    report("meeting.participant_joined", participant=participant(join_time="2026-11-21T11:59:58Z"))
).encode()


def test_who_comes_is_taken() -> None:
    """Whom Zoom does not know is nobody in particular, whatever they typed as their address."""
    who = participant(join_time="2026-11-21T11:59:58Z", email="typed@example.com")
    seen = Seen("16778240/55555AAAiAAAAAiAiAii16778240", display_name="Jill Chill")
    expected = HookResult(events=(MeetingEvent(EventKind.JOINED, ROOM, AT, (seen,)),))
    assert expected == told("meeting.participant_joined", participant=who)


def test_the_address_of_somebody_signed_in_is_taken() -> None:
    """Zoom vouches for it, and for who they are at each return."""
    who = participant(join_time="2026-11-21T11:59:58Z", participant_user_id="z8y", email="jill@example.com")
    (event,) = told("meeting.participant_joined", participant=who).events
    assert [("z8y", "jill@example.com")] == [(seen.person_id, seen.email) for seen in event.people]


def test_who_goes_is_the_same_session() -> None:
    """Whatever else the two events have."""
    came = told("meeting.participant_joined", participant=participant("7", join_time="2026-11-21T11:59:50Z")).events[0]
    left = participant("7", leave_time="2026-11-21T11:59:58Z", leave_reason="Jill Chill left the meeting.")
    (gone,) = told("meeting.participant_left", participant=left).events
    assert (EventKind.LEFT, AT) == (gone.kind, gone.at)
    assert came.people[0].session_id == gone.people[0].session_id


def test_coming_back_is_another_session() -> None:
    """Zoom gives every connection a number of its own, and its next run begins with the same ones."""
    first = participant("7", join_time="2026-11-21T11:00:00Z", participant_uuid="A")
    others = [{**first, "user_id": "8"}, {**first, "participant_uuid": "B"}]
    sessions = {
        told("meeting.participant_joined", participant=who).events[0].people[0].session_id for who in (first, *others)
    }
    assert 3 == len(sessions)


@pytest.mark.parametrize("event", ["meeting.ended", "meeting.deleted"])
def test_the_end_is_taken(event: str) -> None:
    """By its own time, or by when Zoom noticed it."""
    expected = HookResult(events=(MeetingEvent(EventKind.ENDED, ROOM, AT),))
    assert expected == told(event, end_time="2026-11-21T11:59:58Z")
    assert expected == told(event)


def test_a_number_is_the_same_room_as_its_text() -> None:
    """Zoom has the id of a meeting as text in some events and as a number in others."""
    assert ROOM == told("recording.completed", id=int(ROOM), share_url="https://zoom.us/rec/share/x").events[0].room_id


@pytest.mark.parametrize(
    ("event", "kind"),
    [
        ("recording.completed", ArtifactKind.RECORDING),
        ("recording.transcript_completed", ArtifactKind.TRANSCRIPT),
    ],
)
def test_a_recording_is_told_without_its_passcode(event: str, kind: ArtifactKind) -> None:
    """Neither what opens it nor the token that downloads it goes on."""
    url = "https://us05web.zoom.us/rec/share/aA1?pwd=secret#token"
    body = json.dumps(report(event, share_url=url, password="8pEkRwe") | {"download_token": "abJhb"}).encode()
    (found,) = receive(body).events
    assert Artifact(kind, "https://us05web.zoom.us/rec/share/aA1") == found.artifact
    assert (EventKind.LEFT_BEHIND, AT) == (found.kind, found.at)


@pytest.mark.parametrize(
    "url",
    [
        "http://zoom.us/rec/share/x",
        "https://zoom.us.evil.example/rec",
        "https://evil.example/zoom.us",
        "https://evilzoom.us/rec",
        "javascript:alert(1)//zoom.us",
        "https://a@evil.example",
        "https://[",
        None,
        7,
    ],
)
def test_a_recording_elsewhere_is_not_believed(url: object) -> None:
    """Nobody is sent to an address that is not Zoom's."""
    assert HookResult(HookReply(400)) == told("recording.completed", share_url=url)


@pytest.mark.parametrize(
    "event", ["meeting.started", "meeting.participant_jbh_waiting", "user.created", "meeting.rtms_started", ""]
)
def test_other_events_are_taken_and_say_nothing(event: str) -> None:
    """An error would have Zoom send them again."""
    assert HookResult(HookReply(200)) == told(event)


def test_the_check_of_the_address_is_answered() -> None:
    """Zoom makes it when the address is set and every three days; the answer proves that we know the secret."""
    body = b'{"payload":{"plainToken":"qgg8vlvZRS6UYooatFL8Aw"},"event_ts":165,"event":"endpoint.url_validation"}'
    reply = receive(body, None, HOOK_SECRET, OLD).reply
    assert (200, "application/json") == (reply.status, reply.content_type)
    answer = json.loads(reply.body)
    assert "qgg8vlvZRS6UYooatFL8Aw" == answer["plainToken"]
    assert _by_openssl(HOOK_SECRET, b"qgg8vlvZRS6UYooatFL8Aw") == answer["encryptedToken"]


def test_a_check_that_is_not_signed_is_not_answered() -> None:
    """Else anybody could have values signed with our secret."""
    body = b'{"payload":{"plainToken":"v0:1795262400:{}"},"event":"endpoint.url_validation"}'
    assert HookResult(HookReply(401)) == receive(body, {})


def test_the_signature_is_the_one_openssl_makes() -> None:
    """Computed by a program that knows nothing of ours."""
    timestamp = str(int(NOW.timestamp()))
    signature = f"v0={_by_openssl(HOOK_SECRET, b'v0:' + timestamp.encode() + b':' + JOINED)}"
    assert receive(JOINED, {"x-zm-request-timestamp": timestamp, "x-zm-signature": signature}).events


def test_every_changed_bit_is_refused() -> None:
    """Body, timestamp or signature: a single bit is enough."""
    good = signed(JOINED, NOW.timestamp())
    for place in range(len(JOINED)):
        changed = bytearray(JOINED)
        changed[place] ^= 1
        assert 401 == receive(bytes(changed), good).reply.status
    signature = good["x-zm-signature"]
    for place in range(len(signature)):
        other = signature[:place] + chr(ord(signature[place]) ^ 1) + signature[place + 1 :]
        assert 401 == receive(JOINED, good | {"x-zm-signature": other}).reply.status
    later = str(int(NOW.timestamp()) + 1)
    assert 401 == receive(JOINED, good | {"x-zm-request-timestamp": later}).reply.status


@pytest.mark.parametrize(
    ("age_s", "status"), [(-301, 401), (-300, 200), (0, 200), (300, 200), (301, 401), (10**8, 401)]
)
def test_a_stale_report_is_refused(age_s: int, status: int) -> None:
    """Five minutes either way are for clocks that differ."""
    assert status == receive(JOINED, signed(JOINED, (NOW - timedelta(seconds=age_s)).timestamp())).reply.status


def test_a_replayed_report_gives_the_same_events() -> None:
    """Nothing is kept: what comes twice says the same twice, and adds nothing to a roster."""
    assert receive(JOINED) == receive(JOINED)


@pytest.mark.parametrize("name", ["x-zm-signature", "x-zm-request-timestamp"])
def test_an_unsigned_report_is_refused(name: str) -> None:
    """Without, or with two of, a header nothing is read."""
    good = signed(JOINED, NOW.timestamp())
    assert HookResult(HookReply(401)) == receive(JOINED, {key: good[key] for key in good if key != name})
    for value in ("", "v0=é", "v1=" + good["x-zm-signature"][3:], "٣", "1e9", "-1", "nan", "9" * 400):
        assert HookResult(HookReply(401)) == receive(JOINED, good | {name: value})
    twice = {key.lower(): (value,) * (2 if key == name else 1) for key, value in good.items()}
    assert HookResult(HookReply(401)) == provider(HOOK_SECRET).receive(Hook("POST", "", "", twice, JOINED, NOW))


def test_two_secrets_are_both_accepted_and_others_are_not() -> None:
    """So that one can take the other's place without a gap."""
    for secret, status in ((HOOK_SECRET, 200), (OLD, 200), ("another", 401)):
        headers = signed(JOINED, NOW.timestamp(), secret)
        assert status == receive(JOINED, headers, HOOK_SECRET, OLD).reply.status


def test_without_a_secret_nothing_is_accepted() -> None:
    """A door without a lock stays shut, whatever comes."""
    for headers in ({}, signed(JOINED, NOW.timestamp()), signed(JOINED, NOW.timestamp(), "")):
        found = {name: (value,) for name, value in headers.items()}
        assert HookResult(HookReply(503)) == provider().receive(Hook("POST", "", "", found, JOINED, NOW))


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b'"x"',
        b"\xff",
        b"[" * 100_000,
        b'{"event": "meeting.ended"}',
        b'{"event": "meeting.ended", "payload": {"object": {}}}',
        b'{"event": "meeting.ended", "payload": {"object": {"id": "7"}}}',
        b'{"event": "meeting.ended", "payload": {"object": {"id": "7", "end_time": "noon"}}}',
        b'{"event": "meeting.ended", "event_ts": 1e400, "payload": {"object": {"id": "7"}}}',
        b'{"event": "meeting.participant_joined", "event_ts": 1, "payload": {"object": {"id": "7"}}}',
        b'{"event": "meeting.participant_left", "event_ts": 1, "payload": {"object": {"id": "7", "participant": {}}}}',
        b'{"event": "endpoint.url_validation"}',
        b'{"event": "endpoint.url_validation", "payload": 7}',
    ],
)
def test_what_is_signed_and_cannot_be_read_is_refused(body: bytes) -> None:
    """In whole: half an event is none."""
    assert HookResult(HookReply(400)) == receive(body)


def test_unknown_and_missing_fields_do_no_harm() -> None:
    """Zoom adds fields, and leaves out what it does not know of somebody."""
    bare = {"user_id": "7", "never_seen": {"deep": [1, None]}}
    body = {
        "event": "meeting.participant_joined",
        "event_ts": int(AT.timestamp() * 1000),
        "payload": {"object": {"id": ROOM, "participant": bare, "new": []}},
    }
    expected = MeetingEvent(EventKind.JOINED, ROOM, AT, (Seen("7/"),))
    assert HookResult(events=(expected,)) == receive(json.dumps(body).encode())


@given(
    st.recursive(st.none() | st.booleans() | st.integers() | st.text(), lambda inner: st.dictionaries(st.text(), inner))
)
def test_no_signed_content_is_an_error(content: object) -> None:
    """Whatever it holds, it is taken or refused."""
    for event in ("meeting.participant_joined", "meeting.ended", "recording.completed", "endpoint.url_validation"):
        body = json.dumps({"event": event, "event_ts": 1, "payload": {"object": content}}).encode()
        assert receive(body).reply.status in {200, 400}


def _by_openssl(secret: str, signed_bytes: bytes) -> str:
    """Return the HMAC-SHA256 as OpenSSL's program computes it."""
    program = shutil.which("openssl")
    assert program is not None
    made = subprocess.run(
        [program, "dgst", "-sha256", "-hmac", secret], input=signed_bytes, capture_output=True, check=True
    )
    return made.stdout.decode().rpartition("= ")[2].strip()
