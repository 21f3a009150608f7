"""Make the ids of calls: one for machines, one for people."""

from __future__ import annotations

import re
import secrets

from calls.model import CallId

_ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Digits and capitals without those that are mistaken for one another (0 O, 1 I L, U V)."""

_DISPLAY_ID = re.compile(rf"[{_ALPHABET}]{{3}}-[{_ALPHABET}]{{3}}", re.IGNORECASE)


def new_call_id() -> CallId:
    """Return a call id nobody can guess: 128 random bits as 32 hexadecimal digits."""
    return CallId(secrets.token_hex(16))


def new_join_token() -> str:
    """Return what our own page knows a call by: 128 random bits as 22 letters, digits, hyphens and underscores.

    It says nothing of the call's id, which other apps of the workspace can read.
    """
    return secrets.token_urlsafe(16)


def new_visitor_id() -> str:
    """Return an id of somebody who is let in: 128 random bits as 32 hexadecimal digits."""
    return secrets.token_hex(16)


def new_display_id() -> str:
    """Return an id people can read out and type, such as `4K7-9QM`; it always has a digit.

    It is not a secret and only tells calls of one conversation apart: 30 ** 6 ids.
    """
    while True:
        number = secrets.randbelow(len(_ALPHABET) ** 6)
        characters = [_ALPHABET[number // len(_ALPHABET) ** place % len(_ALPHABET)] for place in range(6)]
        if any(character.isdigit() for character in characters):
            return f"{''.join(characters[:3])}-{''.join(characters[3:])}"


def parse_display_id(word: str) -> str | None:
    """Return a typed word as a display id in capitals, or None when it has not the form of one."""
    if _DISPLAY_ID.fullmatch(word) is None or not any(character.isdigit() for character in word):
        return None
    return word.upper()
