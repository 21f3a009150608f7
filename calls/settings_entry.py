"""Check what somebody entered into the dialog of the settings, field by field."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from typing import Final, get_args, get_type_hints

from calls.errors import UsageError
from calls.own_room import find_address_fault
from calls.preferences import ASKS_ABOVE_MAX, KINDS, OWN_ROOM, Holder, Preferences, Who
from calls.words import settings as words

YES: Final = "yes"
NO: Final = "no"

_GROUP = re.compile(r"S[A-Z0-9]{2,30}")


def shown_text(value: object) -> str | None:
    """Return a choice as the dialog holds it; None where nobody chose."""
    if isinstance(value, bool):
        return YES if value else NO
    return None if value is None else str(value)


def shown_texts(preferences: Preferences, holder: Holder) -> Mapping[str, str | None]:
    """Return everything that was chosen as the dialog holds it."""
    return {name: shown_text(getattr(preferences, name)) for name in fields_of(holder)}


def fields_of(holder: Holder) -> Mapping[str, type]:
    """Return the choices of a holder, each with the type of its value."""
    hints = get_type_hints(KINDS[holder])
    return {name: get_args(hints[name])[0] for name in hints}


def find_fault(holder: Holder, name: str, text: str | None, providers: Collection[str]) -> str | None:
    """Return what is wrong with one entry, in words, or None."""
    try:
        read_entry(holder, name, text, providers)
    except UsageError as error:
        return error.detail
    return None


def read_entry(holder: Holder, name: str, text: str | None, providers: Collection[str]) -> object:
    """Return the value that was entered for a choice; None to leave it to others.

    Args:
        providers: the meeting systems that are set up.

    Raises:
        UsageError: when it cannot be chosen; the detail says why, in words.
    """
    if text is None:
        return None
    own = (OWN_ROOM,) if holder is Holder.PERSON else ()
    readers: Mapping[str | type, Callable[[str], object]] = {
        "provider": lambda text: _one_of(text, (*providers, *own)),
        "room_url": lambda text: _checked(text, find_address_fault(text)),
        "group_id": lambda text: _checked(text, None if _GROUP.fullmatch(text) else words.choose_from_list()),
        "sets_channels": lambda text: Who(_one_of(text, (Who.ANYONE, Who.ADMINS))),
        bool: lambda text: _one_of(text, (YES, NO)) == YES,
        int: _number,
        Who: lambda text: Who(_one_of(text, tuple(Who))),
    }
    kind = fields_of(holder).get(name, str)
    return (readers.get(name) or readers[kind])(text)


def _one_of(text: str, known: Collection[str]) -> str:
    return _checked(text, None if text in known else words.choose_from_list())


def _number(text: str) -> int:
    usable = text.isascii() and text.isdecimal() and len(text) <= len(str(ASKS_ABOVE_MAX))
    number = int(text) if usable else 0
    _checked(text, None if 1 <= number <= ASKS_ABOVE_MAX else words.number_between(1, ASKS_ABOVE_MAX))
    return number


def _checked(text: str, fault: str | None) -> str:
    if fault is not None:
        raise UsageError("setting_not_usable", detail=fault)
    return text
