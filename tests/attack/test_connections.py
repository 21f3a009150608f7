"""Connections are few and short-lived, whatever strangers do with them."""

from __future__ import annotations

import asyncio
import logging
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field

import pytest
from aiohttp import web

from listeners.http_server import new_site, serving
from tests.ports import free_port

GET = b"GET /x HTTP/1.1\r\nHost: x\r\n\r\n"


@dataclass(slots=True)
class Served:
    """A small site."""

    port: int
    let_go: asyncio.Event = field(default_factory=asyncio.Event)
    opened: list[asyncio.StreamWriter] = field(default_factory=list)

    async def wait(self, _: web.Request) -> web.Response:
        """Answer once told to."""
        await self.let_go.wait()
        return web.Response(text="done")

    async def connect(self, sent: bytes = b"") -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        """Open a connection and send something."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        self.opened.append(writer)
        writer.write(sent)
        return reader, writer

    async def close(self) -> None:
        """Let go of every connection."""
        for writer in self.opened:
            writer.close()
            with suppress(ConnectionError):
                await writer.wait_closed()


@asynccontextmanager
async def small_site(*, at_most: int = 2, request_within_s: float = 30.0) -> AsyncIterator[Served]:
    """Serve a site with narrow limits."""
    site, port = new_site(), free_port()
    served = Served(port)
    site.add_routes([web.get("/x", _answer), web.post("/x", _answer), web.get("/wait", served.wait)])
    with socket.create_server(("127.0.0.1", port)) as listening:
        async with serving(site, listening, at_most=at_most, request_within_s=request_within_s):
            try:
                yield served
            finally:
                served.let_go.set()
                await served.close()


async def rest_of(reader: asyncio.StreamReader) -> bytes:
    """Return what comes until a connection is ended, however it is."""
    async with asyncio.timeout(10):
        try:
            return await reader.read()
        except ConnectionResetError:
            return b""


async def _answer(_: web.Request) -> web.Response:
    return web.Response(text="here")


async def test_an_idle_connection_makes_room_for_a_new_one() -> None:
    """The oldest goes; the one that came last is served."""
    async with small_site() as served:
        oldest, _ = await served.connect(GET)
        assert (await oldest.readline()).startswith(b"HTTP/1.1 200")
        await served.connect()
        reader, _ = await served.connect(GET)

        assert (await reader.readline()).startswith(b"HTTP/1.1 200")
        assert b"HTTP/1.1" not in await rest_of(oldest)


async def test_a_connection_that_is_being_answered_is_left_alone() -> None:
    """Where all are, a new one is not served, and they are."""
    async with small_site(at_most=1) as served:
        busy, _ = await served.connect(GET.replace(b"/x", b"/wait"))
        await asyncio.sleep(0.1)
        refused, _ = await served.connect(GET)
        assert b"" == await rest_of(refused)
        served.let_go.set()
        assert (await busy.readline()).startswith(b"HTTP/1.1 200")


async def test_a_request_that_does_not_come_to_its_end_is_ended() -> None:
    """Also the second on a connection, and with a status that says why."""
    async with small_site(request_within_s=0.2) as served:
        reader, writer = await served.connect(GET)
        assert b"here" in await reader.readuntil(b"here")
        writer.write(b"GET /x HTTP/1.1\r\nX-A:")

        assert (await reader.readline()).startswith(b"HTTP/1.1 408")


async def test_whoever_leaves_in_the_middle_of_a_body_leaves_no_trace(caplog: pytest.LogCaptureFixture) -> None:
    """It is neither an error of ours nor worth a line."""
    caplog.set_level(logging.INFO)
    async with small_site() as served:
        _, writer = await served.connect(b"POST /x HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nhalf")
        await asyncio.sleep(0.1)
        writer.transport.abort()
        reader, _ = await served.connect(GET)
        assert (await reader.readline()).startswith(b"HTTP/1.1 200")
    assert [] == caplog.records
