"""The tokens by which Janus knows that the app has let somebody in.

Source: https://janus.conf.meetecho.com/docs/auth.html#token
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from datetime import datetime

PLUGIN = "janus.plugin.videoroom"

_CORE_REALM = "janus"


def core_token(secret: str, until: datetime) -> str:
    """Return what lets somebody use Janus, and in it nothing but video rooms."""
    return _signed(secret, _CORE_REALM, PLUGIN, until)


def room_token(secret: str, room_id: str, until: datetime) -> str:
    """Return what lets somebody join one room; it is asked for at the door only."""
    return _signed(secret, PLUGIN, f"room={room_id}", until)


def _signed(secret: str, realm: str, descriptor: str, until: datetime) -> str:
    claim = f"{int(until.timestamp())},{realm},{descriptor}"
    # SHA-1 is what Janus checks; as a keyed hash it is not broken.
    mac = hmac.digest(secret.encode(), claim.encode(), hashlib.sha1)
    return f"{claim}:{base64.b64encode(mac).decode('ascii')}"
