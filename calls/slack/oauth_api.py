"""Install by OAuth: where admins are sent, what Slack gives for what they bring back, and new tokens for old ones.

Sources: https://docs.slack.dev/authentication/installing-with-oauth,
https://docs.slack.dev/reference/methods/oauth.v2.access, https://docs.slack.dev/authentication/using-token-rotation
"""

from __future__ import annotations

from datetime import timedelta
from urllib.parse import urlencode

from calls.errors import SlackInstallRefused, SlackOutcomeUnknown, SlackRefused, SlackTokenDead
from calls.installations import Installation, Place, Tokens
from calls.model import UserId
from calls.ports import Clock
from calls.secret import Secret
from calls.slack.answers import Answer, object_in, text_in
from calls.slack.auth_api import AuthApi
from calls.slack.web import SlackWeb

METHOD = "oauth.v2.access"
BOT_SCOPES = (
    *("calls:read", "calls:write", "chat:write", "chat:write.public", "links:read", "links:write", "files:write"),
    *("channels:read", "groups:read", "users:read", "usergroups:read", "commands"),
)
"""What the app asks for, the same as in manifest.yml."""

AUTHORIZE = "/oauth/v2/authorize"


class OAuthApi:
    """Slack's oauth.v2.access, and the page before it."""

    def __init__(self, web: SlackWeb, client_id: str, client_secret: str, now: Clock) -> None:
        """Ask nothing yet.

        Args:
            client_id: of the app, as its page at Slack shows it.
        """
        self._web = web
        self._auth = AuthApi(web)
        self._client_id = client_id
        self._client_secret = client_secret
        self._now = now

    @property
    def client_id(self) -> str:
        """Return the id of the app whose tokens these are."""
        return self._client_id

    def authorize_url(self, state: str, redirect_uri: str) -> str:
        """Return where a browser is sent to install the app.

        Args:
            state: comes back with the browser.
            redirect_uri: where Slack sends the browser.
        """
        query = {
            "client_id": self._client_id,
            "scope": ",".join(BOT_SCOPES),
            "state": state,
            "redirect_uri": redirect_uri,
        }
        return f"{self._web.site_url}{AUTHORIZE}?{urlencode(query)}"

    def open_url(self, installation: Installation) -> str:
        """Return where a browser finds the app in Slack. Source: https://docs.slack.dev/interactivity/deep-linking."""
        team = {"team": installation.place.team_id} if installation.place.team_id else {}
        return f"{self._web.site_url}/app_redirect?{urlencode({'app': installation.app_id, **team})}"

    async def install(self, code: str, redirect_uri: str) -> Installation:
        """Exchange what the browser brought back for an installation; who the bot is, is asked once, here.

        Raises:
            SlackInstallRefused: when Slack does not take the code.
            SlackError: another one, for every other outcome but success.
        """
        form = {"grant_type": "authorization_code", "code": code, "redirect_uri": redirect_uri}
        try:
            answer = await self._web.call_as_client(self._client_id, self._client_secret, METHOD, form)
        except SlackRefused as refused:
            raise SlackInstallRefused(refused.code, METHOD, detail=refused.detail) from refused
        tokens = self._tokens(answer)
        identity = await self._auth.test(tokens.access.reveal())
        place, name = self._place(answer)
        return Installation(
            place=place,
            name=name,
            app_id=answer.text("app_id", METHOD),
            bot_id=identity.bot_id,
            bot_user_id=answer.text("bot_user_id", METHOD),
            scopes=frozenset(scope for scope in (text_in(answer.data, "scope") or "").split(",") if scope),
            installed_by=UserId(text_in(object_in(answer.data, "authed_user") or {}, "id") or ""),
            installed_at=identity.server_date or self._now(),
            tokens=tokens,
        )

    async def refresh(self, tokens: Tokens) -> Tokens:
        """Exchange tokens that expire for the next ones; Slack then counts the old refresh token as used.

        Raises:
            SlackRefused: when Slack no longer takes the refresh token.
            SlackError: another one, for every other outcome but success.
        """
        if tokens.refresh is None:
            raise SlackTokenDead("refresh_refused", METHOD, detail="no refresh token")
        form = {"grant_type": "refresh_token", "refresh_token": tokens.refresh.reveal()}
        return self._tokens(await self._web.call_as_client(self._client_id, self._client_secret, METHOD, form))

    def _tokens(self, answer: Answer) -> Tokens:
        refresh, lasts_s = text_in(answer.data, "refresh_token"), answer.data.get("expires_in")
        expires_at = self._now() + timedelta(seconds=lasts_s) if isinstance(lasts_s, int) else None
        access = Secret(answer.text("access_token", METHOD))
        return Tokens(access, None if refresh is None else Secret(refresh), expires_at)

    def _place(self, answer: Answer) -> tuple[Place, str]:
        """Return where the app was installed, and what that is called; `team` is null for a whole organisation."""
        team, enterprise = object_in(answer.data, "team") or {}, object_in(answer.data, "enterprise") or {}
        whole = answer.data.get("is_enterprise_install") is True
        team_id = "" if whole else text_in(team, "id") or ""
        enterprise_id = text_in(enterprise, "id") or ""
        if not (team_id or enterprise_id):
            raise SlackOutcomeUnknown("incomplete_answer", METHOD, detail="no team and no enterprise")
        name = text_in(enterprise if whole else team, "name") or team_id or enterprise_id
        return Place(self._client_id, enterprise_id, team_id), name
