"""Slack's side of Socket Mode, quick enough to ask more of an app than it can do, and able to break its connections.

Source: https://docs.slack.dev/apis/events-api/using-socket-mode
"""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import parse_qsl

from aiohttp import WSMsgType, web

from benchmarks.commands import signed_commands
from benchmarks.slack_side import SlackSide

READ_MAX_BYTES = 1 << 20


class Fault(StrEnum):
    """How a connection is lost."""

    CLOSE = "CLOSE frame"
    FIN = "FIN"
    RST = "RST"
    SILENCE = "silence"
    DISCONNECT = "disconnect message"


@dataclass(slots=True, eq=False)
class Link:
    """A connection that the app opened.

    Args:
        is_lost: whether nothing is sent over it any more.
        is_deaf: whether what comes over it is not looked at any more.
        has_said_goodbye: whether Slack's side has ended its half.
    """

    socket: web.WebSocketResponse
    transport: asyncio.Transport
    opened_at_s: float
    is_lost: bool = False
    is_deaf: bool = False
    has_said_goodbye: bool = False


@dataclass(frozen=True, slots=True)
class Envelope:
    """A command as it goes over a connection."""

    id: str
    frame: str


def envelopes(number: int, *, text: str = "Standup") -> Iterator[Envelope]:
    """Yield starts of calls, each in a conversation of its own."""
    for command in signed_commands(number, text=text):
        envelope_id = f"envelope-{command.channel_id}"
        head = {"envelope_id": envelope_id, "type": "slash_commands", "accepts_response_payload": True}
        yield Envelope(envelope_id, json.dumps({**head, "payload": dict(parse_qsl(command.body.decode()))}))


Answered = Callable[[Link, str], None]
"""Is told of an acknowledgement: over which connection it came, and of which envelope it is."""


class SocketSlack:
    """Takes connections, sends envelopes, and hands on what is acknowledged; its Web API is `side`."""

    def __init__(self) -> None:
        """Have no connection yet."""
        self.side = SlackSide()
        self.side.release()
        self.links: list[Link] = []
        self.answered: Answered = _nobody
        self._sending: set[asyncio.Task[None]] = set()

    @property
    def open_links(self) -> Sequence[Link]:
        """Return the connections an envelope can be sent over."""
        return [link for link in self.links if not link.is_lost]

    def send(self, link: Link, envelope: Envelope) -> None:
        """Send an envelope."""
        self._start(_sent(link, envelope.frame))

    async def lose(self, links: Sequence[Link], fault: Fault) -> None:
        """Lose connections; from then on nothing is sent over them."""
        for link in links:
            link.is_lost = True
            if fault is Fault.DISCONNECT:
                await link.socket.send_json({"type": "disconnect", "reason": "refresh_requested", "debug_info": {}})
            elif fault is Fault.CLOSE:
                # Not awaited: that would be until the app has closed its side, too.
                self._start(_closed(link))
            else:
                link.is_deaf = fault in {Fault.RST, Fault.SILENCE}
                _cut(link, fault)

    async def until_links(self, count: int, within_s: float) -> bool:
        """Wait until there are so many connections; say whether there are in time."""
        give_up_at_s = time.perf_counter() + within_s
        while len(self.open_links) < count:
            if time.perf_counter() > give_up_at_s:
                return False
            await asyncio.sleep(0.002)
        return True

    async def _open(self, _request: web.Request) -> web.Response:
        return web.json_response({"ok": True, "url": f"{self.side.url.replace('http', 'ws', 1)}/link"})

    def _start(self, work: Coroutine[None, None, None]) -> None:
        task = asyncio.create_task(work)
        self._sending.add(task)
        task.add_done_callback(self._sending.discard)

    def routes(self) -> list[web.AbstractRouteDef]:
        """Return what is served."""
        return [
            web.post("/api/apps.connections.open", self._open),
            web.route("*", "/api/{method}", self.side.answer),
            web.get("/link", self._link),
        ]

    async def _link(self, request: web.Request) -> web.StreamResponse:
        socket = web.WebSocketResponse(max_msg_size=READ_MAX_BYTES, timeout=1.0, autoping=False)
        await socket.prepare(request)
        transport = request.transport
        assert transport is not None
        await socket.send_json({"type": "hello", "num_connections": len(self.open_links) + 1})
        link = Link(socket, transport, time.perf_counter())
        self.links.append(link)
        async for message in socket:
            if link.is_deaf:
                break
            if message.type is WSMsgType.PING and not transport.is_closing() and not link.has_said_goodbye:
                await socket.pong(message.data)
            elif message.type is WSMsgType.TEXT:
                self.answered(link, json.loads(message.data).get("envelope_id", ""))
        link.is_lost = True
        if link.is_deaf:
            # Nothing is said or heard any more, and the network does not tell either.
            await asyncio.Event().wait()
        return socket


@asynccontextmanager
async def socket_slack() -> AsyncIterator[SocketSlack]:
    """Serve Slack's side on a free port while the block runs."""
    slack = SocketSlack()
    site = web.Application()
    site.add_routes(slack.routes())
    runner = web.AppRunner(site, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    slack.side.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    try:
        yield slack
    finally:
        slack.side.release()
        for link in slack.links:
            link.transport.abort()
        await runner.cleanup()


def _nobody(_link: Link, _envelope_id: str) -> None:
    """Be told of acknowledgements while nobody counts them."""


async def _sent(link: Link, frame: str) -> None:
    if not link.socket.closed:
        await link.socket.send_str(frame)


async def _closed(link: Link) -> None:
    await link.socket.close()


def _cut(link: Link, fault: Fault) -> None:
    if fault is Fault.FIN:
        link.has_said_goodbye = True
        link.transport.write_eof()
    elif fault is Fault.RST:
        link.transport.abort()
    else:
        link.transport.pause_reading()
