"""Tokens that let one person into one room.

The link token is in the link that a person gets and lives for some minutes. Entering with it gives a resume token,
which one page keeps for the length of the call, so that a reload or a lost connection needs no new link.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

import jwt

from calls.errors import UsageError
from calls.model import Visitor

RESUME_LASTS: Final = timedelta(hours=24)
TOKEN_MAX_CHARS: Final = 2000
NAME_MAX_CHARS: Final = 80

_ALGORITHM = "HS256"
_VERSION = 1
_LINK = "link"
_RESUME = "resume"


@dataclass(frozen=True, slots=True)
class Ticket:
    """What a token vouches for.

    Args:
        visitor_id: `Visitor.id` of whoever was given the link.
        page: the one page that keeps this token; empty for a link, which may be opened on several devices.
    """

    visitor_id: str
    name: str
    is_host: bool
    page: str
    expires_at: datetime


class RoomTokens:
    """Makes and reads the tokens of one meeting system's rooms; a token of another one's is not accepted."""

    def __init__(self, key: bytes, provider: str, now: Callable[[], datetime]) -> None:
        """Derive a key for these tokens alone.

        Args:
            key: secret of the installation.
        """
        self._key = hmac.digest(key, f"startcall: tokens for rooms of {provider}".encode(), hashlib.sha256)
        self._now = now

    def link(self, room_id: str, visitor: Visitor, lasts: timedelta) -> str:
        """Return the token for the link of one person."""
        return self._sign(
            _LINK, room_id, Ticket(visitor.id, visitor.name, visitor.is_host, "", expires_at=self._now() + lasts)
        )

    def enter(self, room_id: str, token: str) -> tuple[Ticket, str]:
        """Check a token of either kind; return what it vouches for and the resume token of the page that sent it.

        Raises:
            UsageError: room_link_expired, room_link_unknown.
        """
        use, ticket = self._read(room_id, token)
        if use == _RESUME:
            return ticket, token
        expires_at = self._now() + RESUME_LASTS
        page = Ticket(ticket.visitor_id, ticket.name, ticket.is_host, secrets.token_hex(16), expires_at)
        return page, self._sign(_RESUME, room_id, page)

    def resume(self, room_id: str, token: str) -> Ticket:
        """Check a resume token and return what it vouches for.

        Raises:
            UsageError: room_link_expired, room_link_unknown.
        """
        use, ticket = self._read(room_id, token)
        if use != _RESUME:
            raise UsageError("room_link_unknown", detail="a link where a resume token was wanted")
        return ticket

    def _sign(self, use: str, room_id: str, ticket: Ticket) -> str:
        claims = {
            "v": _VERSION,
            "use": use,
            "aud": room_id,
            "sub": ticket.visitor_id,
            "name": ticket.name[:NAME_MAX_CHARS],
            "host": ticket.is_host,
            "page": ticket.page,
            "exp": int(ticket.expires_at.timestamp()),
        }
        return jwt.encode(claims, self._key, algorithm=_ALGORITHM)

    def _read(self, room_id: str, token: str) -> tuple[str, Ticket]:
        # A token that is not ASCII would not get as far as the check of its signature.
        if len(token) > TOKEN_MAX_CHARS or not token.isascii():
            raise UsageError("room_link_unknown", detail="no token")
        required = ["v", "use", "aud", "sub", "name", "host", "page", "exp"]
        try:
            claims = jwt.decode(
                token,
                self._key,
                algorithms=[_ALGORITHM],
                audience=room_id,
                options={"require": required, "verify_exp": False},  # the library has no clock that tests could set
            )
        except jwt.InvalidTokenError as error:
            raise UsageError("room_link_unknown", detail=type(error).__name__) from error
        if claims["v"] != _VERSION:
            raise UsageError("room_link_unknown", detail="another version")
        expires_at = datetime.fromtimestamp(claims["exp"], tz=UTC)
        if self._now() >= expires_at:
            raise UsageError("room_link_expired")
        return claims["use"], Ticket(claims["sub"], claims["name"], claims["host"], claims["page"], expires_at)
