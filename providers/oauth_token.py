"""Fetch an access token where a vendor gives them out, and tell every outcome apart."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import aiohttp

from calls.errors import ProviderAuth, ProviderDown
from providers.access_token import AccessToken
from providers.remote_api import Request, send_once, vendor_code

_OK = 200


@dataclass(frozen=True, slots=True)
class TokenEndpoint:
    """Where a vendor gives out access tokens for a form.

    Source: https://www.rfc-editor.org/rfc/rfc6749#section-5

    Args:
        provider: the meeting system's name, for errors.
    """

    provider: str
    url: str
    session: aiohttp.ClientSession = field(repr=False)
    now: Callable[[], datetime]

    async def fetch(self, form: Mapping[str, str]) -> AccessToken:
        """Send a form and return the token.

        Raises:
            ProviderDown: when the server was not reached, failed, answered nonsense or wants fewer requests.
            ProviderAuth: when it gives us none, with its own code as `detail`.
        """
        asked_at = self.now()
        status, raw = await send_once(self.session, self.provider, Request("POST", self.url, form=form))
        answer = _read(raw)
        if status != _OK:
            raise ProviderAuth("credentials_refused", provider=self.provider, detail=vendor_code(answer) or str(status))
        value, lasts_s = answer.get("access_token"), answer.get("expires_in")
        if not isinstance(value, str) or not value or isinstance(lasts_s, bool) or not isinstance(lasts_s, int | float):
            raise ProviderDown("unreadable_answer", provider=self.provider, detail="token")
        return AccessToken(value, asked_at + timedelta(seconds=lasts_s))


def _read(raw: bytes) -> dict[str, Any]:
    try:
        read = json.loads(raw)
    except (ValueError, RecursionError):
        read = None
    return read if isinstance(read, dict) else {}
