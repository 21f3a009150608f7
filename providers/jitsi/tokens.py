"""Sign the tokens with which Jitsi lets one person into one room."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta

import jwt

from calls.model import Room, Visitor
from providers.jitsi_users import LEEWAY, jitsi_user
from providers.short_secrets import of_any_length


@dataclass(frozen=True, slots=True)
class TokenSigner:
    """Signs tokens as one application that Prosody knows.

    Args:
        domain: what people sign in to in Prosody.
    """

    app_id: str
    app_secret: str = field(repr=False)
    domain: str

    def sign(self, room: Room, visitor: Visitor, *, at: datetime, lasts: timedelta) -> str:
        """Return a token for a person and a room, good for `lasts` from `at` and `LEEWAY` on either side.

        The claims, and which of them are checked:
        https://github.com/jitsi/lib-jitsi-meet/blob/master/doc/tokens.md and
        https://github.com/jitsi/jitsi-meet/blob/master/resources/prosody-plugins/token/util.lib.lua; who reads
        `moderator` and `affiliation`: https://github.com/jitsi-contrib/prosody-plugins/tree/main/token_affiliation.
        """
        user = jitsi_user(visitor) | {"affiliation": "owner" if visitor.is_host else "member"}
        claims = {
            "aud": self.app_id,
            "iss": self.app_id,
            "sub": self.domain,
            "room": room.id,
            "nbf": int((at - LEEWAY).timestamp()),
            "exp": int((at + lasts + LEEWAY).timestamp()),
            "context": {"user": user},
        }
        with of_any_length():
            return jwt.encode(claims, self.app_secret, algorithm="HS256")
