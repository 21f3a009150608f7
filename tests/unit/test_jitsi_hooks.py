"""What arrives at the Jitsi provider's address: what is proved is taken, and nothing else."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from urllib.parse import urlencode

import aiohttp
import pytest
from hypothesis import given
from hypothesis import strategies as st

from calls.meetings import EventKind, Hook, HookReply, HookResult, MeetingEvent, Seen
from providers.jitsi.provider import JitsiProvider
from providers.jitsi.reservations import path_secret
from providers.jitsi.settings import JitsiSettings
from providers.jitsi.signatures import SIGNATURE, TIMESTAMP, sign

NOW = datetime(2026, 11, 21, 12, 0, 0, tzinfo=UTC)
SECRET, OLD = "a-hook-secret-for-tests", "the-secret-of-last-year"
ROOM = "abcdefghijklmnopqrstuvwxyz"
AT = NOW - timedelta(seconds=2.5)
JOINED: dict[str, object] = {
    "id": "6f1c",
    "event": "joined",
    "room": ROOM,
    "at": AT.timestamp(),
    "occupant": {"session": "s1", "visitor": "0f" * 16, "name": "Zoë"},
}
RESERVATION = f"reservation/{path_secret(SECRET)}/conference"


def provider(*secrets: str, prosody_url: str | None = None) -> JitsiProvider:
    """Return a provider that sends nothing."""
    settings = JitsiSettings("https://meet.example.com", b"k" * 32, hook_secrets=secrets, prosody_url=prosody_url)
    return JitsiProvider(settings, _NO_SESSION, lambda: NOW)


def signed(body: bytes, secret: str = SECRET, at: datetime = NOW) -> dict[str, tuple[str, ...]]:
    """Return the headers of a report."""
    timestamp = str(int(at.timestamp()))
    return {TIMESTAMP.lower(): (timestamp,), SIGNATURE.lower(): (sign(secret, timestamp, body),)}


def report(
    body: bytes, headers: Mapping[str, tuple[str, ...]] | None = None, method: str = "POST", path: str = ""
) -> Hook:
    """Return a request, signed unless it has other headers."""
    return Hook(method, path, "", signed(body) if headers is None else headers, body, NOW)


def receive(hook: Hook, *secrets: str) -> HookResult:
    """Return what a provider makes of a request."""
    return provider(*(secrets or (SECRET,))).receive(hook)


def encoded(content: object) -> bytes:
    """Return a report as the module writes one."""
    return json.dumps(content).encode()


def test_a_good_report_is_taken() -> None:
    """Who, where and when, as the module says."""
    seen = Seen("s1", visitor_id="0f" * 16, display_name="Zoë")
    expected = MeetingEvent(EventKind.JOINED, ROOM, AT, (seen,))
    assert HookResult(HookReply(200), (expected,)) == receive(report(encoded(JOINED)))


@pytest.mark.parametrize(
    ("event", "kind"), [("left", EventKind.LEFT), ("emptied", EventKind.SNAPSHOT), ("destroyed", EventKind.ENDED)]
)
def test_each_kind_of_report_is_known(event: str, kind: EventKind) -> None:
    """Only people who leave are named; an empty room has nobody, and is not the end."""
    (found,) = receive(report(encoded(JOINED | {"event": event, "occupant": {"session": "s1"}}))).events
    people = (Seen("s1"),) if kind is EventKind.LEFT else ()
    assert MeetingEvent(kind, ROOM, AT, people) == found


def test_a_replayed_report_gives_the_same_events() -> None:
    """Nothing is kept: what comes twice says the same twice, and adds nothing to a roster."""
    hook = report(encoded(JOINED))
    assert receive(hook) == receive(hook)


def test_a_report_of_something_unknown_is_taken_and_says_nothing() -> None:
    """A newer module may report more; an error would make it try again."""
    assert HookResult(HookReply(200)) == receive(report(encoded(JOINED | {"event": "hand_raised"})))


def test_every_changed_bit_is_refused() -> None:
    """Body, timestamp or signature: a single bit is enough."""
    body = encoded(JOINED)
    good = signed(body)
    for place in range(len(body)):
        changed = bytearray(body)
        changed[place] ^= 1
        assert 401 == receive(report(bytes(changed), good)).reply.status
    signature = good[SIGNATURE.lower()][0]
    for place in range(len(signature)):
        other = signature[:place] + chr(ord(signature[place]) ^ 1) + signature[place + 1 :]
        assert 401 == receive(report(body, good | {SIGNATURE.lower(): (other,)})).reply.status
    timestamp = str(int(NOW.timestamp()) + 1)
    assert 401 == receive(report(body, good | {TIMESTAMP.lower(): (timestamp,)})).reply.status


@pytest.mark.parametrize(
    ("age_s", "status"), [(-301, 401), (-300, 200), (0, 200), (300, 200), (301, 401), (10**8, 401)]
)
def test_a_stale_report_is_refused(age_s: int, status: int) -> None:
    """Five minutes either way are for clocks that differ."""
    body = encoded(JOINED)
    assert status == receive(report(body, signed(body, at=NOW - timedelta(seconds=age_s)))).reply.status


def test_an_unsigned_report_is_refused() -> None:
    """Without, or with too many of, the two headers nothing is read."""
    body = encoded(JOINED)
    good = signed(body)
    bad: list[dict[str, tuple[str, ...]]] = [
        {},
        {TIMESTAMP.lower(): good[TIMESTAMP.lower()]},
        {SIGNATURE.lower(): good[SIGNATURE.lower()]},
        good | {SIGNATURE.lower(): good[SIGNATURE.lower()] * 2},
        good | {TIMESTAMP.lower(): good[TIMESTAMP.lower()] * 2},
        good | {SIGNATURE.lower(): ("v0=" + good[SIGNATURE.lower()][0][3:],)},
        good | {SIGNATURE.lower(): ("",)},
        good | {SIGNATURE.lower(): ("v1=é",)},
        good | {SIGNATURE.lower(): ("v1=\udcff",)},  # how aiohttp gives on a byte that is no text
    ]
    for headers in bad:
        assert HookResult(HookReply(401)) == receive(report(body, headers))


@pytest.mark.parametrize("timestamp", ["", "-1", "1e9", " 1795262400", "1795262400.0", "nan", "٣", "9" * 400])
def test_a_timestamp_that_is_no_number_is_refused(timestamp: str) -> None:
    """Also when it was signed."""
    body = encoded(JOINED)
    headers = {TIMESTAMP.lower(): (timestamp,), SIGNATURE.lower(): (sign(SECRET, timestamp, body),)}
    assert 401 == receive(report(body, headers)).reply.status


def test_without_a_secret_nothing_is_accepted() -> None:
    """A door without a lock stays shut, whatever comes."""
    body = encoded(JOINED)
    none = provider()
    for hook in (
        report(body),
        report(body, {}),
        report(body, signed(body, secret="")),
        report(b"name=x", path=RESERVATION),
        report(b"name=x", path=f"reservation/{path_secret('')}/conference"),
    ):
        assert HookResult(HookReply(503)) == none.receive(hook)


def test_two_secrets_are_accepted_at_a_time() -> None:
    """While one takes the other's place, reports by either are good; a third is not."""
    body = encoded(JOINED)
    for secret, status in ((SECRET, 200), (OLD, 200), ("another-one-entirely", 401)):
        assert status == receive(report(body, signed(body, secret)), SECRET, OLD).reply.status


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b'"joined"',
        b"\xff\xfe",
        b"[" * 100_000,
        b'{"a":' * 50_000,
        b"1" * 5000,
        b'{"event": NaN}',
        encoded({}),
        encoded(JOINED | {"event": ["joined"]}),
        encoded(JOINED | {"room": None}),
        encoded(JOINED | {"room": ""}),
        encoded(JOINED | {"room": "x" * 2000}),
        encoded(JOINED | {"room": "a\u0000b"}),
        encoded(JOINED | {"room": "\ud800"}),
        encoded(JOINED | {"at": "now"}),
        encoded(JOINED | {"at": True}),
        encoded(JOINED | {"at": 1e300}),
        encoded(JOINED | {"at": -1e15}),
        encoded(JOINED | {"at": 10**400}),
        encoded(JOINED | {"at": None}),
        encoded(JOINED | {"occupant": None}),
        encoded(JOINED | {"occupant": []}),
        encoded(JOINED | {"occupant": {}}),
        encoded(JOINED | {"occupant": {"session": 1}}),
        encoded(JOINED | {"occupant": {"session": "a\nb"}}),
        encoded(JOINED | {"occupant": {"session": "a", "visitor": {}}}),
    ],
)
def test_a_report_that_cannot_be_read_is_refused(body: bytes) -> None:
    """Signed nonsense gets 400 and leaves nothing behind."""
    assert HookResult(HookReply(400)) == receive(report(body))


