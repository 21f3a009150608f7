"""Ask people for the right to set their status and to pause their notifications, by Slack's OAuth.

Sources: https://docs.slack.dev/authentication/installing-with-oauth,
https://docs.slack.dev/reference/methods/oauth.v2.access, https://docs.slack.dev/authentication/using-token-rotation
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Final
from urllib.parse import urlencode

from calls.errors import ProviderAuth, ProviderDown, SlackError, SlackRefused, UsageError
from calls.installations import Tokens
from calls.linked_accounts import AccountTrip, GivenCode
from calls.ports import Clock
from calls.secret import Secret
from calls.slack.answers import object_in, text_in
from calls.slack.oauth_api import AUTHORIZE, METHOD
from calls.slack.web import SlackWeb
from calls.status import SLACK

USER_SCOPES: Final = ("users.profile:read", "users.profile:write", "dnd:read", "dnd:write")
"""What people are asked for, the same as in manifest.yml."""

_REFRESH_PREFIX = "xoxe-"
_TEST = "auth.test"


class PersonOAuth:
    """Slack as a place where people connect an account: their own, with the right to set their status.

    Errors are those of a meeting system, as `calls.linked_accounts.SignsPeopleIn` says.
    """

    label = "Slack"

    def __init__(self, web: SlackWeb, client_id: str, client_secret: str, now: Clock) -> None:
        """Ask nothing yet.

        Args:
            client_id: of the app, as its page at Slack shows it.
        """
        self._web = web
        self._client_id = client_id
        self._client_secret = client_secret
        self._now = now

    def sign_in_url(self, trip: AccountTrip) -> str:
        """Return where a browser is sent to ask its person."""
        query = {"client_id": self._client_id, "user_scope": ",".join(USER_SCOPES)}
        query |= {"state": trip.state, "redirect_uri": trip.redirect_uri}
        return f"{self._web.site_url}{AUTHORIZE}?{urlencode(query)}"

    async def exchange(self, given: GivenCode) -> Tokens:
        """Return the tokens for a code, if it is the one person's who was asked.

        Raises:
            UsageError: when Slack does not take the code, or somebody else has signed in at Slack.
            ProviderDown: when Slack does not answer now.
        """
        form = {"grant_type": "authorization_code", "code": given.code, "redirect_uri": given.redirect_uri}
        try:
            answer = await self._web.call_as_client(self._client_id, self._client_secret, METHOD, form)
        except SlackRefused as refused:
            raise UsageError("account_not_given", detail=refused.code) from refused
        except SlackError as error:
            raise _down(error) from error
        person, team = object_in(answer.data, "authed_user") or {}, object_in(answer.data, "team") or {}
        owner = given.owner
        if owner is None or (text_in(person, "id"), text_in(team, "id")) != (owner.user_id, owner.team_id):
            raise UsageError("account_not_yours")
        return self._tokens(person)

    async def renew(self, refresh: Secret) -> Tokens:
        """Return new tokens; one that does not expire is only looked at."""
        token = refresh.reveal()
        try:
            if not token.startswith(_REFRESH_PREFIX):
                await self._web.call_with_token(token, _TEST, {})
                return Tokens(refresh, None, None)
            form = {"grant_type": "refresh_token", "refresh_token": token}
            answer = await self._web.call_as_client(self._client_id, self._client_secret, METHOD, form)
        except SlackRefused as refused:
            raise ProviderAuth("unauthorized", provider=SLACK, detail=refused.code) from refused
        except SlackError as error:
            raise _down(error) from error
        return self._tokens(answer.data)

    async def name_of(self, access: Secret) -> str:
        """Return what Slack calls the person of a token."""
        try:
            answer = await self._web.call_with_token(access.reveal(), _TEST, {})
        except SlackRefused as refused:
            raise ProviderAuth("unauthorized", provider=SLACK, detail=refused.code) from refused
        except SlackError as error:
            raise _down(error) from error
        return text_in(answer.data, "user") or answer.text("user_id", _TEST)

    def _tokens(self, data: Mapping[str, object]) -> Tokens:
        access, refresh, lasts_s = text_in(data, "access_token"), text_in(data, "refresh_token"), data.get("expires_in")
        if access is None:
            raise UsageError("account_not_given", detail="no token")
        expires_at = self._now() + timedelta(seconds=lasts_s) if isinstance(lasts_s, int) else None
        return Tokens(Secret(access), None if refresh is None else Secret(refresh), expires_at)


def _down(error: SlackError) -> ProviderDown:
    return ProviderDown("unreachable", provider=SLACK, detail=error.code)
