"""What belongs to a conversation besides its messages: pins, bookmarks, and messages that are still to be posted."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Pin:
    """A message that somebody pinned."""

    ts: str
    user_id: str
    created: int


@dataclass(slots=True)
class Bookmark:
    """A link above a conversation; `updated` is 0 until it is changed."""

    id: str
    channel_id: str
    title: str
    link: str
    emoji: str
    user_id: str
    created: int
    updated: int = 0


@dataclass(frozen=True, slots=True)
class ScheduledMessage:
    """A message of the app that waits for its time, in seconds since 1970."""

    id: str
    channel_id: str
    post_at: int
    date_created: int
    text: str
    blocks: tuple[dict[str, Any], ...]
    attachments: tuple[dict[str, Any], ...]
    thread_ts: str | None
    metadata: dict[str, Any] | None
    is_broadcast: bool
