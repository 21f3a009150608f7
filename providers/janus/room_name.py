"""What a room is called at Janus, and what it is ruled with: both follow from the call and the installation's key."""

from __future__ import annotations

import base64
import hashlib
import hmac

from calls.model import CallId

_NAME_BYTES = 16


def room_name(key: bytes, call_id: CallId) -> str:
    """Return 128 bits that only this installation can compute, the same each time."""
    return _derived(key, f"startcall janus room {call_id}")


def room_secret(key: bytes, room_id: str) -> str:
    """Return the secret with which a room is closed and people are shown out of it."""
    return _derived(key, f"startcall janus room secret {room_id}")


def _derived(key: bytes, what: str) -> str:
    digest = hmac.digest(key, what.encode(), hashlib.sha256)
    return base64.b32encode(digest[:_NAME_BYTES]).decode("ascii").rstrip("=").lower()
