"""A server in a vendor's place, on loopback: it answers as the vendor's documents say, and fails in every way."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, Self

from aiohttp import web
from aiohttp.test_utils import TestServer

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

RETRY_AFTER_S = 7
SLOW_S = 30.0

FAULTS = (
    "unauthorized_once",
    "retired",
    "rate_limited",
    "server_error",
    "truncated",
    "html",
    "slow",
    "unknown_fields",
    "missing_fields",
    "redirect",
)
"""What a server can be told to do to every request of its API, by name."""


_INSTEAD: dict[str, Callable[[], web.Response]] = {
    "unauthorized_once": lambda: web.json_response({"code": 124}, status=401),
    "retired": lambda: web.json_response({"code": 124}, status=401),
    "server_error": lambda: web.Response(status=503, text="<html>Service unavailable</html>", content_type="text/html"),
    "html": lambda: web.Response(text="<html>Sign in</html>", content_type="text/html"),
    "redirect": lambda: web.Response(status=302, headers={"Location": "/evil"}),
}
"""What is answered without asking the vendor's own routes."""


@dataclass
class Asked:
    """A request that arrived.

    Args:
        body: the JSON or the form that was sent, else None.
    """

    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: Any


@dataclass
class VendorDouble:
    """A server to subclass: `routes` answers as the vendor does.

    Args:
        fault: one of `FAULTS`, or empty; `unauthorized_once` clears itself.
        evil: set when a request came to where a redirect led.
        retry_after: what it says to who asks too much.
    """

    url: str = ""
    fault: str = ""
    evil: bool = False
    retry_after: str = str(RETRY_AFTER_S)
    asked: list[Asked] = field(default_factory=list)

    def routes(self) -> list[web.RouteDef]:
        """Return what the server answers; the token endpoint among them is named in `token_path`."""
        raise NotImplementedError

    @property
    def settings(self) -> dict[str, str]:
        """Return what the provider is set up with, by the settings' names."""
        raise NotImplementedError

    @property
    def token_path(self) -> str:
        """Return the path at which tokens are had, which only `retired` disturbs; empty for none."""
        return ""

    @asynccontextmanager
    async def running(self) -> AsyncIterator[Self]:
        """Run the server while the block runs."""
        site = web.Application(middlewares=[self._middleware])
        site.add_routes(self.routes())
        site.router.add_route("*", "/evil", self._note_evil)
        async with TestServer(site, host="127.0.0.1") as server:
            self.url = str(server.make_url("/")).rstrip("/")
            yield self

    def requests(self, method: str, path: str) -> list[Asked]:
        """Return the requests to a path that begins like this."""
        return [one for one in self.asked if one.method == method and one.path.startswith(path)]

    async def _note_evil(self, _: web.Request) -> web.Response:
        self.evil = True
        return web.json_response({})

    @web.middleware
    async def _middleware(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        body = await _body(request)
        headers = {name.lower(): value for name, value in request.headers.items()}
        self.asked.append(Asked(request.method, request.path, dict(request.query), headers, body))
        if request.path == "/evil":
            return await handler(request)
        if self.token_path and request.path == self.token_path:
            is_retired = self.fault == "retired"
            return web.json_response({"error": "invalid_client"}, status=401) if is_retired else await handler(request)
        return await self._disturbed(request, handler)

    async def _disturbed(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        if self.fault in _INSTEAD:
            instead = _INSTEAD[self.fault]()
            self.fault = "" if self.fault == "unauthorized_once" else self.fault
            return instead
        if self.fault == "rate_limited":
            return web.json_response({"code": 429}, status=429, headers={"Retry-After": self.retry_after})
        if self.fault == "slow":
            await asyncio.sleep(SLOW_S)
        answer = await handler(request)
        return await self._changed(request, answer)

    async def _changed(self, request: web.Request, answer: web.StreamResponse) -> web.StreamResponse:
        """Return an answer with its JSON object changed, or cut off."""
        if not isinstance(answer, web.Response) or answer.content_type != "application/json" or not answer.body:
            return answer
        raw = answer.text.encode() if answer.text else b""
        if self.fault == "truncated":
            cut = web.StreamResponse(status=answer.status, headers={"Content-Length": str(len(raw))})
            await cut.prepare(request)
            await cut.write(raw[: len(raw) // 2])
            if request.transport is not None:
                request.transport.abort()
            return cut
        read = json.loads(raw)
        if self.fault == "unknown_fields" and isinstance(read, dict):
            return web.json_response({"never_seen_before": {"deep": [1, None]}, **read}, status=answer.status)
        if self.fault == "missing_fields":
            return web.json_response({}, status=answer.status)
        return answer


async def _body(request: web.Request) -> Any:  # noqa: ANN401 - whatever was sent
    raw = await request.read()
    if request.content_type == "application/x-www-form-urlencoded":
        return dict(await request.post())
    try:
        return json.loads(raw) if raw else None
    except ValueError:
        return None
