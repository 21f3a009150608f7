"""What Janus's event handler tells, as events of meetings.

Source: https://janus.conf.meetecho.com/docs/eventhandlers.html and, for those of video rooms,
https://github.com/meetecho/janus-gateway/blob/v1.1.2/src/plugins/janus_videoroom.c
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, Final

from calls.meetings import EventKind, MeetingEvent, Seen
from providers.janus.participant_id import came_in_time, visitor_of
from providers.janus.signed_token import PLUGIN
from providers.reading import UnreadableError, read_id, read_name

_PLUGIN_EVENT = 64
_MICROSECONDS = 1_000_000

_KINDS: Final = {
    "joined": EventKind.JOINED,
    "leaving": EventKind.LEFT,
    "kicked": EventKind.LEFT,
    "destroyed": EventKind.ENDED,
}
"""What matters to us. `unpublished` does not: who no longer sends anything may go on listening."""


class NotReadableError(ValueError):
    """What came is not what Janus sends."""


def read_events(body: bytes, key: bytes, received_at: datetime) -> Sequence[MeetingEvent]:
    """Return what a request reports about rooms; whatever else it holds is passed over.

    Args:
        body: one event as a JSON object, or several as an array.
        key: of this installation, by which it knows the people it has let in.
        received_at: for events without a time that makes sense.

    Raises:
        NotReadableError: when it is not JSON, or holds something that is no event.
    """
    try:
        content = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise NotReadableError from error
    told = content if isinstance(content, list) else [content]
    if not all(isinstance(one, dict) for one in told):
        raise NotReadableError
    read = (_read_event(one, key, received_at) for one in told)
    return [event for event in read if event is not None]


def _read_event(told: dict[str, Any], key: bytes, received_at: datetime) -> MeetingEvent | None:
    event = told.get("event")
    if told.get("type") != _PLUGIN_EVENT or not isinstance(event, dict) or event.get("plugin") != PLUGIN:
        return None
    data = event.get("data")
    if not isinstance(data, dict) or not isinstance(data.get("event"), str):
        return None
    kind, room_id = _KINDS.get(data["event"]), _id(data.get("room"))
    if kind is None or room_id is None:
        return None
    at = _time_of(told.get("timestamp")) or received_at
    if kind is EventKind.ENDED:
        return MeetingEvent(kind, room_id, at)
    person = _person_in(data, key, room_id, at)
    return None if person is None else MeetingEvent(kind, room_id, at, (person,))


def _person_in(data: dict[str, Any], key: bytes, room_id: str, at: datetime) -> Seen | None:
    participant_id, display = _id(data.get("id")), data.get("display")
    if participant_id is None:
        return None
    # A name of ours is vouched for by the id, as it was given; ours have nothing in them that cannot be shown.
    name = display if isinstance(display, str) and display.isprintable() else None
    visitor_id = visitor_of(key, room_id, participant_id, name) if came_in_time(participant_id, at) else None
    return Seen(participant_id, visitor_id=visitor_id, display_name=read_name(display))


def _id(found: object) -> str | None:
    """Return an id of a room or of somebody; None for what is none, which is nobody's of ours."""
    try:
        return read_id(found)
    except UnreadableError:
        return None


def _time_of(timestamp: object) -> datetime | None:
    """Return the time Janus gives, in microseconds since 1970, or None when that is no time."""
    if not isinstance(timestamp, int) or isinstance(timestamp, bool):
        return None
    try:
        return datetime.fromtimestamp(timestamp / _MICROSECONDS, UTC)
    except (OverflowError, OSError, ValueError):
        return None
