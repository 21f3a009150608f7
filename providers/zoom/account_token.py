"""Get access tokens for a Zoom account."""

from __future__ import annotations

import base64
from collections.abc import Callable
from datetime import datetime, timedelta

import aiohttp

from calls.errors import ProviderAuth, ProviderDown, ProviderRefused
from providers.access_token import AccessToken
from providers.remote_api import RemoteApi
from providers.zoom.settings import ZoomSettings


class AccountToken:
    """Gets tokens for the account that a Server-to-Server OAuth app belongs to."""

    def __init__(self, settings: ZoomSettings, session: aiohttp.ClientSession, now: Callable[[], datetime]) -> None:
        """Send nothing yet."""
        self._account_id = settings.account_id
        self._now = now
        credentials = f"{settings.client_id}:{settings.client_secret}".encode()
        self._authorization = f"Basic {base64.b64encode(credentials).decode('ascii')}"
        self._api = RemoteApi("zoom", settings.sign_in_url, session, self._authorize)

    async def fetch(self) -> AccessToken:
        """Return a new token, which lasts an hour; a token that was given before goes on working.

        Source: https://developers.zoom.us/docs/internal-apps/s2s-oauth/

        Raises:
            ProviderDown: when Zoom does not work now.
            ProviderAuth: when it does not know the account, or the app's id and secret, or the app is not activated.
        """
        asked_at = self._now()
        params = {"grant_type": "account_credentials", "account_id": self._account_id}
        try:
            answer = await self._api.ask("POST", "/oauth/token", params=params)
        except ProviderRefused as refused:
            # Zoom answers 400 to an unknown account or a wrong secret, where others answer 401.
            raise ProviderAuth("unauthorized", provider="zoom", detail=refused.detail) from refused
        token, lasts_s = answer.body.get("access_token"), answer.body.get("expires_in")
        if not isinstance(token, str) or not isinstance(lasts_s, int):
            raise ProviderDown("unreadable_answer", provider="zoom", detail="token")
        return AccessToken(token, asked_at + timedelta(seconds=lasts_s))

    async def _authorize(self, _renewed: bool) -> str:  # noqa: FBT001 - as `providers.remote_api.Authorize` is called
        return self._authorization
