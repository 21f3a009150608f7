"""Check what Zoom signs, and answer the checks it makes of us.

Source: https://developers.zoom.us/docs/api/webhooks/, Verify webhook events, and https://github.com/zoom/webhook-sample
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Sequence

from calls.meetings import Hook
from providers.signatures import is_one_of, is_recent

TIMESTAMP = "x-zm-request-timestamp"
SIGNATURE = "x-zm-signature"


def sign(secret: str, timestamp: str, body: bytes) -> str:
    """Return the signature of a body that is sent at a time."""
    signed = f"v0:{timestamp}:".encode() + body
    return f"v0={hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest()}"


def is_signed(hook: Hook, secrets: Sequence[str]) -> bool:
    """Say whether a request was signed with one of the secrets, within `WINDOW` of now."""
    timestamp, signature = hook.header(TIMESTAMP) or "", hook.header(SIGNATURE) or ""
    if not is_recent(timestamp, hook.received_at):
        return False
    return is_one_of(signature, (sign(secret, timestamp, hook.body) for secret in secrets))


def answer_check(secret: str, plain_token: str) -> bytes:
    """Return what proves to Zoom that we know the secret; it asks when the address is set, and every 72 hours."""
    encrypted = hmac.new(secret.encode(), plain_token.encode(), hashlib.sha256).hexdigest()
    return json.dumps({"plainToken": plain_token, "encryptedToken": encrypted}).encode()
