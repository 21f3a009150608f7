"""Who somebody in a room is: their id there tells, as only the app can make one.

Janus checks that somebody may join, and lets them call themselves what they like. So the id and the name with which a
browser is to join are bound together and to the room by a keyed hash: whoever changes one of them is nobody to us.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
from datetime import datetime, timedelta

JOIN_WITHIN = timedelta(minutes=2)
"""How long after it was made an id can be used to join: everybody in the room sees it, and may not use it later."""

_CLOCKS_DIFFER = timedelta(seconds=30)
_RANDOM_BYTES = 12
_MAC_BYTES = 16
_FORM = re.compile(r"(?P<visitor>[0-9a-f]{32})\.(?P<made_at>[0-9a-f]{8})[0-9a-f]{24}\.[0-9a-f]{32}")


def make_participant_id(key: bytes, room_id: str, visitor_id: str, name: str, made_at: datetime) -> str:
    """Return an id under which one visitor can join one room once, under one name."""
    unique = f"{visitor_id}.{int(made_at.timestamp()):08x}{secrets.token_hex(_RANDOM_BYTES)}"
    return f"{unique}.{_mac(key, room_id, unique, name)}"


def visitor_of(key: bytes, room_id: str, participant_id: str, name: str | None) -> str | None:
    """Return the visitor whom an id in a room stands for, or None when the app did not make it for this name."""
    match = _FORM.fullmatch(participant_id)
    if match is None or name is None:
        return None
    unique, _, mac = participant_id.rpartition(".")
    return match["visitor"] if hmac.compare_digest(mac, _mac(key, room_id, unique, name)) else None


def came_in_time(participant_id: str, joined_at: datetime) -> bool:
    """Say whether somebody joined soon after their id was made; later it may be somebody else's who has seen it."""
    match = _FORM.fullmatch(participant_id)
    if match is None:
        return False
    made_at_s = int(match["made_at"], 16)
    return joined_at.timestamp() - made_at_s <= (JOIN_WITHIN + _CLOCKS_DIFFER).total_seconds()


def _mac(key: bytes, room_id: str, unique: str, name: str) -> str:
    message = f"startcall janus participant\0{room_id}\0{unique}\0{name}"
    return hmac.digest(key, message.encode("utf-8", "surrogatepass"), hashlib.sha256)[:_MAC_BYTES].hex()
