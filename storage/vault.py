"""Keep tokens unreadable for whoever has the database alone."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from calls.errors import ConfigError
from calls.installations import Place, Tokens
from calls.secret import Secret


class Vault:
    """Encrypts the tokens of one place so that they open there alone.

    Fernet is AES-128 in CBC mode with an HMAC over all of it. Source: https://github.com/fernet/spec
    """

    def __init__(self, keys: Sequence[Secret]) -> None:
        """Take the keys.

        Args:
            keys: the first one encrypts, all of them decrypt.
        """
        # Its cryptography is loaded where there is something to keep: a tenth of the memory at rest.
        from cryptography.fernet import Fernet, MultiFernet  # noqa: PLC0415

        self._fernet = MultiFernet([Fernet(key.reveal()) for key in keys])

    def lock(self, place: Place, tokens: Tokens) -> str:
        """Return tokens as the database keeps them."""
        kept = {
            "of": _name(place),
            "access": tokens.access.reveal(),
            "refresh": None if tokens.refresh is None else tokens.refresh.reveal(),
            "expires_at": None if tokens.expires_at is None else tokens.expires_at.timestamp(),
        }
        return self._fernet.encrypt(json.dumps(kept).encode()).decode()

    def open(self, place: Place, locked: str) -> Tokens:
        """Return tokens as they were.

        Raises:
            ConfigError: when no key fits, or they belong to another place.
        """
        from cryptography.fernet import InvalidToken  # noqa: PLC0415

        try:
            kept: dict[str, Any] = json.loads(self._fernet.decrypt(locked.encode()))
        except InvalidToken:
            raise ConfigError("encryption_key_wrong", detail=_shown(place)) from None
        if kept["of"] != _name(place):
            raise ConfigError("encryption_key_wrong", detail=_shown(place))
        refresh, expires_at = kept["refresh"], kept["expires_at"]
        return Tokens(
            Secret(kept["access"]),
            None if refresh is None else Secret(refresh),
            None if expires_at is None else datetime.fromtimestamp(expires_at, UTC),
        )


def _name(place: Place) -> list[str]:
    return [place.client_id, place.enterprise_id, place.team_id]


def _shown(place: Place) -> str:
    return place.team_id or place.enterprise_id
