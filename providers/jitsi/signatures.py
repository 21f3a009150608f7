"""Sign and check what Startcall and its Prosody module say to each other.

Both sides send `X-Startcall-Timestamp`, in seconds since 1970, and `X-Startcall-Signature`, `v1=` and the hexadecimal
HMAC-SHA256 of the timestamp, a dot and the body. The other half is in prosody/mod_startcall.lua.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Sequence
from datetime import datetime

from calls.meetings import Hook
from providers.signatures import is_one_of, is_recent

TIMESTAMP = "X-Startcall-Timestamp"
SIGNATURE = "X-Startcall-Signature"


def sign(secret: str, timestamp: str, body: bytes) -> str:
    """Return the signature of a body that is sent at a time."""
    return "v1=" + hmac.new(secret.encode(), timestamp.encode() + b"." + body, hashlib.sha256).hexdigest()


def signed_headers(secret: str, at: datetime, body: bytes) -> dict[str, str]:
    """Return the headers that go with a body."""
    timestamp = str(int(at.timestamp()))
    return {TIMESTAMP: timestamp, SIGNATURE: sign(secret, timestamp, body)}


def is_signed(hook: Hook, secrets: Sequence[str]) -> bool:
    """Say whether a request was signed with one of the secrets, within `WINDOW` of now."""
    timestamp, signature = hook.header(TIMESTAMP) or "", hook.header(SIGNATURE) or ""
    if not is_recent(timestamp, hook.received_at):
        return False
    return is_one_of(signature, (sign(secret, timestamp, hook.body) for secret in secrets))
