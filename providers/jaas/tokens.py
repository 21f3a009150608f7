"""Sign the tokens with which JaaS lets one person into one room."""

from __future__ import annotations

from datetime import datetime, timedelta

import jwt

from calls.model import Room, Visitor
from providers.jaas.settings import JaasSettings
from providers.jitsi_users import LEEWAY, jitsi_user

_FEATURES = (
    "livestreaming",
    "recording",
    "transcription",
    "sip-inbound-call",
    "sip-outbound-call",
    "inbound-call",
    "outbound-call",
)
"""What costs extra, or leaves something at 8x8 that Startcall cannot link to."""


def sign(settings: JaasSettings, room: Room, visitor: Visitor, *, at: datetime, lasts: timedelta) -> str:
    """Return a token for a person and a room, good for `lasts` from `at` and `LEEWAY` on either side.

    Source: https://developer.8x8.com/jaas/docs/api-keys-jwt
    """
    claims = {
        "aud": "jitsi",
        "iss": "chat",
        "sub": settings.app_id,
        "room": room.id,
        "nbf": int((at - LEEWAY).timestamp()),
        "exp": int((at + lasts + LEEWAY).timestamp()),
        "context": {"user": jitsi_user(visitor), "features": dict.fromkeys(_FEATURES, "false")},
    }
    return jwt.encode(claims, settings.private_key, algorithm="RS256", headers={"kid": settings.key_id})
