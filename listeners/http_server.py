"""The HTTP server: what holds for every request, before anything of it is read.

Whatever strangers send costs no more than an answer: a body is short and comes soon, nothing is unpacked, and what is
no request is refused without a word in the log.
"""

from __future__ import annotations

import asyncio
import logging
import socket
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Final

from aiohttp import hdrs, http_exceptions, web

from listeners.http import BODY_MAX_BYTES
from listeners.http_connection import REQUEST_WITHIN_S, Connections, HttpConnection, connections_max

BODY_WITHIN_S: Final = 10.0
"""How long a body may take, in seconds; Slack's own come at once."""

IDLE_S: Final = 75.0
"""How long a connection is kept for the next request; longer than proxies keep theirs, so that they end it first."""

_BACKLOG: Final = 128

_log = logging.getLogger(__name__)

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class _NoRequest(logging.Filter):
    """Keeps what was no request out of the log; it was answered with 400, and tells nothing of us."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Say whether a record is to be logged."""
        error = record.exc_info[1] if record.exc_info else None
        return not isinstance(error, http_exceptions.HttpProcessingError)


_log.addFilter(_NoRequest())


def new_site() -> web.Application:
    """Return a site without routes, of which every request's body is read, or refused, before a route sees it."""
    site = web.Application(client_max_size=BODY_MAX_BYTES)
    site.middlewares.append(_take_request)
    site.on_response_prepare.append(_leave_out_versions)
    return site


@asynccontextmanager
async def serving(
    site: web.Application,
    listening: socket.socket,
    *,
    at_most: int | None = None,
    request_within_s: float = REQUEST_WITHIN_S,
) -> AsyncIterator[None]:
    """Serve a site while the block runs.

    Bodies are taken as they came: whatever is compressed has no valid signature, so it is never unpacked.

    Args:
        listening: where requests come in.
        at_most: how many connections there may be; as many as the process can well have when None.
        request_within_s: how long the headers of a request may take.
    """
    runner = web.AppRunner(site, access_log=None, logger=_log, keepalive_timeout=IDLE_S, auto_decompress=False)
    await runner.setup()
    connections = Connections(at_most or connections_max(), request_within_s)
    try:
        make = runner.server
        if make is None:
            raise AssertionError("The server was set up a moment ago.")
        loop = asyncio.get_running_loop()
        server = await loop.create_server(lambda: HttpConnection(make(), connections), sock=listening, backlog=_BACKLOG)
        try:
            yield
        finally:
            server.close()
    finally:
        await runner.cleanup()


async def _leave_out_versions(_: web.Request, response: web.StreamResponse) -> None:
    """Tell nobody which versions we run on; the library does where it answers by itself what is no HTTP."""
    response.headers.popall(hdrs.SERVER, None)


@web.middleware
async def _take_request(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Read the body, in time and within its limit, and hand the request to its route."""
    with _at_work(request):
        if request.can_read_body:
            await _read_body(request)
        return await handler(request)


@contextmanager
def _at_work(request: web.Request) -> Iterator[None]:
    """Let the connection of a request know that it is being answered."""
    connection = None if request.transport is None else request.transport.get_protocol()
    if not isinstance(connection, HttpConnection):
        yield
        return
    connection.begin_request()
    try:
        yield
    finally:
        connection.end_request()


async def _read_body(request: web.Request) -> None:
    """Read a body; routes then find it in the request.

    Raises:
        HTTPException: with 408 when it does not come, 413 when it is too long, 400 when it is none.
    """
    length = request.content_length
    if length is not None and length > BODY_MAX_BYTES:
        raise web.HTTPRequestEntityTooLarge(BODY_MAX_BYTES, length)
    try:
        if request.content.is_eof():
            await request.read()
            return
        async with asyncio.timeout(BODY_WITHIN_S):
            await request.read()
    except TimeoutError:
        raise web.HTTPRequestTimeout(text="The body did not come in time.") from None
    except (web.RequestPayloadError, ConnectionError, http_exceptions.HttpProcessingError):
        raise web.HTTPBadRequest(text="The body is not complete.") from None
