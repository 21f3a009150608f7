"""Check what Zoom signs, and answer the checks it makes of us.

Source: https://developers.zoom.us/docs/api/webhooks/, Verify webhook events, and https://github.com/zoom/webhook-sample
"""

from __future__ import annotations

import hashlib
import hmac
import json
import re
from collections.abc import Sequence
from datetime import timedelta

from calls.meetings import Hook

TIMESTAMP = "x-zm-request-timestamp"
SIGNATURE = "x-zm-signature"
WINDOW = timedelta(seconds=300)

_SECONDS = re.compile(r"[0-9]{1,12}")


def sign(secret: str, timestamp: str, body: bytes) -> str:
    """Return the signature of a body that is sent at a time."""
    signed = f"v0:{timestamp}:".encode() + body
    return f"v0={hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest()}"


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


def answer_check(secret: str, plain_token: str) -> bytes:
    """Return what proves to Zoom that we know the secret; it asks when the address is set, and every 72 hours."""
    encrypted = hmac.new(secret.encode(), plain_token.encode(), hashlib.sha256).hexdigest()
    return json.dumps({"plainToken": plain_token, "encryptedToken": encrypted}).encode()
