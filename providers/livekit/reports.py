"""Take what a LiveKit server reports.

Sources: https://docs.livekit.io/home/server/webhooks/, with the fields of
https://github.com/livekit/protocol/blob/main/protobufs/livekit_webhook.proto and the signature of
https://github.com/livekit/protocol/blob/main/webhook/url_notifier.go.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import jwt

from calls.meetings import EventKind, Hook, HookReply, HookResult, MeetingEvent, Seen
from calls.model import Artifact, ArtifactKind
from providers.livekit.settings import LiveKitSettings
from providers.livekit.tokens import ALGORITHM, visitor_of
from providers.reading import UnreadableError, as_object, read_id, read_name, read_object, read_unix_time
from providers.short_secrets import of_any_length

LEEWAY = timedelta(seconds=60)
"""How far clocks may be apart; a signature itself lasts for five minutes."""

SESSION_SEPARATOR = "/"
"""Stands between the identity, by which the server shows people out, and the id of their connection."""

_PERSON = ("STANDARD", 0)
_COMPLETE = ("EGRESS_COMPLETE", 3)
"""Names and numbers of kinds: JSON of protobufs may have either."""

_KINDS = {
    "participant_joined": EventKind.JOINED,
    "participant_left": EventKind.LEFT,
    "participant_connection_aborted": EventKind.LEFT,
    "room_finished": EventKind.ENDED,
    "egress_ended": EventKind.LEFT_BEHIND,
}


def receive(hook: Hook, settings: LiveKitSettings) -> HookResult:
    """Check the signature of the raw bytes, then say what they report."""
    if hook.path or hook.method != "POST":
        return _reply(404 if hook.path else 405)
    if not _is_signed(hook, settings):
        return _reply(401)
    try:
        event = _event(read_object(hook.body))
    except UnreadableError:
        return _reply(400)
    return HookResult(events=() if event is None else (event,))


def read_seen(person: object) -> Seen | None:
    """Return somebody as the server describes them; None for a recorder, an agent or a telephone line.

    Raises:
        UnreadableError: when it is no description.
    """
    found = as_object(person)
    permission = found.get("permission")
    is_hidden = isinstance(permission, dict) and permission.get("hidden") is True
    if found.get("kind", "STANDARD") not in _PERSON or is_hidden:
        return None
    identity, connection = read_id(found.get("identity")), read_id(found.get("sid"))
    return Seen(
        session_id=f"{identity}{SESSION_SEPARATOR}{connection}",
        visitor_id=visitor_of(identity),
        person_id=identity,
        display_name=read_name(found.get("name")),
    )


def _is_signed(hook: Hook, settings: LiveKitSettings) -> bool:
    """Say whether the server signed this body: with our key, and with the body's hash in the signed part.

    The tokens people have are signed with the same key and hold no hash.
    """
    token = (hook.header("Authorization") or "").removeprefix("Bearer ")
    try:
        with of_any_length():
            claims = jwt.decode(
                token,
                settings.api_secret,
                algorithms=[ALGORITHM],
                issuer=settings.api_key,
                leeway=LEEWAY,
                options={"require": ["exp", "iss"], "verify_sub": False},
            )
    except jwt.InvalidTokenError:
        return False
    given = claims.get("sha256")
    expected = base64.b64encode(hashlib.sha256(hook.body).digest())
    return isinstance(given, str) and hmac.compare_digest(expected, given.encode(errors="replace"))


def _event(report: dict[str, Any]) -> MeetingEvent | None:
    kind = _KINDS.get(str(report.get("event")))
    if kind is None:
        return None
    at = read_unix_time(_number(_either(report, "createdAt", "created_at")))
    if kind is EventKind.LEFT_BEHIND:
        info = as_object(_either(report, "egressInfo", "egress_info"))
        artifact = _recording(info)
        room_id = read_id(_either(info, "roomName", "room_name"))
        return None if artifact is None else MeetingEvent(kind, room_id, at, artifact=artifact)
    room_id = read_id(as_object(report.get("room")).get("name"))
    if kind is EventKind.ENDED:
        return MeetingEvent(kind, room_id, at)
    seen = read_seen(report.get("participant"))
    return None if seen is None else MeetingEvent(kind, room_id, at, (seen,))


def _recording(info: dict[str, Any]) -> Artifact | None:
    """Return the first file of a finished recording that is at a web address, without what may let anybody in."""
    files = _either(info, "fileResults", "file_results")
    if info.get("status") not in _COMPLETE or not isinstance(files, list):
        return None
    for file in files:
        try:
            parts = urlsplit(str(as_object(file).get("location", "")))
        except ValueError as error:
            raise UnreadableError("no address") from error
        if parts.scheme == "https" and parts.hostname and "@" not in parts.netloc:
            return Artifact(ArtifactKind.RECORDING, urlunsplit((parts.scheme, parts.netloc, parts.path, "", "")))
    return None


def _either(found: dict[str, Any], *names: str) -> object:
    """Return a field by the first of its names that is there: JSON of protobufs has two spellings."""
    return next((found[name] for name in names if name in found), None)


def _number(found: object) -> object:
    """Return a number that JSON of protobufs writes as a text, as it does with those of 64 bits."""
    is_digits = isinstance(found, str) and found.isascii() and found.isdigit() and len(found) <= len("99999999999")
    return int(str(found)) if is_digits else found


def _reply(status: int) -> HookResult:
    return HookResult(HookReply(status))
