"""Slack's side of Socket Mode, quick enough to ask more of an app than it can do, and able to break its connections.

The Web API beside it answers everything at once, or after a delay.

Source: https://docs.slack.dev/apis/events-api/using-socket-mode
"""

from __future__ import annotations

import asyncio
import itertools
import json
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from enum import StrEnum

from aiohttp import WSMsgType, web

TEAM_ID = "T0BENCHMARK"

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
    """

    socket: web.WebSocketResponse
    transport: asyncio.Transport
    opened_at_s: float
    is_lost: bool = False
    is_deaf: bool = False


Answered = Callable[[Link, str], None]
"""Is told of an acknowledgement: over which connection it came, and of which envelope it is."""


class SocketSlack:
    """Takes connections, sends envelopes, and hands on what is acknowledged."""

    def __init__(self, *, api_delay_s: float = 0.0) -> None:
        """Have no connection yet.

        Args:
            api_delay_s: how long every request to the Web API takes, but for those of the start.
        """
        self.url = ""
        self.links: list[Link] = []
        self.answered: Answered = _nobody
        self._api_delay_s = api_delay_s
        self._numbers = itertools.count(1)

    @property
    def open_links(self) -> Sequence[Link]:
        """Return the connections an envelope can be sent over."""
        return [link for link in self.links if not link.is_lost]

    def send_command(self, link: Link, text: str) -> str:
        """Send a slash command, each in a conversation of its own, and return the id of its envelope."""
        number = next(self._numbers)
        envelope_id = f"e{number}"
        frame = _command(envelope_id, number, text)
        asyncio.get_running_loop().create_task(_sent(link, frame))
        return envelope_id

    async def lose(self, links: Sequence[Link], fault: Fault) -> None:
        """Lose connections; from then on nothing is sent over them."""
        for link in links:
            link.is_lost = True
            if fault is Fault.DISCONNECT:
                await link.socket.send_json({"type": "disconnect", "reason": "refresh_requested", "debug_info": {}})
            elif fault is Fault.CLOSE:
                # Not awaited: that would be until the app has closed its side, too.
                asyncio.get_running_loop().create_task(_closed(link))
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

    def routes(self) -> list[web.AbstractRouteDef]:
        """Return what is served."""
        return [web.route("*", "/api/{method}", self._api), web.get("/link", self._link)]

    async def _api(self, request: web.Request) -> web.Response:
        method = request.match_info["method"]
        answer: dict[str, object] = {"ok": True}
        if method == "apps.connections.open":
            answer["url"] = f"{self.url.replace('http', 'ws', 1)}/link"
        elif method == "auth.test":
            answer |= {"url": self.url, "team": "Benchmark", "team_id": TEAM_ID}
            answer |= {"user": "startcall", "user_id": "U0BOT", "bot_id": "B0BOT"}
        elif method == "conversations.list":
            answer["channels"] = []
        else:
            await request.read()
            await asyncio.sleep(self._api_delay_s)
            answer |= {"call": {"id": f"R{next(self._numbers)}"}, "ts": f"{next(self._numbers)}.0", "channel": "C0"}
        return web.json_response(answer)

    async def _link(self, request: web.Request) -> web.StreamResponse:
        socket = web.WebSocketResponse(max_msg_size=READ_MAX_BYTES, timeout=1.0)
        await socket.prepare(request)
        transport = request.transport
        assert transport is not None
        await socket.send_json({"type": "hello", "num_connections": len(self.open_links) + 1})
        link = Link(socket, transport, time.perf_counter())
        self.links.append(link)
        async for message in socket:
            if link.is_deaf:
                # Nothing is read any more, so that not even a ping is answered.
                transport.pause_reading()
                await asyncio.Event().wait()
            if message.type is WSMsgType.TEXT:
                self.answered(link, json.loads(message.data).get("envelope_id", ""))
        link.is_lost = True
        return socket


@asynccontextmanager
async def socket_slack(*, api_delay_s: float = 0.0) -> AsyncIterator[SocketSlack]:
    """Serve Slack's side on a free port while the block runs.

    Args:
        api_delay_s: how long every request to the Web API takes, but for those of the start.
    """
    slack = SocketSlack(api_delay_s=api_delay_s)
    site = web.Application()
    site.add_routes(slack.routes())
    runner = web.AppRunner(site, access_log=None, shutdown_timeout=0.2)
    await runner.setup()
    serving = web.TCPSite(runner, "127.0.0.1", 0)
    await serving.start()
    _, port = runner.addresses[0][:2]
    slack.url = f"http://127.0.0.1:{port}"
    try:
        yield slack
    finally:
        for link in slack.links:
            link.transport.abort()
        await runner.cleanup()


def _nobody(_link: Link, _envelope_id: str) -> None:
    """Be told of acknowledgements while nobody counts them."""


def _command(envelope_id: str, number: int, text: str) -> str:
    payload = {
        "token": "unused",
        "team_id": TEAM_ID,
        "team_domain": "benchmark",
        "channel_id": f"C{number:010}",
        "channel_name": f"channel-{number}",
        "user_id": "U0BENCHMARK",
        "user_name": "bench",
        "command": "/startcall",
        "text": text,
        "api_app_id": "A0BENCHMARK",
        "is_enterprise_install": "false",
        "response_url": f"http://127.0.0.1:9/response/{number}",
        "trigger_id": f"{number}.{time.time_ns()}.benchmark",
    }
    envelope = {"envelope_id": envelope_id, "type": "slash_commands", "accepts_response_payload": True}
    return json.dumps({**envelope, "payload": payload})


async def _sent(link: Link, frame: str) -> None:
    if not link.socket.closed:
        await link.socket.send_str(frame)


async def _closed(link: Link) -> None:
    await link.socket.close()


def _cut(link: Link, fault: Fault) -> None:
    if fault is Fault.FIN:
        link.transport.write_eof()
    elif fault is Fault.RST:
        link.transport.abort()
    else:
        link.transport.pause_reading()
