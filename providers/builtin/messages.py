"""What pages and the app tell each other over a room's WebSocket, as JSON.

Only what is known here is passed on, so that no page can send another one anything else.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final

MESSAGE_MAX_BYTES: Final = 64 * 1024

_PAGE = re.compile(r"[0-9a-f]{32}")
_ID = re.compile(r"[0-9a-z-]{1,64}")
_SHORT_MAX_CHARS = 256


class MalformedMessageError(Exception):
    """A page sent what our page never sends; the text says what was wrong with it."""


@dataclass(frozen=True, slots=True)
class Shown:
    """What a person shows of themselves: each true when it is on."""

    audio: bool = False
    video: bool = False
    screen: bool = False


@dataclass(frozen=True, slots=True)
class Hello:
    """The first message of a page.

    Args:
        token: a resume token.
        page: 32 hexadecimal digits that the page drew; whoever knows them can take its place.
    """

    token: str = field(repr=False)
    page: str = field(repr=False)
    shown: Shown


@dataclass(frozen=True, slots=True)
class Signal:
    """A part of the negotiation between two browsers; the app only passes it on.

    Args:
        to: the session it is for.
        content: what is passed on.
    """

    to: str
    content: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Ping:
    """A page asks whether its connection is still there."""


FromPage = Hello | Signal | Shown | Ping


def read_message(text: str) -> FromPage:
    """Return what a page sent.

    Raises:
        MalformedMessageError: when our page would not have sent it.
    """
    try:
        sent = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise MalformedMessageError("not JSON") from error
    if not isinstance(sent, dict):
        raise MalformedMessageError("no object")
    kind = sent.get("type")
    if kind == "signal":
        return _signal(sent)
    if kind == "shown":
        return _shown(sent)
    if kind == "ping":
        return Ping()
    if kind == "hello":
        return Hello(_text(sent, "token", MESSAGE_MAX_BYTES), _matching(sent, "page", _PAGE), _shown(sent))
    raise MalformedMessageError("unknown type")


def _signal(sent: Mapping[str, object]) -> Signal:
    content: dict[str, object] = {"from_connection": _matching(sent, "from_connection", _ID)}
    if sent.get("to_connection") is not None:
        content["to_connection"] = _matching(sent, "to_connection", _ID)
    if "description" in sent:
        content["description"] = _description(sent["description"])
    elif "candidate" in sent:
        content["candidate"] = _candidate(sent["candidate"])
    else:
        raise MalformedMessageError("neither a description nor a candidate")
    return Signal(_matching(sent, "to", _ID), content)


def _description(sent: object) -> dict[str, object]:
    """Return a session description.

    Source: https://www.w3.org/TR/webrtc/#dom-rtcsessiondescriptioninit
    """
    if not isinstance(sent, dict) or sent.get("type") not in {"offer", "answer"}:
        raise MalformedMessageError("no description")
    return {"type": sent["type"], "sdp": _text(sent, "sdp", MESSAGE_MAX_BYTES)}


def _candidate(sent: object) -> dict[str, object]:
    """Return an address at which a browser may be reached.

    Source: https://www.w3.org/TR/webrtc/#dom-rtcicecandidateinit
    """
    if not isinstance(sent, dict):
        raise MalformedMessageError("no candidate")
    candidate: dict[str, object] = {"candidate": _text(sent, "candidate", MESSAGE_MAX_BYTES)}
    for name in ("sdpMid", "usernameFragment"):
        if sent.get(name) is not None:
            candidate[name] = _text(sent, name, _SHORT_MAX_CHARS)
    index = sent.get("sdpMLineIndex")
    if index is not None:
        if type(index) is not int or not 0 <= index < _SHORT_MAX_CHARS:
            raise MalformedMessageError("sdpMLineIndex")
        candidate["sdpMLineIndex"] = index
    return candidate


def _shown(sent: Mapping[str, object]) -> Shown:
    audio, video, screen = (sent.get(name, False) for name in ("audio", "video", "screen"))
    if not isinstance(audio, bool) or not isinstance(video, bool) or not isinstance(screen, bool):
        raise MalformedMessageError("what is shown is neither true nor false")
    return Shown(audio, video, screen)


def _text(sent: Mapping[str, object], name: str, max_chars: int) -> str:
    value = sent.get(name)
    if not isinstance(value, str) or len(value) > max_chars:
        raise MalformedMessageError(name)
    return value


def _matching(sent: Mapping[str, object], name: str, pattern: re.Pattern[str]) -> str:
    value = sent.get(name)
    if not isinstance(value, str) or not pattern.fullmatch(value):
        raise MalformedMessageError(name)
    return value


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody in a room, as the others see them."""

    id: str
    name: str
    is_host: bool
    shown: Shown


def render_welcome(own_id: str, others: Iterable[Person]) -> str:
    """Return what a page hears first: who it is, and who is in already."""
    return json.dumps({"type": "welcome", "id": own_id, "people": [_person(person) for person in others]})


def render_joined(person: Person) -> str:
    """Return that somebody has come, or come back."""
    return json.dumps({"type": "joined", "person": _person(person)})


def render_shown(session_id: str, shown: Shown) -> str:
    """Return that somebody has switched something on or off."""
    return json.dumps({"type": "shown", "id": session_id, **_shown_fields(shown)})


def render_gone(session_id: str, *, lost: bool) -> str:
    """Return that somebody is gone.

    Args:
        lost: whether the connection broke, so that they may be back in a moment.
    """
    return json.dumps({"type": "gone", "id": session_id, "lost": lost})


def render_signal(from_id: str, content: Mapping[str, object]) -> str:
    """Return a part of a negotiation."""
    return json.dumps({"type": "signal", "from": from_id, **content})


def render_closing(code: str, sentence: str) -> str:
    """Return why this page is in the room no longer, or not let in: a code and a sentence for the person."""
    return json.dumps({"type": "closing", "code": code, "sentence": sentence})


PONG: Final = json.dumps({"type": "pong"})


def _person(person: Person) -> dict[str, object]:
    return {"id": person.id, "name": person.name, "is_host": person.is_host, **_shown_fields(person.shown)}


def _shown_fields(shown: Shown) -> dict[str, object]:
    return {"audio": shown.audio, "video": shown.video, "screen": shown.screen}
