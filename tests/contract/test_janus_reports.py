"""What a real Janus reports reaches the app, with the password, in time, and also when the app was away."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import timedelta

import aiohttp
import pytest
from aiohttp import web

from calls.clock import now
from calls.meetings import EventKind, Hook, MeetingEvent, Surroundings
from calls.model import Visitor
from providers.janus.kind import JANUS_HOOK_SECRET
from providers.janus.provider import JanusProvider
from providers.registry import build_provider
from sandbox.testing import wait_for
from tests.contract.provider_kit import SPEC
from tests.janus_server import JanusServer
from tests.janus_visitor import janus_visitor

KEY = b"k" * 32
ADA = Visitor("a" * 32, SPEC.call_id, "key-of-ada", "Ada Lovelace 🎉")


async def _is_open(_provider: str, _room_id: str) -> bool:
    return True


@dataclass
class Listener:
    """The app's side of the reports.

    Args:
        reported: every event, with the seconds from Janus's clock to ours.
    """

    port: int = 0
    provider: JanusProvider | None = None
    statuses: list[int] = field(default_factory=list)
    reported: list[tuple[MeetingEvent, float]] = field(default_factory=list)

    async def start(self) -> None:
        """Listen, on the same port each time."""
        app = web.Application()
        app.router.add_post("/hooks/janus", self.take)
        self._runner = web.AppRunner(app, access_log=None)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", self.port).start()
        self.port = self._runner.addresses[0][1]

    async def stop(self) -> None:
        """Listen no more."""
        await self._runner.cleanup()

    async def take(self, request: web.Request) -> web.Response:
        """Take a report as the app does."""
        assert self.provider is not None
        headers = {name.lower(): tuple(request.headers.getall(name)) for name in request.headers}
        result = self.provider.receive(Hook(request.method, "", "", headers, await request.read(), now()))
        self.statuses.append(result.reply.status)
        self.reported += [(event, (now() - event.at).total_seconds()) for event in result.events]
        return web.Response(status=result.reply.status)

    async def until(self, *kinds: EventKind) -> None:
        """Wait until exactly this was reported."""
        for _ in range(500):
            if [event.kind for event, _ in self.reported] == list(kinds):
                return
            await asyncio.sleep(0.01)
        pytest.fail(f"{self.reported} was reported, not {kinds}")


@dataclass
class Scene:
    """A Janus that reports, and the app that listens."""

    listener: Listener
    server: JanusServer
    session: aiohttp.ClientSession

    def provider(self, **changed: str) -> JanusProvider:
        """Build the app's provider."""
        values = self.server.settings() | changed
        surroundings = Surroundings(KEY, self.session, values, "http://127.0.0.1:3000", is_open=_is_open)
        built = build_provider("janus", surroundings)
        assert isinstance(built, JanusProvider)
        return built

    async def visit(self) -> None:
        """Let somebody come and go, and end the room."""
        provider = self.provider()
        room = await provider.create_room(SPEC)
        link = await provider.person_link(room, ADA, lasts=timedelta(minutes=5))
        entry = await provider.enter(room.id, link.partition("#")[2])
        settings = dict(entry.backend_settings)
        async with janus_visitor(self.session, self.server.public_url, str(settings["token"])) as ada:
            assert "joined" == (await ada.join(settings, entry.name))["videoroom"]
        await asyncio.sleep(0.1)
        await provider.end_room(room)


@pytest.fixture
async def scene() -> AsyncIterator[Scene]:
    """Run both."""
    listener = Listener()
    await listener.start()
    async with aiohttp.ClientSession() as session:
        server = JanusServer(f"http://127.0.0.1:{listener.port}/hooks/janus")
        scene = Scene(listener, server, session)
        listener.provider = scene.provider()
        try:
            await server.start()
            yield scene
        finally:
            # Janus reports until its end, so the listener goes on until then.
            await server.stop()
            await listener.stop()


async def test_coming_going_and_the_end_are_told_at_once(scene: Scene) -> None:
    """Janus shows the password, and says who by the id that the app gave out."""
    await scene.visit()
    await scene.listener.until(EventKind.JOINED, EventKind.LEFT, EventKind.ENDED)

    (joined, _), (left, _), _ = scene.listener.reported
    assert [(ADA.id, ADA.name)] == [(one.visitor_id, one.display_name) for one in joined.people]
    assert joined.people[0].session_id == left.people[0].session_id
    assert max(late_s for _, late_s in scene.listener.reported) < 1


async def test_what_the_app_did_not_take_is_told_again(scene: Scene) -> None:
    """A short restart of the app costs nothing: Janus tries again for three seconds, and keeps the order."""
    await scene.listener.stop()
    await scene.visit()
    await asyncio.sleep(0.3)
    await scene.listener.start()
    await scene.listener.until(EventKind.JOINED, EventKind.LEFT, EventKind.ENDED)


async def test_janus_with_another_password_is_not_believed(scene: Scene) -> None:
    """Nothing that comes without the right password is taken."""
    scene.listener.provider = scene.provider(**{JANUS_HOOK_SECRET: "another" * 4})
    await scene.visit()
    await wait_for(lambda: scene.listener.statuses)
    await asyncio.sleep(0.2)
    assert {401} == set(scene.listener.statuses)
    assert [] == scene.listener.reported
