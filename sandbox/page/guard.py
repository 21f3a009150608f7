"""Keep the page to this machine and to itself.

Any web page a developer has open could otherwise drive the local Slack: it listens on a port that
browsers can reach. So the Host must be loopback (which stops DNS rebinding) and every change must come
from this page's own origin.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from urllib.parse import urlsplit

from aiohttp import web

from sandbox.elements import NoSuchElementError
from sandbox.messages import MessageError
from sandbox.page.links import is_loopback

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
"""What answers one request."""

_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; form-action 'self'; "
    "img-src 'self' data: https: http://127.0.0.1:* http://localhost:*; base-uri 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "Content-Security-Policy": _POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}
"""Sent with everything the page serves."""


def guarded(handler: Handler) -> Handler:
    """Refuse requests from elsewhere with 403, and add the page's headers to every answer."""

    async def checked(request: web.Request) -> web.StreamResponse:
        problem = _problem(request)
        if problem:
            return web.Response(status=403, text=problem, headers=HEADERS)
        try:
            response = await handler(request)
        except (MessageError, NoSuchElementError) as error:
            return web.Response(status=409, text=f"That cannot be done: {error}", headers=HEADERS)
        if not response.prepared:
            for name, value in HEADERS.items():
                response.headers.setdefault(name, value)
        return response

    return checked


def _problem(request: web.Request) -> str:
    if not is_loopback(urlsplit(f"//{request.host}").hostname or ""):
        return "The local Slack answers only under 127.0.0.1 or localhost.\n"
    if request.method in {"GET", "HEAD"}:
        return ""
    site = request.headers.get("Sec-Fetch-Site")
    origin = request.headers.get("Origin")
    same_origin = origin is not None and urlsplit(origin).netloc == request.host
    if site in {None, "same-origin"} and same_origin:
        return ""
    return "Only the local Slack's own page may do this.\n"
