"""Check and read what Daily reports.

Source: https://docs.daily.co/reference/rest-api/webhooks
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re

from calls.meetings import EventKind, Hook, MeetingEvent, Seen
from providers.reading import (
    UnreadableError,
    as_object,
    read_id,
    read_name,
    read_object,
    read_seconds,
    read_unix_time,
)
from providers.signatures import WINDOW

EVENT_TYPES = ("participant.joined", "participant.left", "meeting.ended")

_TIMESTAMP = re.compile(r"[0-9]{10}([0-9]{3})?")
_MS_DIGITS = 13
_VISITOR_ID = re.compile(r"[0-9a-f]{32}")


def sign(secret: bytes, timestamp: str, body: bytes) -> str:
    """Return the signature of a body that is sent at a time: base64 of HMAC-SHA256 over time, dot and body.

    Source: https://docs.daily.co/reference/rest-api/webhooks#hmac
    """
    return base64.b64encode(hmac.digest(secret, timestamp.encode() + b"." + body, hashlib.sha256)).decode()


def is_signed(hook: Hook, secret: bytes) -> bool:
    """Say whether a request was signed with the secret, within `WINDOW` of now.

    Daily does not say whether its timestamps are in seconds or milliseconds; their length does.
    """
    timestamp, signature = hook.header("X-Webhook-Timestamp"), hook.header("X-Webhook-Signature")
    if timestamp is None or signature is None or not _TIMESTAMP.fullmatch(timestamp):
        return False
    sent_at_s = int(timestamp) / (1000 if len(timestamp) == _MS_DIGITS else 1)
    if abs(hook.received_at.timestamp() - sent_at_s) > WINDOW.total_seconds():
        return False
    return hmac.compare_digest(sign(secret, timestamp, hook.body).encode(), signature.encode(errors="replace"))


def is_trial(body: bytes) -> bool:
    """Say whether this is the one unsigned request, by which Daily finds out whether we are there; it reports nothing.

    Source: https://docs.daily.co/reference/rest-api/webhooks, "Configuring webhooks"
    """
    try:
        return read_object(body) == {"test": "test"}
    except UnreadableError:
        return False


def read_events(body: bytes) -> tuple[MeetingEvent, ...]:
    """Return what a report says; nothing, where it is of a kind that is not asked for.

    Source: https://docs.daily.co/reference/rest-api/webhooks/events/participant-joined and its neighbours

    Raises:
        UnreadableError: when it is no report.
    """
    report = read_object(body)
    kind = read_id(report.get("type"))
    if kind not in EVENT_TYPES:
        return ()
    payload = as_object(report.get("payload"))
    room_id = read_id(payload.get("room"))
    if kind == "meeting.ended":
        # The last person has gone, and may come back: somebody who reloads the page alone must not end the call.
        return (MeetingEvent(EventKind.SNAPSHOT, room_id, read_unix_time(payload.get("end_ts"))),)
    joined_s = read_seconds(payload.get("joined_at"))
    seen = _seen(payload)
    if kind == "participant.joined":
        return (MeetingEvent(EventKind.JOINED, room_id, read_unix_time(joined_s), (seen,)),)
    left_at = read_unix_time(joined_s + read_seconds(payload.get("duration")))
    return (MeetingEvent(EventKind.LEFT, room_id, left_at, (seen,)),)


def read_present(found: object) -> Seen:
    """Return somebody as Daily's presence lists them.

    Source: https://docs.daily.co/reference/rest-api/rooms/session/get-room-presence

    Raises:
        UnreadableError: when it is nobody.
    """
    person = as_object(found)
    return Seen(
        session_id=read_id(person.get("id")),
        visitor_id=_visitor_id(person.get("userId")),
        display_name=read_name(person.get("userName")),
    )


def _seen(payload: dict[str, object]) -> Seen:
    return Seen(
        session_id=read_id(payload.get("session_id")),
        visitor_id=_visitor_id(payload.get("user_id")),
        display_name=read_name(payload.get("user_name")),
    )


def _visitor_id(user_id: object) -> str | None:
    """Return whose link it was: the id is in the token Daily signed, and for those without one not of our form."""
    return user_id if isinstance(user_id, str) and _VISITOR_ID.fullmatch(user_id) else None
