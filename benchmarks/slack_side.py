"""Slack's side of a measurement: a Web API that answers at once, after a while, or not until it is told to.

It knows nothing and refuses nothing, so that it costs as little as possible beside what is measured.
"""

from __future__ import annotations

import asyncio
import itertools
import ssl
import time
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

Json = dict[str, Any]

TEAM_ID = "T0BENCH001"

_GENERAL = {"id": "C0GENERAL1", "name": "general", "is_general": True, "is_member": True, "num_members": 5}
_ANSWERS: Mapping[str, Json] = {
    "auth.test": {
        "url": "https://bench.slack.com/",
        "team": "Bench",
        "user": "startcall",
        "team_id": TEAM_ID,
        "user_id": "U0BENCHBOT",
        "bot_id": "B0BENCH001",
        "is_enterprise_install": False,
    },
    "conversations.list": {"channels": [_GENERAL], "response_metadata": {"next_cursor": ""}},
    "conversations.info": {"channel": _GENERAL},
    "chat.postEphemeral": {"message_ts": "1700000000.000001"},
}


@dataclass(slots=True)
class SlackSide:
    """A running Web API.

    Args:
        delay_s: how long each answer takes, in seconds.
        posted_at_s: when the first card of each conversation was posted, by `time.perf_counter`.
        when_posted: called with the conversation of each card.
    """

    url: str = ""
    delay_s: float = 0.0
    posted_at_s: dict[str, float] = field(default_factory=dict)
    when_posted: Callable[[str], None] | None = None
    open: asyncio.Event = field(default_factory=asyncio.Event)
    _wanted: int = 0
    _is_enough: asyncio.Event = field(default_factory=asyncio.Event)
    _numbers: itertools.count[int] = field(default_factory=itertools.count)

    @property
    def api_url(self) -> str:
        """Return the base of the Web API, with a slash at its end."""
        return f"{self.url}/api/"

    def hold(self) -> None:
        """Answer nothing more until `release`."""
        self.open.clear()

    def release(self) -> None:
        """Answer what waits, and everything from now on."""
        self.open.set()

    async def until_posted(self, number: int, *, give_up_s: float = 60.0) -> None:
        """Wait until so many conversations have a card.

        Raises:
            TimeoutError: when that takes too long.
        """
        self._wanted, self._is_enough = number, asyncio.Event()
        self._count()
        async with asyncio.timeout(give_up_s):
            await self._is_enough.wait()

    def _count(self) -> None:
        if len(self.posted_at_s) >= self._wanted:
            self._is_enough.set()

    async def answer(self, request: web.Request) -> web.Response:
        """Answer a call of the Web API."""
        method = request.match_info["method"]
        arguments = await request.json() if request.content_type == "application/json" else await request.post()
        if self.delay_s:
            await asyncio.sleep(self.delay_s)
        await self.open.wait()
        number = next(self._numbers)
        answer: Json = {"ok": True, **_ANSWERS.get(method, {})}
        if method == "calls.add":
            answer["call"] = {"id": f"R{number:010d}", "external_unique_id": arguments.get("external_unique_id")}
        if method == "chat.postMessage":
            channel = str(arguments.get("channel"))
            self.posted_at_s.setdefault(channel, time.perf_counter())
            self._count()
            if self.when_posted is not None:
                self.when_posted(channel)
            answer |= {"channel": channel, "ts": f"1700000000.{number:06d}", "message": {}}
        return web.json_response(answer)


@asynccontextmanager
async def slack_side(*, delay_s: float = 0.0, tls: ssl.SSLContext | None = None) -> AsyncIterator[SlackSide]:
    """Run a Web API while the block runs.

    Args:
        delay_s: how long each answer takes, in seconds.
        tls: the server's certificate, for https.
    """
    side = SlackSide(delay_s=delay_s)
    side.release()
    site = web.Application()
    site.router.add_route("*", "/api/{method}", side.answer)
    runner = web.AppRunner(site, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0, ssl_context=tls).start()
    side.url = f"{'http' if tls is None else 'https'}://127.0.0.1:{runner.addresses[0][1]}"
    try:
        yield side
    finally:
        side.release()
        await runner.cleanup()