@given(st.binary(max_size=300))
def test_whatever_is_signed_is_answered(body: bytes) -> None:
    """No body makes the provider fail."""
    assert receive(report(body)).reply.status in {200, 400}


@given(st.text(max_size=300))
def test_any_name_can_be_shown(name: str) -> None:
    """People type what they like; what is kept is one line that can be stored and sent."""
    (event,) = receive(report(encoded(JOINED | {"occupant": {"session": "s1", "name": name}}))).events
    shown = event.people[0].display_name
    assert shown is None or (shown.isprintable() and shown == shown.strip() and len(shown) <= 200)
    assert (shown or "").encode("utf-8", "strict").decode() == (shown or "")


@pytest.mark.parametrize(("method", "path", "status"), [("GET", "", 405), ("PUT", "", 405), ("POST", "other", 404)])
def test_other_requests_are_refused(method: str, path: str, status: int) -> None:
    """Signed ones too; unsigned ones learn nothing."""
    body = encoded(JOINED)
    assert HookResult(HookReply(status)) == receive(report(body, method=method, path=path))
    assert 401 == receive(report(body, {}, method, path)).reply.status


def reserve(name: str = ROOM, **others: str) -> Hook:
    """Return the question whether a conference may begin, as Prosody's reservation plugin asks it."""
    form = {"name": name, "start_time": "2026-11-21T12:00:00.000Z", "mail_owner": "x@guest.meet.jitsi", **others}
    return report(urlencode(form).encode(), {}, path=RESERVATION)


