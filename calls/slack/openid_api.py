"""Sign in with Slack: where people are sent, and who came back.

Sources: https://docs.slack.dev/authentication/sign-in-with-slack,
https://docs.slack.dev/reference/methods/openid.connect.token,
https://openid.net/specs/openid-connect-core-1_0.html#CodeFlowAuth
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlencode

from calls.errors import SlackSignInRefused
from calls.model import TeamId, UserId
from calls.signed_in import SignedIn
from calls.slack.answers import list_in, text_in
from calls.slack.web import SlackWeb

TOKEN_METHOD = "openid.connect.token"  # noqa: S105 - the name of a method
USER_INFO_METHOD = "openid.connect.userInfo"

SCOPES = "openid profile"
"""No `email`: who somebody is at Slack is all that is needed to join."""

CLOCKS_DIFFER_S = 60

_AUTHORIZE = "/openid/connect/authorize"
_CONFIGURATION = "/.well-known/openid-configuration"
_TEAM_ID, _USER_ID = "https://slack.com/team_id", "https://slack.com/user_id"
_TEAM_NAME = "https://slack.com/team_name"


@dataclass(frozen=True, slots=True)
class Attempt:
    """One way of a browser to Slack and back.

    Args:
        state: comes back with the browser, and says which attempt this is.
        nonce: comes back in what Slack signs.
        verifier: proves, when the code is exchanged, that it was asked for here.
        redirect_uri: where Slack sends the browser.
    """

    state: str
    nonce: str
    verifier: str = field(repr=False)
    redirect_uri: str


class OpenIdApi:
    """Slack as an OpenID provider.

    What Slack signs with and whether it takes PKCE is asked once. PKCE (S256) is used exactly when Slack's own
    description names it, as RFC 8414 has it: Slack's did not when this was written, its apps have to be made public
    clients for it, which cannot be undone, and a code with both a verifier and a client's secret was seen to be
    answered with `internal_error`. Without it a code that was stolen or planted is still refused here, by the nonce.

    Sources: https://api.slack.com/.well-known/openid-configuration, https://docs.slack.dev/authentication/using-pkce,
    https://github.com/paradigmxyz/centaur/pull/1101, https://www.rfc-editor.org/rfc/rfc8414#section-2,
    https://www.rfc-editor.org/rfc/rfc9700#section-2.1.1
    """

    def __init__(self, web: SlackWeb, client_id: str, client_secret: str) -> None:
        """Ask nothing yet.

        Args:
            client_id: of the app, as its page at Slack shows it.
        """
        self._web = web
        self._client_id = client_id
        self._client_secret = client_secret
        # Loaded where people sign in: it brings all of cryptography along.
        from calls.slack.openid_keys import OpenIdKeys  # noqa: PLC0415

        self._keys = OpenIdKeys(web)
        self._takes_pkce: bool | None = None

    async def authorize_url(self, attempt: Attempt, team_id: str | None) -> str:
        """Return where a browser is sent to sign in.

        Args:
            team_id: the workspace to sign in to; None lets the person choose.

        Raises:
            SlackError: when Slack cannot be asked what it takes.
        """
        query = {
            "response_type": "code",
            "client_id": self._client_id,
            "scope": SCOPES,
            "state": attempt.state,
            "nonce": attempt.nonce,
            "redirect_uri": attempt.redirect_uri,
        }
        if team_id is not None:
            query["team"] = team_id
        if await self._pkce():
            query |= {"code_challenge": _challenge(attempt.verifier), "code_challenge_method": "S256"}
        return f"{self._web.site_url}{_AUTHORIZE}?{urlencode(query)}"

    async def signed_in(self, code: str, attempt: Attempt) -> SignedIn:
        """Exchange what the browser brought back for who it is.

        Raises:
            SlackSignInRefused: when Slack does not take the code, or its answer cannot be trusted.
            SlackError: another one, for every other outcome but success.
        """
        form = {"grant_type": "authorization_code", "code": code, "redirect_uri": attempt.redirect_uri}
        if await self._pkce():
            form["code_verifier"] = attempt.verifier
        answer = await self._web.call_as_client(self._client_id, self._client_secret, TOKEN_METHOD, form)
        claims = await self._claims(answer.text("id_token", TOKEN_METHOD))
        said = text_in(claims, "nonce") or ""
        team_id, user_id = text_in(claims, _TEAM_ID), text_in(claims, _USER_ID)
        if not hmac.compare_digest(said.encode(), attempt.nonce.encode()):
            raise SlackSignInRefused("sign_in_not_trusted", TOKEN_METHOD, detail="another nonce")
        if team_id is None or user_id is None:
            raise SlackSignInRefused("sign_in_not_trusted", TOKEN_METHOD, detail="no team or no user")
        about = await self._web.call_with_token(answer.text("access_token", TOKEN_METHOD), USER_INFO_METHOD, {})
        if (text_in(about.data, _TEAM_ID), text_in(about.data, _USER_ID)) != (team_id, user_id):
            raise SlackSignInRefused("sign_in_not_trusted", USER_INFO_METHOD, detail="another person")
        return _signed_in(team_id, user_id, about.data)

    async def _claims(self, id_token: str) -> Mapping[str, object]:
        """Return what Slack says in a token of its own, for us and for now."""
        import jwt  # noqa: PLC0415 - as above

        try:
            key = await self._keys.key_of(id_token)
            return jwt.decode(
                id_token,
                key,
                algorithms=["RS256"],
                audience=self._client_id,
                issuer=self._web.site_url,
                leeway=CLOCKS_DIFFER_S,
                options={"require": ["iss", "aud", "exp", "iat", "sub"]},
            )
        except jwt.PyJWTError as fault:
            raise SlackSignInRefused("sign_in_not_trusted", TOKEN_METHOD, detail=type(fault).__name__) from fault

    async def _pkce(self) -> bool:
        if self._takes_pkce is None:
            described = await self._web.get(_CONFIGURATION)
            self._takes_pkce = "S256" in list_in(described, "code_challenge_methods_supported")
        return self._takes_pkce


def _challenge(verifier: str) -> str:
    """Return what is sent ahead of a verifier. Source: https://www.rfc-editor.org/rfc/rfc7636#section-4.2."""
    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).decode().rstrip("=")


def _signed_in(team_id: str, user_id: str, about: Mapping[str, object]) -> SignedIn:
    picture = text_in(about, "picture")
    return SignedIn(
        team_id=TeamId(team_id),
        user_id=UserId(user_id),
        name=text_in(about, "name") or text_in(about, "given_name") or "",
        team_name=text_in(about, _TEAM_NAME) or "",
        avatar_url=picture if picture is not None and picture.startswith("https://") else None,
    )
