"""Whoever plays Slack's side of Socket Mode, and sends whatever bytes it likes.

Source: https://www.rfc-editor.org/rfc/rfc6455#section-5.2, https://docs.slack.dev/apis/events-api/using-socket-mode
"""

from __future__ import annotations

import asyncio
import itertools
import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Any

from aiohttp import WSMsgType, web

from tests.attack.forged import COMMAND
from tests.attack.light_slack import LightSlack

READ_MAX_BYTES = 1 << 20

_SHORT, _LONG, _LONGER = 125, 126, 127


class Opcode(IntEnum):
    """What a frame is."""

    CONTINUATION = 0
    TEXT = 1
    BINARY = 2
    CLOSE = 8
    PING = 9
    PONG = 10


def frame(
    opcode: int, payload: bytes = b"", *, is_last: bool = True, reserved: int = 0, says: int | None = None
) -> bytes:
    """Return a frame as a server sends it, or as none should.

    Args:
        is_last: whether it ends a message.
        reserved: the three reserved bits, as a number; 4 says that the message is compressed.
        says: the length that it claims to have, instead of its own.
    """
    length = len(payload) if says is None else says
    head = bytes([(is_last << 7) | (reserved << 4) | opcode])
    if length <= _SHORT:
        return head + bytes([length]) + payload
    if length < 1 << 16:
        return head + bytes([_LONG]) + length.to_bytes(2, "big") + payload
    return head + bytes([_LONGER]) + length.to_bytes(8, "big") + payload


def text(said: object) -> bytes:
    """Return a frame of text: a text as it is, anything else as JSON."""
    return frame(Opcode.TEXT, (said if isinstance(said, str) else json.dumps(said)).encode())


@dataclass(slots=True, eq=False)
class Link:
    """A connection that the app opened.

    Args:
        heard: what the app sent, text by text.
        ended: set when the app, or the network, has ended it.
    """

    transport: asyncio.Transport
    heard: list[str] = field(default_factory=list)
    ended: asyncio.Event = field(default_factory=asyncio.Event)

    def send(self, raw: bytes) -> None:
        """Send bytes as they are."""
        if not self.transport.is_closing():
            self.transport.write(raw)

    def acknowledged(self) -> list[dict[str, Any]]:
        """Return the acknowledgements that came over it."""
        return [said for said in map(json.loads, self.heard) if isinstance(said, dict)]


class Peer:
    """Takes connections and notes what comes over them; its Web API answers what an app needs.

    Args:
        hello: what it sends first.
        address: what it says where connections are to be opened; None for where it really is.
    """

    def __init__(self) -> None:
        self.api = LightSlack()
        self.url = ""
        self.hello = text({"type": "hello", "num_connections": 1})
        self.address: object = None
        self.links: list[Link] = []
        self._numbers = itertools.count(1)
        self._something = asyncio.Event()

    @property
    def open_links(self) -> list[Link]:
        """Return the connections that are open, oldest first."""
        return [link for link in self.links if not link.ended.is_set() and not link.transport.is_closing()]

    def envelope(self, payload: object = None, **changed: object) -> tuple[str, dict[str, Any]]:
        """Return the id of an envelope and what it holds: a good command, unless something else is said."""
        number = next(self._numbers)
        envelope_id = f"envelope-{number}"
        if payload is None:
            payload = COMMAND | {"text": "help", "trigger_id": f"{number}.2.peer"}
        return envelope_id, {"envelope_id": envelope_id, "type": "slash_commands", "payload": payload, **changed}

    async def is_answered(self, link: Link | None = None, *, within_s: float = 10.0) -> bool:
        """Send a good envelope and say whether it is acknowledged in time, over whichever connection.

        Args:
            link: over which it is sent; the newest that is open, as soon as there is one, when None.
        """
        try:
            async with asyncio.timeout(within_s):
                while link is None and not self.open_links:
                    await self._next()
                envelope_id, good = self.envelope()
                (link or self.open_links[-1]).send(text(good))
                while not self._has_acknowledged(envelope_id):
                    await self._next()
        except TimeoutError:
            return False
        return True

    async def _next(self) -> None:
        """Wait until there is another connection, or something comes over one."""
        self._something.clear()
        await self._something.wait()

    def _has_acknowledged(self, envelope_id: str) -> bool:
        mark = f'"{envelope_id}"'
        return any(mark in said for link in self.links for said in link.heard[-100:])

    async def _open(self, _request: web.Request) -> web.Response:
        found = f"{self.url.replace('http', 'ws', 1)}/link" if self.address is None else self.address
        return web.json_response({"ok": True, "url": found})

    async def _link(self, request: web.Request) -> web.StreamResponse:
        socket = web.WebSocketResponse(max_msg_size=READ_MAX_BYTES, timeout=1.0)
        await socket.prepare(request)
        transport = request.transport
        assert transport is not None
        link = Link(transport)
        link.send(self.hello)
        self.links.append(link)
        self._something.set()
        async for message in socket:
            if message.type is WSMsgType.TEXT:
                link.heard.append(message.data)
                self._something.set()
        link.ended.set()
        return socket

    def routes(self) -> list[web.AbstractRouteDef]:
        """Return what is served."""
        return [
            web.post("/api/apps.connections.open", self._open),
            web.post("/api/{method}", self.api.answer),
            web.get("/link", self._link),
        ]

    def settings(self) -> Mapping[str, str]:
        """Return with what an app comes here."""
        return {"SLACK_API_URL": f"{self.url}/api/", "SLACK_BOT_TOKEN": "xoxb-hidden-bot"}


@asynccontextmanager
async def peer() -> AsyncIterator[Peer]:
    """Listen while the block runs."""
    found = Peer()
    site = web.Application()
    site.add_routes(found.routes())
    runner = web.AppRunner(site, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    host, port = runner.addresses[0][:2]
    found.url = f"http://{host}:{port}"
    try:
        yield found
    finally:
        for link in found.links:
            link.transport.abort()
        await runner.cleanup()
