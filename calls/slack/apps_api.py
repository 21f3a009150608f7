"""Open connections for Socket Mode with an app-level token."""

from __future__ import annotations

from calls.slack.web import SlackWeb

METHOD = "apps.connections.open"


class AppsApi:
    """Slack's apps.connections.open; it needs an app-level token with the scope connections:write.

    Source: https://docs.slack.dev/reference/methods/apps.connections.open
    """

    def __init__(self, web: SlackWeb) -> None:
        self._web = web

    async def open_connection(self, app_token: str) -> str:
        """Return an address at which one WebSocket can be opened once, soon.

        Not using it changes nothing for connections that are open.

        Raises:
            SlackTokenDead: when the token is wrong or revoked.
            SlackScopeMissing: when it was made without connections:write.
            SlackError: another one, for every other outcome but success.
        """
        return (await self._web.call_with_token(app_token, METHOD, {})).text("url", METHOD)