def test_a_conference_is_allowed_only_while_a_call_runs_in_its_room() -> None:
    """The answer has what the plugin reads, and hangs on the room; otherwise there is a sentence for people."""
    result = receive(reserve())
    assert ROOM == result.room_id
    assert (200, "application/json") == (result.reply.status, result.reply.content_type)
    assert {
        "id": ROOM,
        "name": ROOM,
        "mail_owner": "x@guest.meet.jitsi",
        "start_time": "2026-11-21T12:00:00.000Z",
        "duration": 86_400,
    } == json.loads(result.reply.body)
    assert 403 == result.refusal.status
    assert "Start one in Slack" in json.loads(result.refusal.body)["message"]
    assert () == result.events


def test_asked_again_the_answer_is_the_same() -> None:
    """A Prosody that was restarted asks again, and nobody is kept out by a conflict."""
    assert receive(reserve()) == receive(reserve())


def test_a_conference_can_be_read() -> None:
    """By its id, which is the room's name; 404 when no call is running in it."""
    result = receive(report(b"", {}, "GET", f"{RESERVATION}/{ROOM}"))
    assert (ROOM, 200, 404) == (result.room_id, result.reply.status, result.refusal.status)


def test_the_end_of_a_conference_is_the_end_where_it_is_all_we_hear() -> None:
    """Without our module nobody else reports it."""
    result = receive(report(b"", {}, "DELETE", f"{RESERVATION}/{ROOM}"))
    assert HookResult(HookReply(200), (MeetingEvent(EventKind.ENDED, ROOM, NOW),)) == result


