"""One connection of the HTTP server, as strangers may use it: a request has to come soon, and there are only so many.

The library reads requests; this stands before it and keeps the time, which the library does only between requests.
"""

from __future__ import annotations

import asyncio
import resource
from typing import Final

from aiohttp import web

REQUEST_WITHIN_S: Final = 10.0
"""How long the headers of a request may take from their first byte on, in seconds."""

_TOO_SLOW: Final = b"HTTP/1.1 408 Request Timeout\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"


def connections_max() -> int:
    """Return how many connections may be open: half of the descriptors, as databases and Slack need some too."""
    return max(1, resource.getrlimit(resource.RLIMIT_NOFILE)[0] // 2)


class Connections:
    """The connections that are open, oldest first.

    Args:
        at_most: how many there may be.
        request_within_s: see `REQUEST_WITHIN_S`.
    """

    def __init__(self, at_most: int, request_within_s: float = REQUEST_WITHIN_S) -> None:
        self._at_most = at_most
        self._open: dict[HttpConnection, None] = {}
        self.request_within_s = request_within_s

    def enter(self, connection: HttpConnection) -> bool:
        """Note a new connection; where there is no room, the oldest that waits for a request makes it.

        Returns:
            False when every connection is at work, so that the new one cannot be served.
        """
        if len(self._open) >= self._at_most:
            idle = next((one for one in self._open if not one.is_busy), None)
            if idle is None:
                return False
            idle.cut()
        self._open[connection] = None
        return True

    def leave(self, connection: HttpConnection) -> None:
        """Forget a connection; one that is not noted is passed over."""
        self._open.pop(connection, None)


class HttpConnection(asyncio.Protocol):
    """Hands everything to the library's own protocol, and ends a connection on which a request takes too long."""

    def __init__(self, inner: web.RequestHandler, connections: Connections) -> None:
        """Take what reads requests."""
        self._inner = inner
        self._connections = connections
        self._transport: asyncio.Transport | None = None
        self._too_late: asyncio.TimerHandle | None = None
        self._is_served = False
        self.is_busy = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Serve a connection, unless there are too many."""
        if not isinstance(transport, asyncio.Transport):
            raise TypeError(transport)
        self._transport = transport
        if not self._connections.enter(self):
            transport.abort()
            return
        self._is_served = True
        self._inner.connection_made(transport)

    def data_received(self, data: bytes) -> None:
        """Pass on what came; the first bytes of a request start the clock."""
        if not self._is_served:
            return
        if not self.is_busy and self._too_late is None:
            loop = asyncio.get_running_loop()
            self._too_late = loop.call_later(self._connections.request_within_s, self._end_slow_request)
        self._inner.data_received(data)

    def eof_received(self) -> bool | None:
        """Pass on that no more comes."""
        return self._inner.eof_received() if self._is_served else None  # type: ignore[func-returns-value] # None is meant

    def connection_lost(self, exc: Exception | None) -> None:
        """Pass on that the connection is over."""
        self._stop_clock()
        self._connections.leave(self)
        if self._is_served:
            self._inner.connection_lost(exc)

    def pause_writing(self) -> None:
        """Pass on that the other side takes nothing at the moment."""
        self._inner.pause_writing()

    def resume_writing(self) -> None:
        """Pass on that the other side takes something again."""
        self._inner.resume_writing()

    def begin_request(self) -> None:
        """Note that the headers of a request are complete."""
        self._stop_clock()
        self.is_busy = True

    def end_request(self) -> None:
        """Note that a request was answered."""
        self.is_busy = False

    def cut(self) -> None:
        """End the connection without a word."""
        self._connections.leave(self)
        if self._transport is not None:
            self._transport.abort()

    def _stop_clock(self) -> None:
        if self._too_late is not None:
            self._too_late.cancel()
            self._too_late = None

    def _end_slow_request(self) -> None:
        self._too_late = None
        if self._transport is not None and not self._transport.is_closing():
            self._transport.write(_TOO_SLOW)
            self._transport.close()
