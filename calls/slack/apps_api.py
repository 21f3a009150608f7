"""Find out whether an app-level token opens Socket Mode."""

from __future__ import annotations

from calls.slack.web import SlackWeb

METHOD = "apps.connections.open"


class AppsApi:
    """Slack's apps.connections.open; it needs an app-level token with the scope connections:write.

    Source: https://docs.slack.dev/reference/methods/apps.connections.open
    """

    def __init__(self, web: SlackWeb) -> None:
        self._web = web

    async def check_token(self, app_token: str) -> None:
        """Ask for a Socket Mode connection and do not use it, which changes nothing for connections that are open.

        Raises:
            SlackTokenDead: when the token is wrong or revoked.
            SlackScopeMissing: when it was made without connections:write.
            SlackError: another one, for every other outcome but success.
        """
        (await self._web.call_with_token(app_token, METHOD, {})).text("url", METHOD)
