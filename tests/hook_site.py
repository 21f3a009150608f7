"""An HTTP server that takes a meeting system's reports with a provider's `receive`, as the app does."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from aiohttp import web

from calls.clock import now
from calls.meetings import EventKind, Hook, HookReply, HookResult, MeetingEvent, Provider

BODY_MAX_BYTES = 256 * 1024


class HookSite:
    """What came in at `/hooks/…`, and what was made of it.

    Args:
        trouble: statuses to answer with, one request each, before anything is taken.
    """

    def __init__(self, provider: Provider, trouble: list[int] | None = None) -> None:
        self.provider = provider
        self.trouble = trouble or []
        self.results: list[HookResult] = []
        self.events: list[MeetingEvent] = []
        self.hangs = False
        self._came = asyncio.Condition()

    async def take(self, request: web.Request) -> web.Response:
        """Hand a request to the provider and keep its events."""
        if self.hangs:
            await asyncio.sleep(3600)
        if self.trouble:
            return web.Response(status=self.trouble.pop(0))
        result = self.provider.receive(await to_hook(request))
        async with self._came:
            self.results.append(result)
            self.events += result.events
            self._came.notify_all()
        return to_response(result.reply)

    async def wait_for(self, *kinds: EventKind, room_id: str, timeout_s: float = 5) -> list[MeetingEvent]:
        """Wait until the events of a room are of these kinds, in whatever order, and return them."""
        wanted = sorted(kinds)

        def found() -> list[MeetingEvent]:
            return [event for event in self.events if event.room_id == room_id]

        async with self._came:
            try:
                await asyncio.wait_for(
                    self._came.wait_for(lambda: wanted == sorted(event.kind for event in found())), timeout_s
                )
            except TimeoutError:
                raise AssertionError(f"waited for {wanted} and got {found()}") from None
        return found()


async def to_hook(request: web.Request) -> Hook:
    """Return a request as providers get it."""
    headers: dict[str, tuple[str, ...]] = {}
    for name, value in request.headers.items():
        headers[name.lower()] = (*headers.get(name.lower(), ()), value)
    body = await request.read()
    return Hook(request.method, request.match_info["path"].strip("/"), request.query_string, headers, body, now())


def to_response(reply: HookReply) -> web.Response:
    """Return an answer as it goes out."""
    return web.Response(status=reply.status, body=reply.body, content_type=reply.content_type)


@asynccontextmanager
async def served(site: HookSite, port: int) -> AsyncIterator[None]:
    """Listen at a port of this computer."""
    app = web.Application(client_max_size=BODY_MAX_BYTES)
    app.router.add_route("*", "/hooks/jitsi{path:(/.*)?}", site.take)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    try:
        yield
    finally:
        await runner.cleanup()
