"""An app that serves nothing but rooms on a real Janus, which reports to it, and browsers with cameras."""

from __future__ import annotations

import asyncio
import socket
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import timedelta

import aiohttp
import pytest
from aiohttp import web
from playwright.async_api import Browser, Page

from calls.clock import now
from calls.meetings import EventKind, Hook, MeetingEvent, Provider, Surroundings
from calls.model import Room, Visitor
from providers.janus.kind import JANUS_PUBLIC_URL
from providers.registry import build_provider
from tests.contract.provider_kit import SPEC
from tests.janus_server import JanusServer

LINK_LASTS = timedelta(minutes=5)
LOOK_EVERY_S = 0.02
SEEN_WITHIN_S = 15.0

MOVES = """
async (name) => {
  const label = `Picture of ${name}`;
  const video = [...document.querySelectorAll("video")].find((one) => one.getAttribute("aria-label") === label);
  if (!video?.videoWidth) return false;
  const context = new OffscreenCanvas(64, 48).getContext("2d", { willReadFrequently: true });
  const look = () => { context.drawImage(video, 0, 0, 64, 48); return context.getImageData(0, 0, 64, 48).data; };
  const before = look();
  await new Promise((resolve) => setTimeout(resolve, 200));
  const after = look();
  return before.some((value, index) => Math.abs(value - after[index]) > 16);
}
"""


def visitor(name: str) -> Visitor:
    """Return somebody who was let in to the call."""
    return Visitor(name.encode().hex().ljust(32, "0"), SPEC.call_id, f"slack:{name}", name)


@dataclass
class Wire:
    """Stands between browsers and Janus's WebSocket, and can be cut."""

    to_port: int
    port: int = 0
    _open: set[asyncio.StreamWriter] = field(default_factory=set)
    _passes: asyncio.Event = field(default_factory=asyncio.Event)
    _passing: set[asyncio.Task[None]] = field(default_factory=set)

    async def lay(self) -> asyncio.Server:
        """Listen on a free port."""
        self._passes.set()
        server = await asyncio.start_server(self._connect, "127.0.0.1", 0)
        self.port = server.sockets[0].getsockname()[1]
        return server

    def cut(self) -> None:
        """Break every connection there is; new ones are let through."""
        self._passes.set()
        for writer in self._open:
            writer.transport.abort()

    async def end(self) -> None:
        """Break every connection, and return when nothing is left of them."""
        self.cut()
        await asyncio.gather(*self._passing)

    def fall_silent(self) -> None:
        """Pass nothing on any more, as when a network is gone without a word."""
        self._passes.clear()

    async def _connect(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            there, out = await asyncio.open_connection("127.0.0.1", self.to_port)
        except OSError:
            writer.close()
            return
        self._open |= {writer, out}
        passing = [asyncio.create_task(self._pass_on(*ends)) for ends in ((reader, out), (there, writer))]
        self._passing |= set(passing)
        await asyncio.wait(passing)
        self._open -= {writer, out}

    async def _pass_on(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError):
            while data := await reader.read(65_536):
                await self._passes.wait()
                writer.write(data)
                await writer.drain()
        writer.close()


@dataclass
class Calls:
    """Whether the one call there is goes on."""

    are_running: bool = True

    async def is_open(self, _provider: str, _room_id: str) -> bool:
        """Answer for any room."""
        return self.are_running


@dataclass
class JanusSite:
    """The app and its Janus.

    Args:
        wire: between browsers and Janus.
        reported: what Janus told, with the seconds from Janus's clock to ours.
    """

    server: JanusServer
    wire: Wire
    provider: Provider
    room: Room
    calls: Calls
    reported: list[tuple[MeetingEvent, float]] = field(default_factory=list)
    changed: asyncio.Event = field(default_factory=asyncio.Event)

    async def end(self) -> None:
        """End the call as the app does: first no longer running, then the room closed."""
        self.calls.are_running = False
        await self.provider.end_room(self.room)

    async def link(self, name: str) -> str:
        """Return somebody's own link."""
        return await self.provider.person_link(self.room, visitor(name), lasts=LINK_LASTS)

    async def names(self) -> list[str]:
        """Return who is in, as Janus says when asked, and as far as we know them."""
        seen = await self.provider.roster(self.room)
        return sorted(one.display_name or "" for one in seen if one.visitor_id is not None)

    async def until_names(self, *names: str, within_s: float = 10) -> float:
        """Wait until exactly these people are in, and return how long it took."""
        started = time.monotonic()
        for _ in range(round(within_s / LOOK_EVERY_S)):
            if await self.names() == sorted(names):
                return time.monotonic() - started
            await asyncio.sleep(LOOK_EVERY_S)
        pytest.fail(f"{await self.names()} are in, not {names}")

    async def session_of(self, name: str) -> str:
        """Return the id of somebody's connection."""
        return next(one.session_id for one in await self.provider.roster(self.room) if one.display_name == name)

    async def until_reported(self, kind: EventKind, session_id: str | None, *, within_s: float = 5) -> float:
        """Wait until Janus has reported something, and return how late that came."""
        async with asyncio.timeout(within_s):
            while True:
                for event, late_s in self.reported:
                    if event.kind is kind and session_id in {None, *(one.session_id for one in event.people)}:
                        return late_s
                self.changed.clear()
                await self.changed.wait()

    async def take(self, request: web.Request) -> web.Response:
        """Take a report as the app does."""
        headers = {name.lower(): tuple(request.headers.getall(name)) for name in request.headers}
        hook = Hook(request.method, "", request.query_string, headers, await request.read(), now())
        result = self.provider.receive(hook)
        self.reported += [(event, (hook.received_at - event.at).total_seconds()) for event in result.events]
        self.changed.set()
        return web.Response(status=result.reply.status, body=result.reply.body)


@asynccontextmanager
async def running_janus_site(*extra: web.RouteDef) -> AsyncIterator[JanusSite]:
    """Run both; routes given come before the provider's own."""
    with socket.socket() as reserved:
        reserved.bind(("127.0.0.1", 0))
        port = reserved.getsockname()[1]
    url = f"http://127.0.0.1:{port}"
    server = JanusServer(f"{url}/hooks/janus")
    wire = Wire(server.socket_port)
    calls = Calls()
    async with await wire.lay(), aiohttp.ClientSession() as session:
        settings = {**server.settings(), JANUS_PUBLIC_URL: f"ws://127.0.0.1:{wire.port}"}
        surroundings = Surroundings(b"k" * 32, session, settings, url, is_open=calls.is_open)
        provider = build_provider("janus", surroundings)
        site = JanusSite(server, wire, provider, Room("", ""), calls)
        app = web.Application()
        app.add_routes([*extra, web.post("/hooks/janus", site.take), *provider.routes()])
        runner = web.AppRunner(app, access_log=None)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", port).start()
        try:
            await server.start()
            site.room = await provider.create_room(SPEC)
            yield site
        finally:
            # Janus reports until its end, so the app goes on until then.
            await server.stop()
            await runner.cleanup()
            await wire.end()


async def sees(page: Page, name: str) -> None:
    """Wait until somebody's moving picture is on a page."""
    # Playwright's own waiting would take the promise for a yes.
    for _ in range(round(SEEN_WITHIN_S / LOOK_EVERY_S)):
        if await page.evaluate(MOVES, name):
            return
        await asyncio.sleep(LOOK_EVERY_S)
    pytest.fail(f"{name} is not seen to move")


async def new_page(browser: Browser) -> Page:
    """Return a page of a person of their own."""
    context = await browser.new_context(permissions=["camera", "microphone"])
    context.set_default_timeout(10_000)
    return await context.new_page()
