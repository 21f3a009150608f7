"""One WebSocket of Socket Mode, from its opening to its end.

Source: https://docs.slack.dev/apis/events-api/using-socket-mode
"""

from __future__ import annotations

import asyncio
import json
import logging
from collections import deque
from collections.abc import AsyncIterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, Final

import aiohttp

from calls.errors import SlackUnreachable
from listeners.body_shape import ID_MAX_CHARS
from listeners.tally import Tally

_log = logging.getLogger(__name__)

OPENING_MAX_S: Final = 5.0
"""How long Slack has to take the connection, and to say hello, in seconds."""

CLOSING_MAX_S: Final = 1.0
"""How long the other side has to take leave, too, in seconds."""

HEARTBEAT_S: Final = 1.6
"""How often a silent connection is asked whether it is there; it is given up after half as long again.

So silence is noticed in time to acknowledge over another connection what went into it: Slack waits for 3 s.
"""

FRAME_MAX_BYTES: Final = 1024 * 1024
"""More than Slack ever sends: four times what is taken in over HTTP."""

DOUBTFUL_S: Final = 3.0
"""How old an acknowledgement may be to be sent again; Slack does not wait for older ones."""

_SENT_MAX = 1_000


@dataclass(frozen=True, slots=True)
class Frame:
    """What Slack says at a time.

    Args:
        said: its fields.
        size_bytes: how long it was.
    """

    said: dict[str, Any] = field(repr=False)
    size_bytes: int


class SocketConnection:
    """A connection Slack can deliver over."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        self._socket = socket
        self._sent: deque[tuple[float, str]] = deque(maxlen=_SENT_MAX)
        self._unreadable = Tally()

    @classmethod
    async def opened(
        cls, session: aiohttp.ClientSession, url: str, within_s: float = OPENING_MAX_S
    ) -> SocketConnection:
        """Connect, and wait until Slack has said hello.

        Args:
            within_s: how long each of the two may take.

        Raises:
            SlackUnreachable: when it did not in time.
        """
        try:
            async with asyncio.timeout(within_s):
                # Not closed by the library, which would wait for as long as the other side talks.
                socket = await session.ws_connect(
                    url, heartbeat=HEARTBEAT_S, max_msg_size=FRAME_MAX_BYTES, autoclose=False
                )
        except (TimeoutError, aiohttp.ClientError, OSError, ValueError) as failure:
            raise SlackUnreachable("unreachable", "Socket Mode", detail=type(failure).__name__) from None
        connection = cls(socket)
        is_welcome = False
        try:
            is_welcome = await connection._is_welcomed(within_s)
        finally:
            if not is_welcome:
                await connection.close()
        if not is_welcome:
            raise SlackUnreachable("unreachable", "Socket Mode", detail="no hello")
        return connection

    @property
    def is_open(self) -> bool:
        """Say whether Slack can deliver over it, as far as is known."""
        return not self._socket.closed

    async def frames(self) -> AsyncIterator[Frame]:
        """Yield what Slack sends until the connection ends, in whatever way; what cannot be read is passed over."""
        # An answer to a ping that finds nobody any more is an error of the library's.
        with suppress(aiohttp.ClientError, OSError):
            async for message in self._socket:
                if message.type is not aiohttp.WSMsgType.TEXT:
                    continue
                frame = _read(message.data)
                if frame is not None:
                    yield frame
                elif self._unreadable.is_worth_a_line():
                    _log.warning("Slack has sent what cannot be read, %s times here", self._unreadable.count)
        await self.close()

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
        with suppress(TimeoutError):
            async with asyncio.timeout(CLOSING_MAX_S):
                await self._socket.close()

    async def _is_welcomed(self, within_s: float) -> bool:
        """Say whether the first that Slack says is hello, and in time."""
        try:
            async with asyncio.timeout(within_s):
                first = await anext(self.frames(), None)
        except TimeoutError:
            return False
        return first is not None and first.said.get("type") == "hello" and self.is_open


def _read(text: str) -> Frame | None:
    """Return what a text says; None when it is nothing that Slack could say."""
    try:
        said = json.loads(text)
    except (ValueError, RecursionError):
        return None
    if not isinstance(said, dict):
        return None
    envelope_id = said.get("envelope_id")
    # An id is repeated in the acknowledgement, which is kept for a while: what is long is none of Slack's.
    if isinstance(envelope_id, str) and len(envelope_id) > ID_MAX_CHARS:
        return None
    return Frame(said, len(text))
