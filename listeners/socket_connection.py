"""One WebSocket of Socket Mode, from its opening to its end.

Source: https://docs.slack.dev/apis/events-api/using-socket-mode
"""

from __future__ import annotations

import asyncio
import json
import logging
from collections import deque
from collections.abc import AsyncIterator, Sequence
from typing import Any, Final

import aiohttp

from calls.errors import SlackUnreachable

_log = logging.getLogger(__name__)

Frame = dict[str, Any]

OPENING_MAX_S: Final = 5.0
"""How long Slack has to take the connection, and to say hello, in seconds."""

HEARTBEAT_S: Final = 1.6
"""How often a silent connection is asked whether it is there; it is given up after half as long again.

So silence is noticed in time to acknowledge over another connection what went into it: Slack waits for 3 s.
"""

FRAME_MAX_BYTES: Final = 4 * 1024 * 1024

DOUBTFUL_S: Final = 3.0
"""How old an acknowledgement may be to be sent again; Slack does not wait for older ones."""

_SENT_MAX = 1_000


class SocketConnection:
    """A connection Slack can deliver over."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        self._socket = socket
        self._sent: deque[tuple[float, str]] = deque(maxlen=_SENT_MAX)

    @classmethod
    async def opened(cls, session: aiohttp.ClientSession, url: str) -> SocketConnection:
        """Connect, and wait until Slack has said hello.

        Raises:
            SlackUnreachable: when it did not in time.
        """
        try:
            async with asyncio.timeout(OPENING_MAX_S):
                socket = await session.ws_connect(url, heartbeat=HEARTBEAT_S, max_msg_size=FRAME_MAX_BYTES)
            connection = cls(socket)
            async with asyncio.timeout(OPENING_MAX_S):
                first = await anext(connection.frames(), None)
        except (TimeoutError, aiohttp.ClientError, OSError) as failure:
            raise SlackUnreachable("unreachable", "Socket Mode", detail=type(failure).__name__) from None
        if first is None or first.get("type") != "hello":
            await connection.close()
            raise SlackUnreachable("unreachable", "Socket Mode", detail="no hello")
        return connection

    @property
    def is_open(self) -> bool:
        """Say whether Slack can deliver over it, as far as is known."""
        return not self._socket.closed

    async def frames(self) -> AsyncIterator[Frame]:
        """Yield what Slack sends until the connection ends, in whatever way; what cannot be read is passed over."""
        async for message in self._socket:
            if message.type is not aiohttp.WSMsgType.TEXT:
                continue
            frame = _read(message.data)
            if frame is None:
                _log.warning("Slack sent a frame that cannot be read")
            else:
                yield frame

    async def send(self, text: str) -> bool:
        """Send an acknowledgement; False when the connection is gone."""
        if self._socket.closed:
            return False
        try:
            await self._socket.send_str(text)
        except (aiohttp.ClientError, OSError):
            return False
        self._sent.append((asyncio.get_running_loop().time(), text))
        return True

    def doubtful(self) -> Sequence[str]:
        """Return the acknowledgements that may have been lost when the connection broke."""
        since = asyncio.get_running_loop().time() - DOUBTFUL_S
        return [text for sent_at, text in self._sent if sent_at >= since]

    async def close(self) -> None:
        """Take leave."""
        await self._socket.close()


def _read(text: str) -> Frame | None:
    try:
        frame = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return frame if isinstance(frame, dict) else None
