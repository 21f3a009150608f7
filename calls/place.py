"""The place of a call: a conversation, or a thread in one, where only one call is open at a time."""

from __future__ import annotations

from calls.model import Call, ChannelId


def place_of(call: Call) -> str:
    """Return the place of a call."""
    return place_in(call.channel_id, call.thread_ts)


def place_in(channel_id: ChannelId, thread_ts: str | None = None) -> str:
    """Return a place: people in a thread hold a conversation of their own."""
    return str(channel_id) if thread_ts is None else f"{channel_id}:{thread_ts}"
