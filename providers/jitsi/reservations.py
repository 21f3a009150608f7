"""Be the reservation system of a Jitsi server: only rooms with a running call open, and their end is reported.

Source: https://jitsi.github.io/handbook/docs/devops-guide/reservation and, for what is really sent and read,
https://github.com/jitsi/jitsi-meet/blob/master/resources/prosody-plugins/mod_reservations.lua
"""

from __future__ import annotations

import hmac
import json
import re
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from urllib.parse import parse_qs

from calls.meetings import EventKind, Hook, HookReply, HookResult, MeetingEvent
from providers.signatures import is_one_of

DURATION = timedelta(hours=24)
"""After this Prosody closes a room by itself; Startcall ends calls earlier than that."""

_ROOM = re.compile(r"[a-z2-7]{26}")
_FIELDS_MAX = 20
_OWNER_MAX_CHARS = 3072


def path_secret(secret: str) -> str:
    """Return what stands in the address Prosody asks, so that nobody else can.

    Derived, as addresses get into logs: who finds it there still cannot sign a report.
    """
    return hmac.new(secret.encode(), b"reservations", "sha256").hexdigest()[:32]


def is_from_prosody(given: str, secrets: Sequence[str]) -> bool:
    """Say whether what stands in the address comes from one of the secrets."""
    return is_one_of(given, (path_secret(secret) for secret in secrets))


def answer(hook: Hook, path: str, *, ended: EventKind) -> HookResult:
    """Answer a request, and say what it reports.

    The id of a reservation is the room's name: Prosody puts it into addresses as it is, so it must be one of ours,
    of letters and digits. Nothing is kept, so that a room that is asked for again is simply allowed again, and 409
    is never needed.

    Args:
        path: what follows the secret in the address.
        ended: what the end of a room means.
    """
    collection, _, room_id = path.partition("/")
    if collection != "conference":
        return _refused(404, "There is nothing here.")
    if hook.method == "POST" and not room_id:
        return _create(hook)
    if hook.method in {"GET", "DELETE"} and _ROOM.fullmatch(room_id):
        if hook.method == "GET":
            return _allowed(room_id, "", hook.received_at, 404)
        return HookResult(HookReply(200), (MeetingEvent(ended, room_id, hook.received_at),))
    known = room_id if hook.method in {"GET", "DELETE"} else not room_id
    return _refused(404 if known else 405, "There is no such conference.")


def _create(hook: Hook) -> HookResult:
    try:
        fields = parse_qs(hook.body.decode(), strict_parsing=True, max_num_fields=_FIELDS_MAX)
    except ValueError:
        return _refused(400, "This request cannot be read.")
    names, owners = fields.get("name", []), fields.get("mail_owner", [""])
    if len(names) != 1 or len(owners) != 1:
        return _refused(400, "This request cannot be read.")
    if not _ROOM.fullmatch(names[0]):
        return _refused(403, _ONLY_FROM_SLACK)
    return _allowed(names[0], owners[0][:_OWNER_MAX_CHARS], hook.received_at, 403)


_ONLY_FROM_SLACK = "No call is running in this room. Start one in Slack, and come by its Join button."


def _allowed(room_id: str, owner: str, at: datetime, otherwise: int) -> HookResult:
    """Allow a conference, while a call is running in the room."""
    conference = {
        "id": room_id,
        "name": room_id,
        "mail_owner": owner,
        "start_time": at.strftime("%Y-%m-%dT%H:%M:%S.000Z"),
        "duration": int(DURATION.total_seconds()),
    }
    return HookResult(_json(200, conference), room_id=room_id, refusal=_json(otherwise, {"message": _ONLY_FROM_SLACK}))


def _refused(status: int, message: str) -> HookResult:
    return HookResult(_json(status, {"message": message}))


def _json(status: int, content: Mapping[str, object]) -> HookReply:
    return HookReply(status, json.dumps(content).encode(), "application/json")
