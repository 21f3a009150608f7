"""Tell browsers that something changed, as server-sent events that say no more than that."""

from __future__ import annotations

import asyncio

from aiohttp import web

from sandbox.page.guard import HEADERS
from sandbox.workspace import Workspace

_QUIET_S = 15.0
"""How long a stream may say nothing before it sends a comment, so that a dead browser is noticed."""

_TRAFFIC_S = 0.4
"""How often a page with an open inspector looks for new traffic, which by itself is no change."""

_REFRESH = b"event: refresh\ndata: changed\n\n"


async def stream_changes(request: web.Request, workspace: Workspace, *, with_traffic: bool) -> web.StreamResponse:
    """Send `refresh` at once and at every change, until the browser goes away."""
    response = web.StreamResponse(headers={**HEADERS, "Content-Type": "text/event-stream"})
    await response.prepare(request)
    watcher = workspace.watch()
    try:
        await response.write(_REFRESH)
        while not _gone(request):
            await response.write(await _next(workspace, watcher, with_traffic=with_traffic))
    except ConnectionResetError:
        pass
    finally:
        workspace.unwatch(watcher)
    return response


def _gone(request: web.Request) -> bool:
    return request.transport is None or request.transport.is_closing()


async def _next(workspace: Workspace, watcher: asyncio.Event, *, with_traffic: bool) -> bytes:
    """Wait for a change and return what to send; a comment after a quiet time."""
    newest = workspace.traffic[-1:] if with_traffic else []
    waited_s = 0.0
    step_s = _TRAFFIC_S if with_traffic else _QUIET_S
    while waited_s < _QUIET_S:
        try:
            await asyncio.wait_for(watcher.wait(), step_s)
        except TimeoutError:
            waited_s += step_s
        if watcher.is_set() or (with_traffic and workspace.traffic[-1:] != newest):
            watcher.clear()
            return _REFRESH
    return b": still here\n\n"
