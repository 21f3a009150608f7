"""What stands between Slack and the processes: picks one that runs, and now and then delivers twice."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from random import Random

import aiohttp
from aiohttp import web

from tests.durability.replicas import Front

REPEATED_SHARE = 0.2
LATE_S = 1.5
PATIENCE_S = 2.5


@dataclass(slots=True)
class Balancer(Front):
    """Hands each delivery to one process, and a fifth of them to any process once more, a little later.

    A process that takes no connection has seen nothing, so the next one is asked. A connection that breaks is
    reported as a failure, as Slack would see it.

    Args:
        repeated: how many deliveries were handed on twice.
    """

    repeated: int = 0
    random: Random = field(default_factory=lambda: Random(11))
    late: set[asyncio.Task[web.Response]] = field(default_factory=set)

    async def handle(self, request: web.Request) -> web.Response:
        """Pass one delivery on."""
        raw = await request.read()
        headers = {name: value for name, value in request.headers.items() if name not in {"Host", "Content-Length"}}
        if self.random.random() < REPEATED_SHARE:
            self.repeated += 1
            task = asyncio.create_task(self._later(self.random.uniform(0, LATE_S), headers, raw))
            self.late.add(task)
            task.add_done_callback(self.late.discard)
        return await self._to_one(headers, raw)

    async def _later(self, wait_s: float, headers: dict[str, str], raw: bytes) -> web.Response:
        await asyncio.sleep(wait_s)
        return await self._to_one(headers, raw)

    async def _to_one(self, headers: dict[str, str], raw: bytes) -> web.Response:
        give_up_at = asyncio.get_running_loop().time() + PATIENCE_S
        while asyncio.get_running_loop().time() < give_up_at:
            app = self.random.choice(self.apps)
            try:
                status, text, content_type = await self._pass_on(f"{app.url}/slack/events", headers, raw)
            except aiohttp.ClientConnectorError:
                await asyncio.sleep(0.05)
            except aiohttp.ClientError:
                return web.Response(status=502)
            else:
                return web.Response(status=status, text=text, content_type=content_type)
        return web.Response(status=503)
