"""Read what Microsoft Graph reports of a meeting, once it is proved to be Graph's.

Source: https://learn.microsoft.com/en-us/graph/changenotifications-for-onlinemeeting
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from calls.meetings import EventKind, Hook, MeetingEvent, Seen
from providers.reading import UnreadableError, as_object, read_id, read_iso_time, read_name, read_object
from providers.teams.encryption import Decryption


class ForgedNotificationError(ValueError):
    """What came does not show what we gave to Graph alone."""


def client_state(key: bytes, room_id: str) -> str:
    """Return what Graph has to show with each report of a room: 256 bits that only this installation can compute."""
    return hmac.digest(key, f"teams client state {room_id}".encode(), hashlib.sha256).hex()


def read_notifications(hook: Hook, room_id: str, state: str, decryption: Decryption) -> tuple[MeetingEvent, ...]:
    """Return what a request reports of a room; reminders and what is not known here report nothing.

    Raises:
        ForgedNotificationError: when a part of it does not show the client state.
        UnreadableError: when it cannot be read.
    """
    found = read_object(hook.body)
    items = found.get("value")
    if not isinstance(items, list) or not items or not all(isinstance(item, dict) for item in items):
        raise UnreadableError("no list of notifications")
    shown = [str(item.get("clientState", "")).encode(errors="replace") for item in items]
    if not all([hmac.compare_digest(one, state.encode()) for one in shown]):  # noqa: C419 - each is compared, always
        raise ForgedNotificationError("another client state")
    events: list[MeetingEvent] = []
    for item in items:
        if "lifecycleEvent" not in item:
            events += _events(_decrypted(item, decryption), room_id, hook.received_at)
    return tuple(events)


def _decrypted(item: Mapping[str, Any], decryption: Decryption) -> dict[str, Any]:
    return read_object(decryption.decrypt(item.get("encryptedContent")))


def _events(event: dict[str, Any], room_id: str, received_at: datetime) -> list[MeetingEvent]:
    kind = event.get("eventType")
    if kind == "callEnded":
        # The link stays good, and whoever is alone and comes back begins another call: the room is empty, not closed.
        # Reports may overtake each other, so whoever was heard of since is still in.
        at = min(read_iso_time(event.get("eventDateTime")), received_at)
        return [MeetingEvent(EventKind.SNAPSHOT, room_id, at)]
    if kind != "rosterUpdated":
        return []
    at, changes = read_iso_time(event.get("eventDateTime")), event.get("participants@delta")
    if not isinstance(changes, list):
        raise UnreadableError("no participants")
    return [found for change in changes if (found := _change(change, room_id, at)) is not None]


def _change(change: object, room_id: str, at: datetime) -> MeetingEvent | None:
    """Return that somebody came or went; None for who waits in the lobby."""
    participant = as_object(change)
    session = read_id(participant.get("id"))
    if participant.get("removedState"):
        return MeetingEvent(EventKind.LEFT, room_id, at, (Seen(session),))
    if participant.get("isInLobby"):
        return None
    person_id, name = _who(participant.get("info"))
    return MeetingEvent(EventKind.JOINED, room_id, at, (Seen(session, person_id=person_id, display_name=name),))


def _who(info: object) -> tuple[str | None, str | None]:
    """Return the id and name of a participant, of whatever kind: a user, a guest, a telephone.

    Source: https://learn.microsoft.com/en-us/graph/api/resources/communicationsidentityset
    """
    identities = info.get("identity") if isinstance(info, dict) else None
    found = identities.items() if isinstance(identities, dict) else ()
    for kind, identity in found:
        if isinstance(identity, dict) and isinstance(identity.get("id"), str) and identity["id"]:
            return f"{read_id(kind)}:{read_id(identity['id'])}", read_name(identity.get("displayName"))
    return None, None
