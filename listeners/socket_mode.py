"""Socket Mode: the same listeners without a public address.

Source: https://docs.slack.dev/apis/events-api/using-socket-mode
"""

from __future__ import annotations

import time

import aiohttp
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.adapter.socket_mode.async_internals import run_async_bolt_app, send_async_response
from slack_bolt.async_app import AsyncApp
from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.socket_mode.aiohttp import SocketModeClient
from slack_sdk.socket_mode.request import SocketModeRequest

from calls.errors import SlackUnreachable
from calls.profiles import Profiles
from calls.slack.answers import checked
from calls.words.language import speaking
from listeners.speaking import locale_of
from listeners.taken_in import taken_in


class SocketMode(AsyncSocketModeHandler):
    """Bolt's handler, which also says when an acknowledgement is on the wire, and fails with our errors."""

    def __init__(self, app: AsyncApp, app_token: str, profiles: Profiles) -> None:
        super().__init__(app, app_token)
        self._profiles = profiles

    async def handle(self, client: SocketModeClient, req: SocketModeRequest) -> None:  # type: ignore[override]
        """Hand one envelope to Bolt and acknowledge it."""
        with taken_in(req.payload) as taken, speaking(await locale_of(req.payload, self._profiles)):
            response = await run_async_bolt_app(self.app, req)
            await send_async_response(client, req, response, time.monotonic())
            taken.status = response.status

    async def open(self) -> None:
        """Connect.

        Raises:
            SlackError: the one that fits what Slack said, or SlackUnreachable.
        """
        try:
            await self.connect_async()  # type: ignore[no-untyped-call]
        except SlackApiError as refused:
            answer = refused.response
            checked("apps.connections.open", answer.status_code, answer.headers, answer.data)
            raise SlackUnreachable("unreachable", "apps.connections.open") from refused
        except (SlackClientError, aiohttp.ClientError, OSError) as failure:
            raise SlackUnreachable("unreachable", "apps.connections.open") from failure

    async def connections(self) -> int:
        """Return how many connections Slack can deliver over now."""
        return int(await self.client.is_connected())

    async def shut(self) -> None:
        """Close the connection after what is in flight was acknowledged."""
        await self.close_async()  # type: ignore[no-untyped-call]
