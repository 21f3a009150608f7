"""Check and read what Whereby reports.

Source: https://docs.whereby.com/reference/webhooks, and `WherebyWebhookType` of https://github.com/whereby/sdk
"""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Sequence
from typing import Any

from calls.meetings import EventKind, Hook, MeetingEvent, Seen
from providers.reading import as_object, read_id, read_iso_time, read_name, read_object
from providers.signatures import is_one_of, is_recent

_SIGNATURE = re.compile(r"t=([0-9]{10}),v1=([0-9a-f]{64})")
_VISITOR_ID = re.compile(r"[0-9a-f]{32}")
_KINDS = {"room.client.joined": EventKind.JOINED, "room.client.left": EventKind.LEFT}
_NOBODY = ("recorder", "streamer", "captioner", "assistant")
"""The roles of Whereby's own machines, which are in a room as people are."""


def sign(secret: str, timestamp: str, body: bytes) -> str:
    """Return the signature of a body that is sent at a time: hexadecimal HMAC-SHA256 over time, dot and body.

    Source: https://docs.whereby.com/reference/webhooks#validating-events
    """
    return hmac.new(secret.encode(), timestamp.encode() + b"." + body, hashlib.sha256).hexdigest()


def is_signed(hook: Hook, secrets: Sequence[str]) -> bool:
    """Say whether a request was signed with one of the secrets, within `WINDOW` of now."""
    found = _SIGNATURE.fullmatch(hook.header("Whereby-Signature") or "")
    if found is None or not is_recent(found[1], hook.received_at):
        return False
    return is_one_of(found[2], (sign(secret, found[1], hook.body) for secret in secrets))


def read_events(body: bytes) -> tuple[MeetingEvent, ...]:
    """Return what a report says; nothing, where it is not about somebody who comes or goes.

    That a *session* ended says only that fewer than two people are in.

    Raises:
        UnreadableError: when it is no report.
    """
    report = read_object(body)
    kind = _KINDS.get(read_id(report.get("type")))
    if kind is None:
        return ()
    data = as_object(report.get("data"))
    room_id, at = read_id(data.get("meetingId")), read_iso_time(report.get("createdAt"))
    seen = _seen(data)
    events = [] if seen is None else [MeetingEvent(kind, room_id, at, (seen,))]
    if kind is EventKind.LEFT and data.get("numClients") == 0:
        # Heals what was lost before: nobody is in, whoever was not reported to have gone.
        events.append(MeetingEvent(EventKind.SNAPSHOT, room_id, at))
    return tuple(events)


def _seen(data: dict[str, Any]) -> Seen | None:
    """Return who comes or goes; None for a machine, or for one whom nothing tells from others."""
    if data.get("roleName") in _NOBODY:
        return None
    external_id = data.get("externalId")
    session_id = data.get("participantId") or external_id
    if session_id is None:
        return None
    is_ours = isinstance(external_id, str) and _VISITOR_ID.fullmatch(external_id) is not None
    return Seen(
        session_id=read_id(session_id),
        visitor_id=external_id if is_ours else None,
        display_name=read_name(data.get("displayName")),
    )
