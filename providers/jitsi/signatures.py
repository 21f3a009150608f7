"""Sign and check what Startcall and its Prosody module say to each other.

Both sides send `X-Startcall-Timestamp`, in seconds since 1970, and `X-Startcall-Signature`, `v1=` and the hexadecimal
HMAC-SHA256 of the timestamp, a dot and the body. The other half is in prosody/mod_startcall.lua.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Sequence
from datetime import datetime, timedelta

from calls.meetings import Hook

TIMESTAMP = "X-Startcall-Timestamp"
SIGNATURE = "X-Startcall-Signature"
WINDOW = timedelta(seconds=300)

_SECONDS = re.compile(r"[0-9]{1,12}")


def sign(secret: str, timestamp: str, body: bytes) -> str:
    """Return the signature of a body that is sent at a time."""
    return "v1=" + hmac.new(secret.encode(), timestamp.encode() + b"." + body, hashlib.sha256).hexdigest()


def signed_headers(secret: str, at: datetime, body: bytes) -> dict[str, str]:
    """Return the headers that go with a body."""
    timestamp = str(int(at.timestamp()))
    return {TIMESTAMP: timestamp, SIGNATURE: sign(secret, timestamp, body)}


def is_signed(hook: Hook, secrets: Sequence[str]) -> bool:
    """Say whether a request was signed with one of the secrets, within `WINDOW` of now."""
    timestamp, signature = hook.header(TIMESTAMP), hook.header(SIGNATURE)
    if timestamp is None or signature is None or not _SECONDS.fullmatch(timestamp):
        return False
    if abs(hook.received_at.timestamp() - int(timestamp)) > WINDOW.total_seconds():
        return False
    given = signature.encode(errors="replace")
    # Every secret is tried, so that the time taken does not tell which one was nearly right.
    matches = [hmac.compare_digest(sign(secret, timestamp, hook.body).encode(), given) for secret in secrets]
    return any(matches)
