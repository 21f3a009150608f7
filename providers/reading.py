"""Read what a meeting system reports: everything is checked before it is believed, and nothing of it is repeated."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any, NoReturn

ID_MAX_CHARS = 1024
"""Longer than any id of a vendor's; what is longer is not one."""

NAME_MAX_CHARS = 200

_SECONDS_MAX = datetime.max.replace(tzinfo=UTC).timestamp()


class UnreadableError(ValueError):
    """What came is not what the vendor's documents say."""


def read_object(raw: bytes) -> dict[str, Any]:
    """Return an object of JSON.

    Raises:
        UnreadableError: when it is none.
    """
    try:
        found = json.loads(raw, parse_constant=_refuse_constant)
    except (ValueError, RecursionError) as error:
        raise UnreadableError("no JSON") from error
    return as_object(found)


def as_object(found: object) -> dict[str, Any]:
    """Return what is an object of JSON.

    Raises:
        UnreadableError: when it is none.
    """
    if not isinstance(found, dict):
        raise UnreadableError("no object")
    return found


def read_id(found: object, max_chars: int = ID_MAX_CHARS) -> str:
    """Return an identifier, which has no characters that a database or a log could stumble over.

    Raises:
        UnreadableError: when it is none.
    """
    if not isinstance(found, str) or not 0 < len(found) <= max_chars or not found.isprintable():
        raise UnreadableError("no id")
    return found


def read_name(found: object) -> str | None:
    """Return what somebody calls themselves, in one line; people may type anything there."""
    if not isinstance(found, str):
        return None
    line = " ".join("".join(character if character.isprintable() else " " for character in found).split())
    return line[:NAME_MAX_CHARS].strip() or None


def read_seconds(found: object) -> float:
    """Return a number of seconds, not negative.

    Raises:
        UnreadableError: when it is none.
    """
    # What is not a number is not between two, and a whole number may have any length.
    if isinstance(found, bool) or not isinstance(found, int | float) or not 0 <= found <= _SECONDS_MAX:
        raise UnreadableError("no number of seconds")
    return found


def read_unix_time(found: object) -> datetime:
    """Return a time given in seconds since 1970.

    Raises:
        UnreadableError: when it is none.
    """
    try:
        return datetime.fromtimestamp(read_seconds(found), UTC)
    except (ValueError, OverflowError, OSError) as error:
        raise UnreadableError("no time") from error


def read_unix_time_ms(found: object) -> datetime:
    """Return a time given in milliseconds since 1970.

    Raises:
        UnreadableError: when it is none.
    """
    if isinstance(found, bool) or not isinstance(found, int | float) or not 0 <= found <= 1000 * _SECONDS_MAX:
        raise UnreadableError("no number of milliseconds")
    return read_unix_time(found / 1000)


def read_iso_time(found: object) -> datetime:
    """Return a time given as RFC 3339 has it, with its zone.

    Raises:
        UnreadableError: when it is none.
    """
    try:
        time = datetime.fromisoformat(found) if isinstance(found, str) else None
        if time is None or time.tzinfo is None:
            raise UnreadableError("no time")
        # Near the beginning and the end of all time there is no time of another zone.
        return time.astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise UnreadableError("no time") from error


def _refuse_constant(name: str) -> NoReturn:
    raise UnreadableError(f"{name} is no JSON")
