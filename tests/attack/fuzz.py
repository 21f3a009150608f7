"""Properties that hold for whatever comes in, each searched for an exception to it until its time is over.

`fuzz` runs them all: those over HTTP against the app as a process of its own, the others against the code that reads.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from http.client import HTTPConnection
from typing import Any
from urllib.parse import quote, urlsplit

from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from calls.clock import now
from calls.durations import parse_duration
from calls.own_room import find_address_fault
from calls.text import TITLE_MAX_CHARS, escape, plain_title
from calls.when import parse_when
from calls.words.accept_language import language_accepted
from listeners.commands.grammar import parse_line
from listeners.commands.jitsi_line import parse_jitsi_line
from listeners.request_body import UnreadableBodyError, checked_body, read_body
from tests.attack import forged
from tests.attack.reports import BEYOND, Packed, Reporter
from tests.attack.wire import EVENTS, FORM, JSON, NONE, Keys, signature

ROUND = 100
"""How many examples are tried before the time is looked at."""

SLACK_STATUSES = {200, 400, 404, 503}
HOOK_STATUSES = {200, 204, 400, 401, 403, 404, 405, 413}
PAGE_STATUSES = {400, 403, 404, 405, 410, 422}

WORDS = (
    "startcall",
    "schedule",
    "rename",
    "invite",
    "end",
    "list",
    "history",
    "csv",
    "with",
    "zoom",
    "link",
    "at",
    "in",
    "for",
    "silent",
    "<@U0BOB000001>",
    "<!subteam^S1|@x>",
    "<!channel>",
    '"',
    "“",
    "tomorrow",
    "9:30",
    "30 minutes",
    "every",
    "weekly",
    "https://x.example/|a",
    "<https://x.example|y>",
    "*",
    "`",
    "\u202e",
    "\u200d",
    "\0",
    "99999999999999999999",
)

LINES = st.one_of(st.text(max_size=200), st.lists(st.sampled_from(WORDS), max_size=12).map(" ".join))

VALUES = st.one_of(
    st.sampled_from(forged.WRONG),
    LINES,
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
        max_leaves=8,
    ),
)


@dataclass(frozen=True, slots=True)
class Found:
    """What a search came to.

    Args:
        tried: how many examples.
        broken: for each property that does not hold, what was seen.
    """

    tried: dict[str, int] = field(default_factory=dict)
    broken: dict[str, str] = field(default_factory=dict)


@st.composite
def changed_bodies(draw: st.DrawFn) -> tuple[dict[str, Any], bool]:
    """Draw a good body with other things in up to four places, and whether it is an event."""
    body, is_event = draw(st.sampled_from(list(forged.bodies().values())))
    for _ in range(draw(st.integers(1, 4))):
        path = draw(st.sampled_from(list(forged.places(body)) or [("type",)]))
        body = forged.changed_at(body, path, draw(VALUES))
    return body, is_event


@st.composite
def changed_reports(draw: st.DrawFn, ways: Mapping[str, Reporter]) -> Packed:
    """Draw what a meeting system could sign, with other things in some places."""
    way = ways[draw(st.sampled_from(sorted(ways)))]
    report = draw(st.sampled_from(way.reports))
    for _ in range(draw(st.integers(0, 3))):
        where = list(forged.places(report)) or [("event",)]
        value = draw(st.one_of(VALUES, st.sampled_from(BEYOND)))
        report = forged.changed_at(report, draw(st.sampled_from(where)), value)
    text = json.dumps(report if draw(st.integers(0, 3)) else [report]).encode()
    return way.packed(text if draw(st.integers(0, 3)) else text[: draw(st.integers(0, len(text)))])


class Visitor:
    """Sends requests to the app, one after the other."""

    def __init__(self, url: str, secret: str) -> None:
        """Take where the app listens and what Slack signs with."""
        parts = urlsplit(url)
        self._connection = HTTPConnection(parts.hostname or "", parts.port, timeout=20)
        self._secret = secret

    def send(self, method: str, path: str, body: bytes = b"", headers: dict[str, str] | None = None) -> int:
        """Send a request and return its status."""
        self._connection.request(method, path, body, headers or dict(NONE))
        answer = self._connection.getresponse()
        answer.read()
        return answer.status

    def send_signed(self, body: bytes, content_type: str) -> int:
        """Send what Slack could have signed."""
        keys = Keys(self._secret, int(now().timestamp()))
        return self.send("POST", EVENTS, body, {"Content-Type": content_type, **signature(keys, body)})

    def close(self) -> None:
        """Take leave."""
        self._connection.close()


Property = tuple[st.SearchStrategy[Any], Callable[[Any], None]]


def of_reports(visitor: Visitor, ways: Mapping[str, Reporter]) -> dict[str, Property]:
    """Return the property of whatever takes reports."""

    def takes_report(packed: Packed) -> None:
        path, headers, body = packed
        _is_one_of(HOOK_STATUSES, visitor.send("POST", f"/hooks/{path}", body, headers))

    return {"signed reports": (changed_reports(ways), takes_report)}


def over_http(visitor: Visitor, ways: Mapping[str, Reporter]) -> dict[str, Property]:
    """Return the properties of the running app."""

    def takes_body(drawn: tuple[dict[str, Any], bool]) -> None:
        text, content_type = forged.sent(drawn[0], is_event=drawn[1])
        _is_one_of(SLACK_STATUSES, visitor.send_signed(text.encode("utf-8", "surrogatepass"), content_type))

    def takes_bytes(drawn: tuple[bytes, str]) -> None:
        _is_one_of(SLACK_STATUSES, visitor.send_signed(*drawn))

    def takes_line(line: str) -> None:
        # A title would start a call for each line, and the search would be about Slack's limits.
        command = forged.COMMAND | {"text": f"rename {line}"}
        body = "&".join(f"{name}={quote(value, errors='replace')}" for name, value in command.items())
        _is_one_of(SLACK_STATUSES, visitor.send_signed(body.encode(), FORM))

    def takes_token(drawn: tuple[str, str, str]) -> None:
        before, token, after = drawn
        path = f"{before}{quote(token, safe='', errors='replace')}{after}"
        _is_one_of(PAGE_STATUSES, visitor.send("GET", path))

    def takes_room_token(body: bytes) -> None:
        _is_one_of({403}, visitor.send("POST", "/room/builtin/room/enter", body))

    addresses = st.tuples(
        st.sampled_from(["/j/", "/slack/openid_redirect?state=", "/hooks/nobody/", "/room/builtin/room.x/"]),
        st.text(min_size=1, max_size=60),
        st.sampled_from(["", "/sign_in", "&code=x"]),
    )
    tokens = st.one_of(st.binary(max_size=60), VALUES.map(lambda value: json.dumps({"token": value}).encode()))
    return {
        "signed bodies": (changed_bodies(), takes_body),
        "signed bytes": (
            st.tuples(st.binary(max_size=400), st.sampled_from([FORM, JSON, "text/plain", ""])),
            takes_bytes,
        ),
        "lines over HTTP": (LINES, takes_line),
        **of_reports(visitor, ways),
        "tokens in addresses": (addresses, takes_token),
        "tokens of rooms": (tokens, takes_room_token),
    }


def of_readers() -> dict[str, Property]:
    """Return the properties of the code that reads."""
    raw = st.tuples(st.binary(max_size=300), st.sampled_from([FORM, JSON]))
    payloads = st.one_of(VALUES, changed_bodies().map(lambda drawn: drawn[0]))
    return {
        "bodies": (raw, _reads_body),
        "payloads of envelopes": (payloads, _reads_payload),
        "lines": (LINES, _reads_line),
        "titles": (LINES, _shows_text),
    }


def _reads_body(drawn: tuple[bytes, str]) -> None:
    with suppress(UnreadableBodyError):
        read_body(*drawn)


def _reads_payload(value: object) -> None:
    with suppress(UnreadableBodyError):
        checked_body(value)


def _reads_line(line: str) -> None:
    parse_line(line, ("zoom", "link"))
    parse_jitsi_line(line)
    parse_when(line)
    parse_duration(line)
    language_accepted(line)
    find_address_fault(line)


def _shows_text(text: str) -> None:
    if len(plain_title(text)) > TITLE_MAX_CHARS:
        raise AssertionError(plain_title(text))
    if any(sign in escape(text) for sign in "<>"):
        raise AssertionError(escape(text))


def _is_one_of(statuses: Collection[int], status: int) -> None:
    if status not in statuses:
        raise AssertionError(f"answered {status}")


def fuzz(url: str, secret: str, ways: Mapping[str, Reporter], lasts_s: float) -> Found:
    """Search every property for as long as each of the others.

    Args:
        url: where the app listens.
        secret: what Slack signs with.
        ways: in which meeting systems report.
        lasts_s: how long all of it may take, in seconds.
    """
    visitor = Visitor(url, secret)
    try:
        return search({**over_http(visitor, ways), **of_readers()}, lasts_s)
    finally:
        visitor.close()


def search(properties: dict[str, Property], lasts_s: float) -> Found:
    """Search properties, each for as long as each of the others.

    Args:
        lasts_s: how long all of it may take, in seconds.
    """
    found = Found(tried=dict.fromkeys(properties, 0))
    share_s = lasts_s / len(properties)
    for name, (strategy, holds) in properties.items():
        until = time.monotonic() + share_s
        number = 0
        while time.monotonic() < until and name not in found.broken:
            number += 1
            wrong = _round(strategy, holds, number)
            found.tried[name] += ROUND
            if wrong is not None:
                found.broken[name] = wrong
    return found


def _round(strategy: st.SearchStrategy[Any], holds: Callable[[Any], None], number: int) -> str | None:
    """Try some examples; return the smallest one found for which the property does not hold, with what was seen."""
    seen: list[str] = []

    @seed(number)
    @settings(
        max_examples=ROUND,
        deadline=None,
        database=None,
        phases=(Phase.generate, Phase.shrink),
        suppress_health_check=list(HealthCheck),
    )
    @given(strategy)
    def try_one(drawn: Any) -> None:  # noqa: ANN401 - whatever the strategy draws
        try:
            holds(drawn)
        except Exception as error:
            seen.append(f"{drawn!r}: {type(error).__name__}: {error}")
            raise

    try:
        try_one()
    except Exception:  # noqa: BLE001 - an exception is what is searched for
        return seen[-1][:2_000]
    return None


def lines_of(found: Found) -> Sequence[str]:
    """Return what a search came to, in lines for people."""
    tried = [f"{name}: {number} examples" for name, number in found.tried.items()]
    return [*tried, *(f"BROKEN {name}: {what}" for name, what in found.broken.items())]
