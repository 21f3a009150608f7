"""What is to be sent to one page, in order, without anybody waiting for a page that does not read."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from aiohttp import web

WAITING_MAX: Final = 200
"""How many messages may wait for a page; one that reads so slowly is cut off, and comes back by itself."""


@dataclass(frozen=True, slots=True)
class _Closing:
    """The end of a connection: a last message, if any, and the WebSocket's close code."""

    code: int
    message: str | None


class Outbox:
    """Messages for one page; `post` and `close` never wait."""

    def __init__(self, abort: Callable[[], None]) -> None:
        """Begin empty.

        Args:
            abort: cuts the connection at once.
        """
        self._abort = abort
        self._waiting: asyncio.Queue[str | _Closing] = asyncio.Queue(WAITING_MAX)

    def post(self, message: str) -> None:
        """Send a message after those before it."""
        self._put(message)

    def close(self, code: int, message: str | None = None) -> None:
        """Close the connection after what is to be sent before."""
        self._put(_Closing(code, message))

    async def send_to(self, socket: web.WebSocketResponse) -> None:
        """Send what is posted, until the connection is closed or breaks."""
        with contextlib.suppress(ConnectionError):
            while isinstance(item := await self._waiting.get(), str):
                await socket.send_str(item)
            if item.message is not None:
                await socket.send_str(item.message)
            await socket.close(code=item.code)

    def _put(self, item: str | _Closing) -> None:
        try:
            self._waiting.put_nowait(item)
        except asyncio.QueueFull:
            self._abort()
