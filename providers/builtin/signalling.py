"""The WebSocket of a room: checks who is there, and hands what pages send to the hub."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

from aiohttp import WSMsgType, web

from calls.errors import CallsError, UsageError
from calls.words.accept_language import language_accepted
from calls.words.errors import sentence_for
from calls.words.language import speaking
from providers.builtin.hub import Hub, Session
from providers.builtin.messages import (
    MESSAGE_MAX_BYTES,
    PONG,
    FromPage,
    Hello,
    MalformedMessageError,
    Ping,
    Shown,
    Signal,
    read_message,
    render_closing,
)
from providers.builtin.outbox import Outbox
from providers.room_page.tokens import Ticket

HEARTBEAT_S: Final = 18.0
"""How long a silent page is left alone before it is asked; it then has half as long to answer.

The client library rounds both up to full seconds, so a page that is cut off is gone after 29 s at the latest.
"""

MESSAGES_PER_S: Final = 50
MESSAGES_AT_ONCE: Final = 100
HELLO_WITHIN_S: Final = 5.0
LAST_MESSAGES_S: Final = 3.0

CLOSE_REFUSED: Final = 4003
CLOSE_DONE: Final = 1000
CLOSE_POLICY: Final = 1008
CLOSE_TRY_AGAIN: Final = 1013
_GOODBYES: Final = {1000, 1001}

_log = logging.getLogger(__name__)

Admit = Callable[[str, str], Awaitable[Ticket]]
"""Checks a resume token for a room, and that the room is open."""


@dataclass(frozen=True, slots=True)
class Signalling:
    """Serves the WebSockets of all rooms.

    Args:
        origin: of the site; browsers say which one a page is of, and other sites' pages are not let in.
        heartbeat_s: see `HEARTBEAT_S`.
    """

    hub: Hub
    admit: Admit
    origin: str
    heartbeat_s: float = HEARTBEAT_S

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """Serve one page for as long as it is connected."""
        if request.headers.getall("Origin", []) != [self.origin]:
            return web.Response(status=403, text="Only the room's own page may connect here.\n")
        socket = web.WebSocketResponse(
            heartbeat=self.heartbeat_s, max_msg_size=MESSAGE_MAX_BYTES, compress=False, timeout=2.0
        )
        await socket.prepare(request)
        outbox = Outbox(lambda: _cut(request))
        sending = asyncio.create_task(outbox.send_to(socket))
        try:
            with speaking(language_accepted(request.headers.get("Accept-Language", ""))):
                session = await self._let_in(socket, request.match_info["room_id"], outbox)
            if session is not None:
                await self._listen(socket, session)
        finally:
            # What was posted last, such as why somebody was not let in, is still to be sent.
            outbox.close(CLOSE_DONE)
            await _finish(sending)
        return socket

    async def _let_in(self, socket: web.WebSocketResponse, room_id: str, outbox: Outbox) -> Session | None:
        """Wait for the page's first message and let it in, or say why not."""
        try:
            hello = await _hello(socket)
            ticket = await self.admit(room_id, hello.token)
            return self.hub.join(room_id, ticket, hello.page, hello.shown, outbox)
        except UsageError as error:
            outbox.close(CLOSE_REFUSED, render_closing(error.code, sentence_for(error)))
        except CallsError as error:
            _log.warning("It could not be found out whether a room is open: %s", error)
            outbox.close(CLOSE_TRY_AGAIN)
        except (MalformedMessageError, TimeoutError):
            outbox.close(CLOSE_POLICY)
        return None

    async def _listen(self, socket: web.WebSocketResponse, session: Session) -> None:
        pace = _Pace()
        lost = True
        try:
            while not isinstance(message := await _receive(socket), _Gone):
                await pace.wait()
                self._take(session, message)
            lost = message.lost
        except MalformedMessageError as error:
            _log.warning("A page in a room sent what no page of ours sends: %s", error)
            session.outbox.close(CLOSE_POLICY)
        finally:
            self.hub.leave(session, lost=lost)

    def _take(self, session: Session, message: FromPage) -> None:
        match message:
            case Signal():
                self.hub.relay(session, message)
            case Shown():
                self.hub.show(session, message)
            case Ping():
                session.outbox.post(PONG)
            case Hello():
                raise MalformedMessageError("a second hello")


@dataclass(frozen=True, slots=True)
class _Gone:
    """The connection is over.

    Args:
        lost: whether it broke, rather than that the page said goodbye.
    """

    lost: bool


class _Pace:
    """Lets so many messages through a second; whoever sends more waits, and the network makes them wait as well."""

    def __init__(self) -> None:
        self._saved = float(MESSAGES_AT_ONCE)
        self._at_s = asyncio.get_running_loop().time()

    async def wait(self) -> None:
        at_s = asyncio.get_running_loop().time()
        self._saved = min(MESSAGES_AT_ONCE, self._saved + (at_s - self._at_s) * MESSAGES_PER_S) - 1
        self._at_s = at_s
        if self._saved < 0:
            await asyncio.sleep(-self._saved / MESSAGES_PER_S)


def origin_of(site_url: str) -> str:
    """Return what browsers call the origin of a site's pages."""
    parts = urlsplit(site_url)
    host = (parts.hostname or "").lower()
    host = f"[{host}]" if ":" in host else host
    default_port = {"https": 443, "http": 80}[parts.scheme]
    return f"{parts.scheme}://{host}" if parts.port in {None, default_port} else f"{parts.scheme}://{host}:{parts.port}"


async def _hello(socket: web.WebSocketResponse) -> Hello:
    """Return the first message, which has to come soon and say who is there."""
    async with asyncio.timeout(HELLO_WITHIN_S):
        message = await _receive(socket)
    if not isinstance(message, Hello):
        raise MalformedMessageError("no hello")
    return message


async def _receive(socket: web.WebSocketResponse) -> FromPage | _Gone:
    """Return the next message, or that the connection is over.

    Raises:
        MalformedMessageError: when our page would not have sent it.
    """
    message = await socket.receive()
    if message.type is WSMsgType.TEXT:
        return read_message(message.data)
    if message.type is WSMsgType.BINARY:
        raise MalformedMessageError("binary")
    # The library's own `close_code` does not tell a goodbye from an end without one.
    return _Gone(lost=message.type is not WSMsgType.CLOSE or message.data not in _GOODBYES)


async def _finish(sending: asyncio.Task[None]) -> None:
    """Let the last messages out, as long as the page takes them."""
    try:
        await asyncio.wait([sending], timeout=LAST_MESSAGES_S)
    finally:
        sending.cancel()


def _cut(request: web.Request) -> None:
    """Break a connection at once."""
    if request.transport is not None:
        request.transport.abort()
