"""Name rooms so that nobody can guess them, and the same call always gets the same one."""

from __future__ import annotations

import base64
import hashlib
import hmac

from calls.errors import ConfigError
from calls.model import CallId

ROOM_KEY_MIN_BYTES = 16
_NAME_BYTES = 16


def room_name(key: bytes, call_id: CallId) -> str:
    """Return 128 bits, as 26 letters and digits, that only this installation can compute from a call's id.

    The id itself would not do: it is in Slack, as `external_unique_id` and in the metadata of messages, where other
    apps can read it. Drawing a new number would not do either: a step repeated after a crash must give the same room.
    Lower-case letters and digits only, as some meeting systems do not tell capitals from small letters.
    """
    digest = hmac.digest(key, f"startcall room {call_id}".encode(), hashlib.sha256)
    return base64.b32encode(digest[:_NAME_BYTES]).decode("ascii").rstrip("=").lower()


def check_room_key(key: bytes) -> None:
    """Refuse a key that could be guessed.

    Raises:
        ConfigError: when it is too short.
    """
    if len(key) < ROOM_KEY_MIN_BYTES:
        raise ConfigError("room_key_too_short", detail=f"at least {ROOM_KEY_MIN_BYTES} bytes are needed")
