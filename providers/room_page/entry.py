"""What a page is given when somebody enters a room."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Entry:
    """Everything a page needs to connect one person.

    Args:
        backend: the file in `assets/` that connects it, without its ending.
        name: what the person is called in the room.
        resume: a token with which this page may come back after a reload.
        backend_settings: what that file needs; rendered as JSON.
    """

    backend: str
    name: str
    resume: str = field(repr=False)
    backend_settings: Mapping[str, object] = field(repr=False)


Enter = Callable[[str, str], Awaitable[Entry]]
"""Lets somebody into a room, by the room's id and a token.

Raises UsageError with one of the codes of `providers.room_page.routes.STATUS_OF_CODE` when they may not enter, and
another CallsError when that cannot be found out now.
"""
