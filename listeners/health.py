"""`GET /healthz` and `GET /readyz`: whether the process lives, and whether it can take work."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import Final

from aiohttp import web

from listeners.recently import Recently

LOOKS_EVERY_S: Final = 0.5
"""How often it is found out at most whether the app is ready, in seconds."""


def health_routes(reasons_not_ready: Callable[[], Awaitable[Sequence[str]]]) -> list[web.RouteDef]:
    """Return both routes.

    Args:
        reasons_not_ready: returns a sentence for everything that keeps the app from taking work; empty when ready.
    """
    # To find out, something is stored; nobody needs that more often.
    recent_reasons = Recently(reasons_not_ready, LOOKS_EVERY_S)

    async def handle_healthz(_: web.Request) -> web.Response:
        return web.json_response({"alive": True})

    async def handle_readyz(_: web.Request) -> web.Response:
        reasons = list(await recent_reasons())
        return web.json_response({"ready": not reasons, "reasons": reasons}, status=503 if reasons else 200)

    return [web.get("/healthz", handle_healthz), web.get("/readyz", handle_readyz)]
