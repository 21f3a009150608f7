"""Sign the tokens by which people enter a LiveKit room and by which we look after it.

Source: https://docs.livekit.io/home/get-started/authentication/
"""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import jwt

from calls.model import Room, Visitor
from providers.short_secrets import of_any_length

LEEWAY = timedelta(seconds=30)
"""How far the clocks of the server and of this computer may be apart."""

OWN_LASTS = timedelta(minutes=1)
"""Of a token for one request of ours."""

ALGORITHM = "HS256"
_IDENTITY = re.compile(r"([0-9a-f]{32})\.[0-9a-f]{8}")


@dataclass(frozen=True, slots=True)
class TokenSigner:
    """Signs tokens with an API key."""

    api_key: str
    api_secret: str = field(repr=False)

    def for_visitor(self, room: Room, visitor: Visitor, *, at: datetime, lasts: timedelta) -> str:
        """Return a token with which one person enters one room.

        A second device needs an identity of its own, else the server shows the first one out; so each token has one,
        which begins with the visitor's id. The end of a token counts for entering only: who is in stays and reconnects.
        """
        grant = {
            "room": room.id,
            "roomJoin": True,
            "roomAdmin": visitor.is_host,
            "canPublish": True,
            "canSubscribe": True,
            "canPublishData": True,
            "canUpdateOwnMetadata": False,
        }
        identity = f"{visitor.id}.{secrets.token_hex(4)}"
        return self._signed({"sub": identity, "name": visitor.name, "video": grant}, at=at, lasts=lasts)

    def for_us(self, room_id: str, *, at: datetime) -> str:
        """Return a token with which we ask for one room."""
        grant = {"room": room_id, "roomCreate": True, "roomList": True, "roomAdmin": True}
        return self._signed({"video": grant}, at=at, lasts=OWN_LASTS)

    def _signed(self, claims: dict[str, Any], *, at: datetime, lasts: timedelta) -> str:
        times = {"nbf": int((at - LEEWAY).timestamp()), "exp": int((at + lasts + LEEWAY).timestamp())}
        with of_any_length():
            return jwt.encode({"iss": self.api_key, **times, **claims}, self.api_secret, algorithm=ALGORITHM)


def visitor_of(identity: str) -> str | None:
    """Return the id of the visitor an identity was made for; None for an identity that is not one of ours."""
    found = _IDENTITY.fullmatch(identity)
    return None if found is None else found[1]
