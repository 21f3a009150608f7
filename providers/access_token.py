"""Keep an access token of a hosted meeting system, and renew it before it expires: once, however many ask."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

RENEW_EARLY = timedelta(seconds=60)
"""How long before its end a token is no longer used."""


@dataclass(frozen=True, slots=True)
class AccessToken:
    """A bearer token with the time it ends."""

    value: str = field(repr=False)
    expires_at: datetime


class TokenKeeper:
    """Gives out one token until it has to be renewed."""

    def __init__(self, fetch: Callable[[], Awaitable[AccessToken]], now: Callable[[], datetime]) -> None:
        """Take how a token is had; nothing is fetched before one is asked for.

        Args:
            fetch: raises ProviderDown or ProviderAuth.
        """
        self._fetch = fetch
        self._now = now
        self._token: AccessToken | None = None
        self._lock = asyncio.Lock()

    async def authorize(self, renewed: bool) -> str:  # noqa: FBT001 - as `providers.remote_api.Authorize` is called
        """Return the Authorization header.

        Args:
            renewed: whether the last token was not accepted; of many who say so at once, one renews it.
        """
        refused = self._token if renewed else None
        async with self._lock:
            if self._token is None or self._token is refused or self._now() >= self._token.expires_at - RENEW_EARLY:
                self._token = await self._fetch()
            return f"Bearer {self._token.value}"
