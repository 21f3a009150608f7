"""Sign people in at a vendor by OAuth with PKCE, and keep their right to meetings of their own.

Source: https://www.rfc-editor.org/rfc/rfc6749#section-4.1 and https://www.rfc-editor.org/rfc/rfc7636
"""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Any, Final
from urllib.parse import urlencode

import aiohttp

from calls.errors import ProviderAuth, ProviderDown, ProviderRefused, UsageError
from calls.installations import Tokens
from calls.linked_accounts import AccountTrip, GivenCode
from calls.secret import Secret
from providers.remote_api import Request, send_once, vendor_code

_OK, _UNAUTHORIZED = 200, 401

_OURS: Final = {"invalid_client", "unauthorized_client", "unsupported_grant_type", "invalid_scope"}
"""What is said of the app, and not of anybody's account: https://www.rfc-editor.org/rfc/rfc6749#section-5.2.

`invalid_request` is not among them, as Webex says it of a refresh token that has expired:
https://github.com/webex/webex-js-sdk/pull/855
"""

_BUSY: Final = "temporarily_unavailable"


@dataclass(frozen=True, slots=True)
class UserOAuth:
    """One vendor's sign-in of people; `calls.linked_accounts.SignsPeopleIn` says what each method does.

    Args:
        provider: the meeting system's name, for errors.
        authorize_url: the page at which people allow it.
        token_url: where codes and refresh tokens are exchanged.
        who_url: where a token's owner is told.
        who_field: what of that answer people recognise their account by; of several, the first.
        scopes: what people are asked for; empty where the app's registration says it.
        needed: of these, what a vendor lets people leave out, and nothing works without.
        asks: what the vendor wants to be asked beside that.
        secret_in_form: whether the app's id and secret go into the form, and not into a header.
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
    scopes: tuple[str, ...] = ()
    needed: tuple[str, ...] = ()
    asks: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    secret_in_form: bool = False

    def sign_in_url(self, trip: AccountTrip) -> str:
        """Return where a browser is sent."""
        query = {
            "response_type": "code",
            "client_id": self.client_id,
            "redirect_uri": trip.redirect_uri,
            "state": trip.state,
            "code_challenge": trip.challenge,
            "code_challenge_method": "S256",
            **({"scope": " ".join(self.scopes)} if self.scopes else {}),
            **self.asks,
        }
        return f"{self.authorize_url}?{urlencode(query)}"

    async def exchange(self, given: GivenCode) -> Tokens:
        """Return the tokens for a code.

        Raises:
            UsageError: when somebody allowed only a part of what is needed.
        """
        form = {"grant_type": "authorization_code", "code": given.code, "code_verifier": given.verifier}
        asked_at = self.now()
        answer = await self._ask({**form, "redirect_uri": given.redirect_uri})
        allowed = answer.get("scope")
        if isinstance(allowed, str) and not set(self.needed) <= set(allowed.split()):
            raise UsageError("account_not_given", detail="a part of it")
        return self._tokens(answer, asked_at, None)

    async def renew(self, refresh: Secret) -> Tokens:
        """Return new tokens; a vendor that sends no new refresh token goes on taking the old one."""
        asked_at = self.now()
        answer = await self._ask({"grant_type": "refresh_token", "refresh_token": refresh.reveal()})
        return self._tokens(answer, asked_at, refresh)

    async def name_of(self, access: Secret) -> str:
        """Ask whose token it is."""
        headers = {"Authorization": f"Bearer {access.reveal()}"}
        status, raw = await send_once(self.session, self.provider, Request("GET", self.who_url, headers=headers))
        name = (_read(raw) or {}).get(self.who_field)
        first = name[0] if isinstance(name, list) and name else name
        if status != _OK or not isinstance(first, str):
            raise ProviderAuth("credentials_refused", provider=self.provider, detail=str(status))
        return first

    async def _ask(self, form: Mapping[str, str]) -> dict[str, Any]:
        """Send a form to the token endpoint and return its answer.

        Raises:
            ProviderDown: when the vendor does not work now, or somebody else answers in its place.
            ProviderAuth: when it does not take the code or the refresh token.
            ProviderRefused: when it does not take the app's own id and secret.
        """
        headers, own = {}, {"client_id": self.client_id, "client_secret": self.client_secret}
        if not self.secret_in_form:
            credentials = base64.b64encode(f"{self.client_id}:{self.client_secret}".encode()).decode()
            headers, own = {"Authorization": f"Basic {credentials}"}, {}
        request = Request("POST", self.token_url, form={**form, **own}, headers=headers)
        status, raw = await send_once(self.session, self.provider, request)
        answer = _read(raw)
        if answer is None:
            raise ProviderDown("unreadable_answer", provider=self.provider, detail=str(status))
        if status == _OK:
            return answer
        code = vendor_code(answer)
        if code == _BUSY:
            raise ProviderDown("server_error", provider=self.provider, detail=code)
        if code in _OURS or (status == _UNAUTHORIZED and not code):
            raise ProviderRefused("app_unknown", provider=self.provider, detail=code or str(status))
        raise ProviderAuth("credentials_refused", provider=self.provider, detail=code or str(status))

    def _tokens(self, answer: Mapping[str, Any], asked_at: datetime, refresh: Secret | None) -> Tokens:
        access, lasts_s, new = (answer.get(name) for name in ("access_token", "expires_in", "refresh_token"))
        if not isinstance(access, str) or not isinstance(lasts_s, int):
            raise ProviderDown("unreadable_answer", provider=self.provider, detail="token")
        kept = Secret(new) if isinstance(new, str) else refresh
        return Tokens(Secret(access), kept, asked_at + timedelta(seconds=lasts_s))


def _read(raw: bytes) -> dict[str, Any] | None:
    try:
        read = json.loads(raw)
    except (ValueError, RecursionError):
        read = None
    return read if isinstance(read, dict) else None
