"""Sign people in at a vendor by OAuth with PKCE, and keep their right to meetings of their own.

Source: https://www.rfc-editor.org/rfc/rfc6749#section-4.1 and https://www.rfc-editor.org/rfc/rfc7636
"""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

import aiohttp

from calls.errors import ProviderAuth, ProviderDown
from calls.installations import Tokens
from calls.linked_accounts import AccountTrip, GivenCode
from calls.secret import Secret
from providers.remote_api import Request, send_once, vendor_code

_OK, _SERVER_ERROR = 200, 500


@dataclass(frozen=True, slots=True)
class UserOAuth:
    """One vendor's sign-in of people; `calls.linked_accounts.SignsPeopleIn` says what each method does.

    Args:
        provider: the meeting system's name, for errors.
        authorize_url: the page at which people allow it.
        token_url: where codes and refresh tokens are exchanged.
        who_url: where a token's owner is told.
        who_field: what of that answer people recognise their account by.
    """

    provider: str
    label: str
    authorize_url: str
    token_url: str
    who_url: str
    who_field: str
    client_id: str
    client_secret: str = field(repr=False)
    session: aiohttp.ClientSession = field(repr=False)
    now: Callable[[], datetime]

    def sign_in_url(self, trip: AccountTrip) -> str:
        """Return where a browser is sent."""
        query = {
            "response_type": "code",
            "client_id": self.client_id,
            "redirect_uri": trip.redirect_uri,
            "state": trip.state,
            "code_challenge": trip.challenge,
            "code_challenge_method": "S256",
        }
        return f"{self.authorize_url}?{urlencode(query)}"

    async def exchange(self, given: GivenCode) -> Tokens:
        """Return the tokens for a code."""
        form = {"grant_type": "authorization_code", "code": given.code, "code_verifier": given.verifier}
        return await self._tokens({**form, "redirect_uri": given.redirect_uri}, None)

    async def renew(self, refresh: Secret) -> Tokens:
        """Return new tokens; a vendor that sends no new refresh token goes on taking the old one."""
        return await self._tokens({"grant_type": "refresh_token", "refresh_token": refresh.reveal()}, refresh)

    async def name_of(self, access: Secret) -> str:
        """Ask whose token it is."""
        headers = {"Authorization": f"Bearer {access.reveal()}"}
        status, raw = await send_once(self.session, self.provider, Request("GET", self.who_url, headers=headers))
        name = _read(raw).get(self.who_field)
        if status != _OK or not isinstance(name, str):
            raise ProviderAuth("credentials_refused", provider=self.provider, detail=str(status))
        return name

    async def _tokens(self, form: Mapping[str, str], refresh: Secret | None) -> Tokens:
        asked_at = self.now()
        credentials = base64.b64encode(f"{self.client_id}:{self.client_secret}".encode()).decode()
        headers = {"Authorization": f"Basic {credentials}"}
        request = Request("POST", self.token_url, form=form, headers=headers)
        status, raw = await send_once(self.session, self.provider, request)
        answer = _read(raw)
        if status != _OK:
            raise ProviderAuth("credentials_refused", provider=self.provider, detail=vendor_code(answer) or str(status))
        access, lasts_s, new = (answer.get(name) for name in ("access_token", "expires_in", "refresh_token"))
        if not isinstance(access, str) or not isinstance(lasts_s, int):
            raise ProviderDown("unreadable_answer", provider=self.provider, detail="token")
        kept = Secret(new) if isinstance(new, str) else refresh
        return Tokens(Secret(access), kept, asked_at + timedelta(seconds=lasts_s))


def _read(raw: bytes) -> dict[str, Any]:
    try:
        read = json.loads(raw)
    except ValueError:
        read = None
    return read if isinstance(read, dict) else {}
