"""See to it that Daily reports to us: one webhook for the whole domain, which Daily switches off when we are away.

Source: https://docs.daily.co/reference/rest-api/webhooks/create-webhook and its neighbours
"""

from __future__ import annotations

import asyncio
import base64
from dataclasses import dataclass, field

from providers.daily.reports import EVENT_TYPES
from providers.reading import UnreadableError, as_object, read_id
from providers.remote_api import Json, RemoteApi

FAILED = "FAILED"
"""The state of a webhook that Daily no longer uses."""


@dataclass(frozen=True, slots=True)
class DailyWebhook:
    """Our webhook at Daily.

    Args:
        url: where it reports to.
        secret: what it signs with.
    """

    api: RemoteApi
    url: str
    secret: bytes = field(repr=False)
    _lock: asyncio.Lock = field(default_factory=asyncio.Lock, repr=False)

    async def ensure(self) -> None:
        """Make the webhook, switch it on again or correct it; leave it alone where it is well.

        Raises:
            ProviderError: also when Daily does not reach us, which it tries before it agrees.
        """
        async with self._lock:
            found = await self.find()
            if found is None:
                await self.api.ask("POST", "/webhooks", body=self._wanted)
            elif not self._is_well(found):
                await self.api.ask("POST", f"/webhooks/{_uuid(found)}", body=self._wanted)

    async def find(self) -> Json | None:
        """Return the webhook as Daily has it, or None when there is none."""
        for item in await self.api.ask_list("/webhooks"):
            if isinstance(item, dict) and item.get("url") == self.url and _uuid(item):
                return item
        return None

    @property
    def _wanted(self) -> Json:
        return {
            "url": self.url,
            "hmac": base64.b64encode(self.secret).decode(),
            "eventTypes": list(EVENT_TYPES),
            "retryType": "exponential",
        }

    def _is_well(self, found: Json) -> bool:
        """Say whether it reports what we want, signed as we want; what Daily does not tell is taken for well."""
        types, secret = found.get("eventTypes"), found.get("hmac")
        if found.get("state") == FAILED or (isinstance(types, list) and not set(EVENT_TYPES) <= set(map(str, types))):
            return False
        return not isinstance(secret, str) or secret == self._wanted["hmac"]


def _uuid(found: object) -> str:
    """Return a webhook's id; empty for none, or for one that would change the address it is put into."""
    try:
        uuid = read_id(as_object(found).get("uuid"), max_chars=64)
    except UnreadableError:
        return ""
    return uuid if uuid.replace("-", "").isalnum() and uuid.isascii() else ""
