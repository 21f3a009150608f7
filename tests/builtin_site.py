"""The built-in room on a real HTTP server, and a page's connection to it without a browser."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import aiohttp
import pytest
from aiohttp import web

from calls.clock import now
from calls.errors import StorageError
from calls.meetings import EventKind, MeetingEvent
from calls.model import CallId, Room, UserId, Visitor
from providers.builtin.provider import BuiltinProvider, House, Rhythm
from providers.builtin.settings import BuiltinSettings
from tests.contract.provider_kit import SPEC
from tests.ports import free_port

Json = dict[str, Any]
KEY = b"k" * 32
LINK_LASTS = timedelta(minutes=5)
OFFER: Json = {"from_connection": "a1", "description": {"type": "offer", "sdp": "v=0"}}


@dataclass
class Calls:
    """What the app would know: which rooms belong to running calls.

    Args:
        is_readable: whether the database answers.
    """

    ended: set[str] = field(default_factory=set)
    is_readable: bool = True

    async def is_open(self, provider: str, room_id: str) -> bool:
        """Say whether a call is running in a room."""
        if not self.is_readable:
            raise StorageError("not_readable")
        return provider == "builtin" and room_id not in self.ended


class BuiltinSite:
    """A running app that serves nothing but the room; `restart` is a new process on the same port."""

    def __init__(self, calls: Calls, rhythm: Rhythm, settings: Mapping[str, object], port: int) -> None:
        """Remember how to start."""
        self.calls = calls
        self.port = port
        self.url = f"http://127.0.0.1:{port}"
        self.events: list[MeetingEvent] = []
        self.changed = asyncio.Event()
        self._rhythm = rhythm
        self._settings = settings
        self.provider = self._make()
        self.room = Room("", "")

    def _make(self) -> BuiltinProvider:
        settings = BuiltinSettings(self.url, **self._settings)  # type: ignore[arg-type]  # as its callers name them
        return BuiltinProvider(settings, House(KEY, now, self.calls.is_open), self._rhythm)

    async def start(self) -> None:
        """Listen, and note what the room reports."""
        self.provider = self._make()
        if not self.room.id:  # a process that takes over is not asked for rooms that are there
            self.room = await self.provider.create_room(SPEC)
        self._noting = asyncio.create_task(self._note())
        app = web.Application()
        app.add_routes(self.provider.routes())
        self._runner = web.AppRunner(app, access_log=None)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", self.port, reuse_address=True).start()

    async def stop(self) -> None:
        """Stop as the app does."""
        await self.provider.aclose()
        await asyncio.wait_for(self._noting, 1)
        await self._runner.cleanup()

    async def restart(self, pause_s: float = 0) -> None:
        """Stop, and start with nothing in memory."""
        await self.stop()
        await asyncio.sleep(pause_s)
        await self.start()

    async def link(self, name: str = "Ana", *, visitor: str = "", lasts: timedelta = LINK_LASTS) -> str:
        """Return a personal link."""
        return await self.provider.person_link(self.room, visitor_of(name, visitor), lasts=lasts)

    async def names(self) -> list[str]:
        """Return who is in, as the app is told."""
        return sorted(seen.display_name or "" for seen in await self.provider.roster(self.room))

    async def until_names(self, *names: str, within_s: float = 15) -> None:
        """Wait until exactly these people are in."""
        async with asyncio.timeout(within_s):
            self.changed.clear()
            while await self.names() != sorted(names):
                await self.changed.wait()
                self.changed.clear()

    def told(self) -> list[str]:
        """Return what was reported so far, such as `joined Ana`."""
        return [
            " ".join((event.kind.value, *sorted(seen.display_name or "" for seen in event.people)))
            for event in self.events
        ]

    async def until_told(self, line: str, *, times: int = 1, within_s: float = 15) -> None:
        """Wait until something was reported, so many times."""
        async with asyncio.timeout(within_s):
            while self.told().count(line) < times:
                self.changed.clear()
                await self.changed.wait()

    async def _note(self) -> None:
        async for event in self.provider.stream():
            assert event.kind is not EventKind.ENDED
            self.events.append(event)
            self.changed.set()


@asynccontextmanager
async def running_site(
    *, calls: Calls | None = None, rhythm: Rhythm | None = None, **settings: object
) -> AsyncIterator[BuiltinSite]:
    """Run the room."""
    site = BuiltinSite(calls or Calls(), rhythm or Rhythm(watch_every_s=0.05), settings, free_port())
    await site.start()
    try:
        yield site
    finally:
        await site.stop()


def visitor_of(name: str, visitor_id: str = "", *, is_host: bool = False) -> Visitor:
    """Return somebody who was let in."""
    unique = visitor_id or secrets.token_hex(16)
    return Visitor(unique, CallId("c" * 32), f"slack:U{name}", name, UserId(f"U{name}"), is_host=is_host)


class RoomPage:
    """What the page does on the wire, spoken by hand."""

    def __init__(self, session: aiohttp.ClientSession, site: BuiltinSite) -> None:
        """Be nobody yet."""
        self._session = session
        self._site = site
        self.page = secrets.token_hex(16)
        self.origin = site.url
        self.resume = ""
        self.id = ""
        self.people: list[Json] = []

    @property
    def address(self) -> str:
        """The room's address."""
        return f"{self._site.url}/room/builtin/{self._site.room.id}"

    async def enter(self, link: str) -> Json:
        """Exchange a link's token, as the page does when it opens."""
        answer = await self.ask(link.partition("#")[2])
        self.resume = answer.get("resume", "")
        return answer

    async def ask(self, token: object) -> Json:
        """Send a token to `enter` and return the answer with its status."""
        async with self._session.post(f"{self.address}/enter", json={"token": token}) as response:
            return {"status": response.status, **await response.json()}

    async def connect(self, **hello: object) -> Json:
        """Open the WebSocket, say hello, and return the first answer."""
        await self.open()
        await self.send(
            {"type": "hello", "token": self.resume, "page": self.page, "audio": True, "video": False, **hello}
        )
        first = await self.hear()
        self.id, self.people = first.get("id", ""), first.get("people", [])
        return first

    async def open(self, *, autoping: bool = True) -> None:
        """Open the WebSocket and say nothing.

        Args:
            autoping: whether it answers when asked whether it is still there.
        """
        headers = {"Origin": self.origin}
        self.socket = await self._session.ws_connect(f"{self.address}/socket", headers=headers, autoping=autoping)

    async def send(self, message: Json | str | bytes) -> None:
        """Send a message, or whatever else."""
        if isinstance(message, bytes):
            await self.socket.send_bytes(message)
        elif isinstance(message, str):
            await self.socket.send_str(message)
        else:
            await self.socket.send_json(message)

    async def hear(self, within_s: float = 3) -> Json:
        """Return the next message; at the end of the connection, its close code."""
        message = await self.socket.receive(within_s)
        if message.type is aiohttp.WSMsgType.TEXT:
            return dict(message.json())
        assert message.type in {aiohttp.WSMsgType.CLOSE, aiohttp.WSMsgType.ERROR, aiohttp.WSMsgType.CLOSED}, message
        return {"type": "closed", "code": message.data}

    async def hear_of(self, kind: str) -> Json:
        """Return the next message of a kind, passing over others."""
        while (message := await self.hear())["type"] != kind:
            assert message["type"] != "closed", message
        return message

    async def close(self) -> None:
        """Say goodbye, as a closed tab does."""
        await self.socket.close(code=1001)

    def cut(self, *, politely: bool = False) -> None:
        """Break the connection without a goodbye.

        Args:
            politely: whether the network hears of it, as when a browser's process is ended.
        """
        transport = self._transport()
        if politely:
            transport.write_eof()
        else:
            transport.abort()

    def stop_reading(self) -> None:
        """Take nothing more from the network, as a page that hangs."""
        self._transport().pause_reading()

    def _transport(self) -> asyncio.Transport:
        connection = self.socket._response.connection  # noqa: SLF001 - there is no other way to break one
        assert connection is not None
        assert connection.transport is not None
        return connection.transport


async def entered(session: aiohttp.ClientSession, site: BuiltinSite, name: str, **hello: object) -> RoomPage:
    """Open a link and connect; the first answer has to be a welcome."""
    page = RoomPage(session, site)
    assert 200 == (await page.enter(await site.link(name)))["status"]
    assert "welcome" == (await page.connect(**hello))["type"]
    return page


Join = Callable[..., Awaitable[RoomPage]]
"""Lets somebody of a name into the room of `builtin_site`."""


@pytest.fixture
async def session() -> AsyncIterator[aiohttp.ClientSession]:
    """Return a session that pages share."""
    async with aiohttp.ClientSession() as opened:
        yield opened


@pytest.fixture
async def builtin_site() -> AsyncIterator[BuiltinSite]:
    """Run the built-in room."""
    async with running_site() as running:
        yield running


@pytest.fixture
def join(session: aiohttp.ClientSession, builtin_site: BuiltinSite) -> Join:
    """Return what lets somebody into the room."""

    async def joined(name: str, **hello: object) -> RoomPage:
        return await entered(session, builtin_site, name, **hello)

    return joined
