"""Follow Zoom's events over a WebSocket, so that nobody has to reach us.

Source: https://developers.zoom.us/docs/api/websockets/ and https://github.com/zoom/websocket-js-sample
"""

from __future__ import annotations

import asyncio
import json
import logging
import secrets
from collections.abc import AsyncGenerator
from contextlib import aclosing, suppress
from dataclasses import dataclass, field

import aiohttp

from calls.errors import ProviderAuth, ProviderDown, ProviderError
from providers.access_token import TokenKeeper
from providers.remote_api import Json

_log = logging.getLogger(__name__)

HEARTBEAT_S = 30.0
SILENCE_S = 75.0
"""Without a word for longer than two heartbeats take, the connection is taken for dead."""

WAIT_MIN_S, WAIT_MAX_S = 1.0, 60.0
"""How long to wait before the next try, from the first to the last, in seconds."""

_MESSAGE_MAX_BYTES = 1024 * 1024


@dataclass(slots=True)
class EventSocket:
    """Follows one event subscription; Zoom lets one process at a time do so.

    Args:
        heartbeat_s: how often to say that we are there, as Zoom expects it.
    """

    url: str
    subscription_id: str
    session: aiohttp.ClientSession = field(repr=False)
    tokens: TokenKeeper = field(repr=False)
    heartbeat_s: float = HEARTBEAT_S
    wait_min_s: float = WAIT_MIN_S
    _is_down: bool = False
    _refused: bool = False

    async def events(self) -> AsyncGenerator[Json]:
        """Return events as they come, and connect again whenever the connection is lost, until cancelled."""
        wait_s = self.wait_min_s
        while True:
            try:
                async with aclosing(self._connected()) as connection:
                    async for event in connection:
                        wait_s = self.wait_min_s
                        yield event
                error: ProviderError = ProviderDown("connection_closed", provider="zoom")
            except ProviderError as raised:
                error = raised
            self._went_down(error)
            # By chance up to half longer, so that many do not come back in the same moment.
            await asyncio.sleep(wait_s * (1 + secrets.randbelow(500) / 1000))
            wait_s = min(wait_s * 2, WAIT_MAX_S)

    async def _connected(self) -> AsyncGenerator[Json]:
        """Return the events of one connection until it is lost."""
        token = (await self.tokens.authorize(self._refused)).removeprefix("Bearer ")
        params = {"subscriptionId": self.subscription_id, "access_token": token}
        try:
            async with self.session.ws_connect(
                self.url, params=params, max_msg_size=_MESSAGE_MAX_BYTES, timeout=aiohttp.ClientWSTimeout(ws_close=5)
            ) as socket:
                beating = asyncio.create_task(self._beat(socket))
                try:
                    async with aclosing(self._read(socket)) as messages:
                        async for event in messages:
                            yield event
                finally:
                    beating.cancel()
                    await asyncio.gather(beating, return_exceptions=True)
        except aiohttp.WSServerHandshakeError as error:
            self._refused = error.status in {401, 403}
            raise ProviderDown("not_reached", provider="zoom", detail=f"status {error.status}") from error
        except (aiohttp.ClientError, OSError, TimeoutError) as error:
            raise ProviderDown("not_reached", provider="zoom", detail=type(error).__name__) from error

    async def _read(self, socket: aiohttp.ClientWebSocketResponse) -> AsyncGenerator[Json]:
        while True:
            message = await socket.receive(timeout=SILENCE_S)
            if message.type is not aiohttp.WSMsgType.TEXT:
                return
            said = _object(message.data)
            if said.get("module") == "build_connection":
                self._came_up(said)
            elif said.get("module") == "message":
                # Zoom puts an event into the message as text, its samples also show it as an object.
                event = _object(said.get("content"))
                self._note_up()
                if event:
                    yield event

    async def _beat(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        with suppress(aiohttp.ClientError, ConnectionError):
            while True:
                await socket.send_json({"module": "heartbeat"})
                await asyncio.sleep(self.heartbeat_s)

    def _came_up(self, said: Json) -> None:
        """Take Zoom's word on whether it accepts the connection."""
        self._refused = said.get("success") is not True
        if self._refused:
            raise ProviderAuth("unauthorized", provider="zoom", detail="build_connection")
        self._note_up()

    def _note_up(self) -> None:
        if self._is_down:
            _log.info("Zoom's events are followed again.")
        self._is_down = False

    def _went_down(self, error: ProviderError) -> None:
        if not self._is_down:
            _log.warning("Zoom's events cannot be followed at the moment, which is tried again: %s", error)
        self._is_down = True


def _object(said: object) -> Json:
    """Return a JSON object, given as text or as such; an empty one for anything else."""
    if isinstance(said, str):
        try:
            said = json.loads(said)
        except (ValueError, RecursionError):
            return {}
    return said if isinstance(said, dict) else {}
