"""Take what JaaS reports.

Sources: https://developer.8x8.com/jaas/docs/webhooks-payload and https://developer.8x8.com/jaas/docs/webhooks-signatures
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from typing import Any

from calls.meetings import EventKind, Hook, HookReply, HookResult, MeetingEvent, Seen
from providers.jaas.settings import JaasSettings
from providers.reading import UnreadableError, as_object, read_id, read_name, read_object, read_unix_time_ms
from providers.signatures import is_one_of, is_recent

_KINDS = {
    "PARTICIPANT_JOINED": EventKind.JOINED,
    "PARTICIPANT_LEFT": EventKind.LEFT,
    # The room goes with the last person, and is there again as soon as somebody opens it: a reload must not end a call.
    "ROOM_DESTROYED": EventKind.SNAPSHOT,
}
_VISITOR = re.compile(r"[0-9a-f]{32}")


def receive(hook: Hook, settings: JaasSettings) -> HookResult:
    """Check the signature of the raw bytes, then say what they report."""
    if settings.hook_secret is None:
        return _reply(503)
    if hook.path or hook.method != "POST":
        return _reply(404 if hook.path else 405)
    if not _is_signed(hook, settings.hook_secret):
        return _reply(401)
    try:
        event = _event(read_object(hook.body), settings.app_id)
    except UnreadableError:
        return _reply(400)
    return HookResult(events=() if event is None else (event,))


def _is_signed(hook: Hook, secret: str) -> bool:
    """Say whether a signature of scheme v1 is that of the time, a dot and the body, within `WINDOW` of now."""
    parts = [part.strip().partition("=") for part in (hook.header("X-Jaas-Signature") or "").split(",")]
    times = [value for scheme, _, value in parts if scheme == "t"]
    if len(times) != 1 or not is_recent(times[0], hook.received_at):
        return False
    digest = hmac.digest(secret.encode(), times[0].encode() + b"." + hook.body, hashlib.sha256)
    expected = base64.b64encode(digest).decode()
    return any(is_one_of(value, [expected]) for scheme, _, value in parts if scheme == "v1")


def _event(report: dict[str, Any], app_id: str) -> MeetingEvent | None:
    """Return what a report says; None where it is about something that does not matter here.

    Going to a breakout room is a leave and a join, both of which are reported for the meeting.
    """
    kind = _KINDS.get(str(report.get("eventType")))
    if kind is None:
        return None
    tenant, _, room_id = read_id(report.get("fqn")).partition("/")
    data = as_object(report.get("data", {}))
    at = read_unix_time_ms(report.get("timestamp"))
    if tenant != app_id or not room_id:
        return None
    if kind is not EventKind.SNAPSHOT:
        return MeetingEvent(kind, room_id, at, (_seen(data, read_id(report.get("sessionId"))),))
    return None if data.get("isBreakout") is True else MeetingEvent(kind, room_id, at)


def _seen(data: dict[str, Any], session_id: str) -> Seen:
    """Return somebody as JaaS describes them; the e-mail is what a token said, which may be anybody's."""
    connection = read_id(data.get("participantId") or data.get("participantJid"))
    person_id = read_id(str(data["id"]))[:100] if data.get("id") else None
    visitor_id = person_id if person_id is not None and _VISITOR.fullmatch(person_id) else None
    return Seen(f"{session_id}/{connection}", visitor_id, person_id, read_name(data.get("name")))


def _reply(status: int) -> HookResult:
    return HookResult(HookReply(status))