def test_with_our_module_the_end_of_a_conference_only_says_that_nobody_is_in() -> None:
    """Prosody gives a room back as soon as it is empty, also for the moment of a reload."""
    with_module = provider(SECRET, prosody_url="http://127.0.0.1:9")
    result = with_module.receive(report(b"", {}, "DELETE", f"{RESERVATION}/{ROOM}"))
    assert (MeetingEvent(EventKind.SNAPSHOT, ROOM, NOW),) == result.events


@pytest.mark.parametrize(
    "name", ["lunch", "a/b", "#", "?x=1", "é" * 26, '"' * 26, ROOM.upper(), f"{ROOM}a", f"[tenant]{ROOM}", "../" + ROOM]
)
def test_rooms_that_are_not_ours_are_never_allowed(name: str) -> None:
    """A name that no call can have is refused without asking anybody."""
    result = receive(reserve(name))
    assert (403, None, ()) == (result.reply.status, result.room_id, result.events)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"name",
        b"\xff=\xfe",
        b"name=a&name=b",
        b"mail_owner=x",
        b"&".join(b"a=b" for _ in range(1000)),
        b'{"name": "x"}',
        f"name={ROOM}&mail_owner=a&mail_owner=b".encode(),
    ],
)
def test_a_question_that_cannot_be_read_is_refused(body: bytes) -> None:
    """No name, two names or no form at all."""
    result = receive(report(body, {}, path=RESERVATION))
    assert (400, None, ()) == (result.reply.status, result.room_id, result.events)


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("POST", "reservation", 401),
        ("POST", "reservation/", 401),
        ("POST", "reservation//conference", 401),
        ("POST", f"reservation/{SECRET}/conference", 401),
        ("POST", f"reservation/{path_secret(SECRET)[:-1]}/conference", 401),
        ("POST", "reservation/é/conference", 401),
        ("POST", "reservation/\udcff/conference", 401),
        ("DELETE", f"reservation/{path_secret('another-secret-entirely')}/conference/{ROOM}", 401),
        ("POST", f"reservation/{path_secret(SECRET)}", 404),
        ("POST", f"reservation/{path_secret(SECRET)}/other", 404),
        ("POST", f"{RESERVATION}/{ROOM}", 405),
        ("PUT", f"{RESERVATION}/{ROOM}", 405),
        ("GET", RESERVATION, 405),
        ("DELETE", RESERVATION, 405),
        ("DELETE", f"{RESERVATION}/", 405),
        ("DELETE", f"{RESERVATION}/..", 404),
        ("DELETE", f"{RESERVATION}/{ROOM}/x", 404),
        ("GET", f"{RESERVATION}/{ROOM.upper()}", 404),
    ],
)
def test_hostile_reservations_get_nowhere(method: str, path: str, status: int) -> None:
    """Who does not know the address is not heard, and odd requests report nothing."""
    result = receive(report(b"name=x", {}, method, path))
    assert (status, None, ()) == (result.reply.status, result.room_id, result.events)


def test_the_address_of_reservations_does_not_give_away_the_secret() -> None:
    """It gets into logs; both secrets' addresses work while one takes the other's place."""
    assert SECRET not in path_secret(SECRET)
    assert 32 == len(path_secret(SECRET))
    hook = report(b"", {}, "DELETE", f"reservation/{path_secret(OLD)}/conference/{ROOM}")
    assert 200 == receive(hook, SECRET, OLD).reply.status
    assert 401 == receive(hook, SECRET).reply.status


_NO_SESSION: aiohttp.ClientSession = object()  # type: ignore[assignment] # `receive` asks nobody
