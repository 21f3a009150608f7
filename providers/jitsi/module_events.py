"""Read what our Prosody module reports; prosody/mod_startcall.lua writes it."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import NoReturn

from calls.meetings import EventKind, MeetingEvent, Seen

ID_MAX_CHARS = 1023
"""Longest part of an XMPP address. Source: https://www.rfc-editor.org/rfc/rfc7622#section-3.1"""

NAME_MAX_CHARS = 200

_KINDS = {
    "joined": EventKind.JOINED,
    "left": EventKind.LEFT,
    # The last person has gone, and may come back: somebody who reloads the page alone must not end the call.
    "emptied": EventKind.SNAPSHOT,
    "destroyed": EventKind.ENDED,
}
_ABOUT_PEOPLE = {EventKind.JOINED, EventKind.LEFT}


class UnreadableReportError(ValueError):
    """What came is not what our module writes."""


def read_events(body: bytes) -> tuple[MeetingEvent, ...]:
    """Return what a report says; nothing, where a newer module reports something unknown here.

    Raises:
        UnreadableReportError: when it is no report.
    """
    report = read_json(body)
    kind = _KINDS.get(_text(report.get("event"), NAME_MAX_CHARS))
    if kind is None:
        return ()
    people = (read_person(report.get("occupant")),) if kind in _ABOUT_PEOPLE else ()
    return (MeetingEvent(kind, _text(report.get("room"), ID_MAX_CHARS), _time(report.get("at")), people),)


def read_json(body: bytes) -> dict[str, object]:
    """Return an object of JSON.

    Raises:
        UnreadableReportError: when it is none.
    """
    try:
        found = json.loads(body, parse_constant=_refuse_constant)
    except (ValueError, RecursionError) as error:
        raise UnreadableReportError("no JSON") from error
    if not isinstance(found, dict):
        raise UnreadableReportError("no object")
    return found


def read_person(found: object) -> Seen:
    """Return an occupant as the module describes one.

    Raises:
        UnreadableReportError: when it is no description.
    """
    if not isinstance(found, dict):
        raise UnreadableReportError("no occupant")
    visitor_id, name = found.get("visitor"), found.get("name")
    return Seen(
        session_id=_text(found.get("session"), ID_MAX_CHARS),
        visitor_id=None if visitor_id is None else _text(visitor_id, ID_MAX_CHARS),
        display_name=_shown(name) if isinstance(name, str) else None,
    )


def _refuse_constant(name: str) -> NoReturn:
    raise UnreadableReportError(f"{name} is no JSON")


def _text(found: object, max_chars: int) -> str:
    """Return an identifier, which has no characters that a database or a log could stumble over."""
    if not isinstance(found, str) or not 0 < len(found) <= max_chars or not found.isprintable():
        raise UnreadableReportError("no text")
    return found


def _shown(name: str) -> str | None:
    """Return what somebody calls themselves, in one line; people may type anything there."""
    line = " ".join("".join(character if character.isprintable() else " " for character in name).split())
    return line[:NAME_MAX_CHARS].strip() or None


def _time(found: object) -> datetime:
    if isinstance(found, bool) or not isinstance(found, int | float):
        raise UnreadableReportError("no time")
    try:
        return datetime.fromtimestamp(found, UTC)
    except (ValueError, OverflowError, OSError) as error:
        raise UnreadableReportError("no time") from error
