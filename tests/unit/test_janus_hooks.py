"""What Janus reports is taken only with the password, and says who came and went."""

from __future__ import annotations

import base64
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import aiohttp
import pytest
from hypothesis import given
from hypothesis import strategies as st

from calls.meetings import EventKind, Hook, HookResult, MeetingEvent, Seen, Surroundings
from providers.janus.kind import JANUS_HOOK_SECRET
from providers.janus.participant_id import make_participant_id
from providers.registry import build_provider
from tests.janus_server import HOOK_SECRET, JanusServer

KEY = b"k" * 32
ROOM = "oy3gyytr5vx6ckfm7wgzjsi3ie"
NOON = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
HEARD = NOON + timedelta(seconds=1)
VISITOR = "a" * 32
NAME = "Ada Lovelace 🎉"
ADA = make_participant_id(KEY, ROOM, VISITOR, NAME, NOON - timedelta(seconds=5))

JOINED = {"event": "joined", "room": ROOM, "id": ADA, "private_id": 276125642, "display": NAME}
LEAVING = {"event": "leaving", "room": ROOM, "id": ADA}


def basic(user: str = "startcall", password: str = HOOK_SECRET, scheme: str = "Basic") -> str:
    """Return the header by which Janus shows who it is."""
    return f"{scheme} {base64.b64encode(f'{user}:{password}'.encode()).decode('ascii')}"


def told(
    data: object, *, at: object = NOON, kind: object = 64, plugin: str = "janus.plugin.videoroom"
) -> dict[str, Any]:
    """Return one event as Janus 1.1.2 sends it."""
    timestamp = int(at.timestamp() * 1_000_000) if isinstance(at, datetime) else at
    inside = {"plugin": plugin, "data": data}
    return {"emitter": "MyJanusInstance", "type": kind, "timestamp": timestamp, "session_id": 1, "event": inside}


async def received(body: object, *authorization: str, **changed: str | None) -> HookResult:
    """Return what the provider makes of a request."""
    values = {**JanusServer().settings(), **{name: value for name, value in changed.items() if value is not None}}
    for name in [name for name, value in changed.items() if value is None]:
        del values[name]
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    headers = {"content-type": ("application/json",), "authorization": authorization}
    async with aiohttp.ClientSession() as session:
        provider = build_provider("janus", Surroundings(KEY, session, values, "http://127.0.0.1:3000"))
        return provider.receive(Hook("POST", "", "", headers, raw, HEARD))


async def events_of(body: object) -> list[MeetingEvent]:
    """Return what a request with the right password reports."""
    result = await received(body, basic())
    assert 200 == result.reply.status
    return list(result.events)


async def test_one_event_says_who_came() -> None:
    """Who somebody is follows from the id the app gave them, and when from Janus's clock."""
    seen = Seen(ADA, visitor_id=VISITOR, display_name=NAME)
    assert [MeetingEvent(EventKind.JOINED, ROOM, NOON, (seen,))] == await events_of(told(JOINED))


async def test_several_events_come_in_one_request() -> None:
    """A group keeps its order; publishing and the like do not matter."""
    others = [
        {"event": one, "room": ROOM, "id": ADA} for one in ("configured", "published", "unpublished", "subscribed")
    ]
    group = [told(one) for one in ({"event": "created", "room": ROOM}, JOINED, *others, LEAVING)]
    events = await events_of([*group, told({"event": "destroyed", "room": ROOM})])

    assert [EventKind.JOINED, EventKind.LEFT, EventKind.ENDED] == [event.kind for event in events]
    assert {ROOM} == {event.room_id for event in events}


@pytest.mark.parametrize("how", ["leaving", "kicked"])
async def test_who_leaves_or_is_shown_out_has_left(how: str) -> None:
    """Both end a session; Janus does not repeat the name then, and none is needed."""
    (event,) = await events_of(told({"event": how, "room": ROOM, "id": ADA}))
    assert (EventKind.LEFT, ADA) == (event.kind, event.people[0].session_id)


NOT_OURS = {
    "an id of their own": {**JOINED, "id": "ada"},
    "the bare visitor": {**JOINED, "id": VISITOR},
    "another name": {**JOINED, "display": "The boss"},
    "no name": {name: value for name, value in JOINED.items() if name != "display"},
    "another room": {**JOINED, "room": "elsewhere"},
    "a bit changed": {**JOINED, "id": ADA[:-1] + ("0" if ADA[-1] != "0" else "1")},
    "another key": {**JOINED, "id": make_participant_id(b"o" * 32, ROOM, VISITOR, NAME, NOON)},
    "an id from before": {**JOINED, "id": make_participant_id(KEY, ROOM, VISITOR, NAME, NOON - timedelta(minutes=3))},
}


