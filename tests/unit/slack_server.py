"""A server on loopback that answers as a test tells it, and keeps every request byte for byte."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import aiohttp
from aiohttp import web

from calls.slack.web import SlackWeb

TOKEN = "xoxb-secret-of-the-test"
TEAM = "T0TEAM"


@dataclass(frozen=True, slots=True)
class Says:
    """An answer in full."""

    body: bytes
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=lambda: {"Content-Type": "application/json; charset=utf-8"})


@dataclass(frozen=True, slots=True)
class Drops:
    """Read the whole request, then close the connection without a word."""


@dataclass(frozen=True, slots=True)
class Truncates:
    """Promise more bytes than are sent, then close the connection."""


@dataclass(frozen=True, slots=True)
class Hangs:
    """Read the whole request and never answer."""


Script = Says | Drops | Truncates | Hangs


@dataclass(frozen=True, slots=True)
class Got:
    """A request as it came over the wire."""

    verb: str
    path_and_query: str
    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> object:
        """The body as JSON."""
        return json.loads(self.body)


@dataclass(slots=True)
class ScriptedSlack:
    """What a test holds in its hand.

    Args:
        scripts: the answers, the first one first; the last one is given again and again.
    """

    scripts: list[Script]
    web: SlackWeb
    origin: str
    session: aiohttp.ClientSession
    got: list[Got]
    token: str = TOKEN


def yes(**fields: object) -> Says:
    """Return an answer that says yes, with more fields."""
    return Says(json.dumps({"ok": True, **fields}).encode())


def no(error: str, **fields: object) -> Says:
    """Return an answer that says no, with more fields."""
    return Says(json.dumps({"ok": False, "error": error, **fields}).encode())


@asynccontextmanager
async def slack_that(*scripts: Script, timeout_s: float = 5.0) -> AsyncIterator[ScriptedSlack]:
    """Run a server that answers by the scripts, with a SlackWeb in front of it."""
    stop = asyncio.Event()
    got: list[Got] = []
    remaining = list(scripts)

    async def answer(request: web.Request) -> web.StreamResponse:
        got.append(Got(request.method, request.raw_path, request.headers.copy(), await request.read()))
        script = remaining.pop(0) if len(remaining) > 1 else remaining[0]
        return await _play(request, script, stop)

    application = web.Application()
    application.router.add_route("*", "/{path:.*}", answer)
    runner = web.AppRunner(application, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    origin = f"http://127.0.0.1:{runner.addresses[0][1]}"
    async with aiohttp.ClientSession() as session:
        slack = ScriptedSlack(remaining, None, origin, session, got)  # type: ignore[arg-type] # it needs the token below

        async def token_of(_team_id: str) -> str:
            return slack.token

        slack.web = SlackWeb(session, f"{origin}/api/", token_of, timeout_s=timeout_s)
        try:
            yield slack
        finally:
            stop.set()
            await runner.cleanup()


async def _play(request: web.Request, script: Script, stop: asyncio.Event) -> web.StreamResponse:
    if isinstance(script, Says):
        return web.Response(body=script.body, status=script.status, headers=script.headers)
    if isinstance(script, Hangs):
        await stop.wait()
    if isinstance(script, Truncates):
        response = web.StreamResponse(headers={"Content-Type": "application/json", "Content-Length": "1000"})
        await response.prepare(request)
        await response.write(b'{"ok": tr')
    if request.transport is not None:
        request.transport.close()
    return web.Response()
