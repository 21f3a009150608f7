"""Tokens that say something for a while, which only we can have made: JSON Web Tokens, signed with a key of ours.

The library is loaded with the first token. It brings all of cryptography along, a tenth of the memory at rest, and not
every installation has a page that hands out tokens.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

_ALGORITHM: Final = "HS256"


def sign(said: Mapping[str, object], key: bytes, *, audience: str, expires_at: datetime) -> str:
    """Return a token.

    Args:
        audience: what it is for; it cannot be used for anything else.
    """
    import jwt  # noqa: PLC0415

    return jwt.encode({**said, "aud": audience, "exp": expires_at}, key, _ALGORITHM)


def read(token: str, key: bytes, *, audience: str) -> Mapping[str, Any] | None:
    """Return what a token says; None when it is not ours, for something else, or too old."""
    import jwt  # noqa: PLC0415

    try:
        return jwt.decode(token, key, [_ALGORITHM], audience=audience, options={"require": ["aud", "exp"]})
    except (jwt.PyJWTError, UnicodeEncodeError):  # the latter for characters that no token has
        return None
