"""Read what Microsoft Graph reports of a meeting, once it is proved to be Graph's.

Source: https://learn.microsoft.com/en-us/graph/changenotifications-for-onlinemeeting
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from calls.meetings import EventKind, Hook, MeetingEvent, Seen
from providers.teams.encryption import Decryption, UnreadableContentError

ID_MAX_CHARS = 500
NAME_MAX_CHARS = 200


class UnreadableNotificationError(ValueError):
    """What came is not what Graph sends."""


class ForgedNotificationError(ValueError):
    """What came does not show what we gave to Graph alone."""


def client_state(key: bytes, room_id: str) -> str:
    """Return what Graph has to show with each report of a room: 256 bits that only this installation can compute."""
    return hmac.digest(key, f"teams client state {room_id}".encode(), hashlib.sha256).hex()


def read_notifications(hook: Hook, room_id: str, state: str, decryption: Decryption) -> tuple[MeetingEvent, ...]:
    """Return what a request reports of a room; reminders and what is not known here report nothing.

    Raises:
        ForgedNotificationError: when a part of it does not show the client state.
        UnreadableNotificationError: when it cannot be read.
    """
    found = _object(hook.body)
    items = found.get("value")
    if not isinstance(items, list) or not items or not all(isinstance(item, dict) for item in items):
        raise UnreadableNotificationError("no list of notifications")
    shown = [str(item.get("clientState", "")).encode(errors="replace") for item in items]
    if not all([hmac.compare_digest(one, state.encode()) for one in shown]):  # noqa: C419 - each is compared, always
        raise ForgedNotificationError("another client state")
    events: list[MeetingEvent] = []
    for item in items:
        if "lifecycleEvent" not in item:
            events += _events(_decrypted(item, decryption), room_id, hook.received_at)
    return tuple(events)


def _decrypted(item: Mapping[str, Any], decryption: Decryption) -> dict[str, Any]:
    try:
        return _object(decryption.decrypt(item.get("encryptedContent")))
    except UnreadableContentError as error:
        raise UnreadableNotificationError(str(error)) from error


def _events(event: dict[str, Any], room_id: str, received_at: datetime) -> list[MeetingEvent]:
    kind = event.get("eventType")
    if kind == "callEnded":
        # The link stays good, and whoever is alone and comes back begins another call: the room is empty, not closed.
        # Reports may overtake each other, so whoever was heard of since is still in.
        at = min(_time(event.get("eventDateTime")), received_at)
        return [MeetingEvent(EventKind.SNAPSHOT, room_id, at)]
    if kind != "rosterUpdated":
        return []
    at, changes = _time(event.get("eventDateTime")), event.get("participants@delta")
    if not isinstance(changes, list):
        raise UnreadableNotificationError("no participants")
    return [found for change in changes if (found := _change(change, room_id, at)) is not None]


def _change(change: object, room_id: str, at: datetime) -> MeetingEvent | None:
    """Return that somebody came or went; None for who waits in the lobby."""
    if not isinstance(change, dict):
        raise UnreadableNotificationError("no participant")
    session = _id(change.get("id"))
    if change.get("removedState"):
        return MeetingEvent(EventKind.LEFT, room_id, at, (Seen(session),))
    if change.get("isInLobby"):
        return None
    person_id, name = _who(change.get("info"))
    return MeetingEvent(EventKind.JOINED, room_id, at, (Seen(session, person_id=person_id, display_name=name),))


def _who(info: object) -> tuple[str | None, str | None]:
    """Return the id and name of a participant, of whatever kind: a user, a guest, a telephone.

    Source: https://learn.microsoft.com/en-us/graph/api/resources/communicationsidentityset
    """
    identities = info.get("identity") if isinstance(info, dict) else None
    found = identities.items() if isinstance(identities, dict) else ()
    for kind, identity in found:
        if isinstance(identity, dict) and isinstance(identity.get("id"), str) and identity["id"]:
            name = identity.get("displayName")
            return f"{kind}:{_id(identity['id'])}", _shown(name) if isinstance(name, str) else None
    return None, None


def _object(raw: bytes) -> dict[str, Any]:
    try:
        found = json.loads(raw)
    except (ValueError, RecursionError) as error:
        raise UnreadableNotificationError("no JSON") from error
    if not isinstance(found, dict):
        raise UnreadableNotificationError("no object")
    return found


def _id(found: object) -> str:
    if not isinstance(found, str) or not 0 < len(found) <= ID_MAX_CHARS or not found.isprintable():
        raise UnreadableNotificationError("no id")
    return found


def _shown(name: str) -> str | None:
    line = " ".join("".join(character if character.isprintable() else " " for character in name).split())
    return line[:NAME_MAX_CHARS].strip() or None


def _time(found: object) -> datetime:
    """Read a time of Graph's, which has seven digits behind the second."""
    try:
        at = datetime.fromisoformat(found) if isinstance(found, str) else None
    except ValueError as error:
        raise UnreadableNotificationError("no time") from error
    if at is None or at.tzinfo is None:
        raise UnreadableNotificationError("no time")
    return at