@pytest.mark.parametrize("how", NOT_OURS)
async def test_somebody_we_did_not_let_in_is_seen_and_is_nobody(how: str) -> None:
    """They are reported, so that they can be shown out, and never believed by their name."""
    (event,) = await events_of(told(NOT_OURS[how]))
    assert (EventKind.JOINED, None) == (event.kind, event.people[0].visitor_id)


REFUSED = {
    "nothing": (),
    "another password": (basic(password="guess"),),
    "another user": (basic(user="admin"),),
    "one bit changed": (basic(password=HOOK_SECRET[:-1] + chr(ord(HOOK_SECRET[-1]) ^ 1)),),
    "an empty password": (basic(password=""),),
    "another scheme": (basic(scheme="Bearer"),),
    "the password in the open": (f"Basic startcall:{HOOK_SECRET}",),
    "it twice": (basic(), basic()),
    "bytes that are no text": ("Basic \udcff\udcfe",),
    "letters beyond ASCII": ("Basic ñ",),
}


@pytest.mark.parametrize("how", REFUSED)
async def test_request_without_the_password_is_refused(how: str) -> None:
    """Whoever does not know the password tells us nothing."""
    result = await received(told(JOINED), *REFUSED[how])
    assert (401, ()) == (result.reply.status, result.events)


async def test_scheme_may_be_written_in_any_case() -> None:
    """HTTP says so, and a proxy may do so."""
    assert 1 == len((await received(told(JOINED), basic(scheme="basic"))).events)


async def test_without_a_secret_nothing_is_accepted() -> None:
    """No secret is not an empty secret: whatever comes is turned away, with a reason."""
    for authorization in ((), (basic(),), (basic(password=""),)):
        result = await received(told(JOINED), *authorization, **{JANUS_HOOK_SECRET: None})
        assert (503, ()) == (result.reply.status, result.events)


GARBAGE = (
    b"",
    b"{",
    b"\xff\xfe",
    b'"joined"',
    b"64",
    b"null",
    b"[1]",
    b"[[]]",
    b'[{"type":64}, 7]',
    b"[" * 100_000,
    b'{"a":' * 50_000,
    b"1" * 10_000,
)


@pytest.mark.parametrize("number", range(len(GARBAGE)))
async def test_what_cannot_be_read_is_refused(number: int) -> None:
    """Not JSON, too deep, or no events: 400, and nothing is reported."""
    result = await received(GARBAGE[number], basic())
    assert (400, ()) == (result.reply.status, result.events)


UNKNOWN: tuple[dict[str, Any], ...] = (
    {},
    {"type": 64},
    {"type": 64, "event": None},
    {"type": 64, "event": {"plugin": "janus.plugin.videoroom"}},
    told(None),
    told([]),
    told({}),
    told({"event": ["joined"], "room": ROOM, "id": ADA}),
    told({"event": "moved", "room": ROOM, "id": ADA}),
    told({"event": "joined", "room": 1234, "id": ADA}),
    told({"event": "joined", "room": ROOM, "id": 99}),
    told({"event": "joined", "room": ROOM}),
    told(JOINED, kind=1),
    told(JOINED, kind="64"),
    told(JOINED, plugin="janus.plugin.audiobridge"),
)


@pytest.mark.parametrize("number", range(len(UNKNOWN)))
async def test_events_that_do_not_matter_are_passed_over(number: int) -> None:
    """Those of other plugins, versions and kinds hide none that matters."""
    events = await events_of([UNKNOWN[number], told(JOINED)])
    assert [EventKind.JOINED] == [event.kind for event in events]


@pytest.mark.parametrize("at", [None, "noon", 1.5, True, -(10**30), 10**30, [1]])
async def test_time_that_is_none_is_when_we_heard_of_it(at: object) -> None:
    """An event without a time that makes sense still counts."""
    (event,) = await events_of(told(LEAVING, at=at))
    assert HEARD == event.at


@given(
    st.binary(max_size=200)
    | st.recursive(st.none() | st.text() | st.integers(), st.lists).map(json.dumps).map(str.encode)
)
async def test_anything_may_come(body: bytes) -> None:
    """Whatever is sent gets an answer, and reports nobody."""
    result = await received(body, basic())
    assert result.reply.status in {200, 400}
    assert () == result.events
