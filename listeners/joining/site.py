"""What the pages are made of, and what holds for every one of them."""

from __future__ import annotations

import logging
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from urllib.parse import urlsplit

from aiohttp import web

from calls.errors import CallsError, UsageError
from calls.joining import Joining
from calls.slack.openid_api import OpenIdApi
from calls.words import pages
from calls.words.accept_language import language_accepted
from calls.words.language import speaking
from listeners.joining.cookies import Cookies
from listeners.joining.pages import HEADERS, Pages

_log = logging.getLogger(__name__)

Handler = Callable[[web.Request], Awaitable[web.Response]]

_LOOKS_AT_LINKS = re.compile(r"(?<!cu)bot\b|preview|unfurl|crawl|spider|externalhit|imgproxy|whatsapp", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Site:
    """What the pages need.

    Args:
        openid: None where people cannot sign in.
        url: where people's browsers reach us, without a slash at its end; None when they cannot.
    """

    joining: Joining
    cookies: Cookies
    openid: OpenIdApi | None = None
    url: str | None = None

    @property
    def pages(self) -> Pages:
        """Return what draws the pages."""
        return Pages(self.url)

    def page(self, handler: Handler) -> Handler:
        """Return a handler that speaks the browser's language, makes pages of errors, and adds our headers."""

        async def handle(request: web.Request) -> web.Response:
            with speaking(language_accepted(request.headers.get("Accept-Language", ""))):
                response = await self._answered(request, handler)
            for name, value in HEADERS.items():
                response.headers.setdefault(name, value)
            return response

        return handle

    async def _answered(self, request: web.Request, handler: Handler) -> web.Response:
        try:
            return self._preview(request) or await handler(request)
        except CallsError as error:
            if not isinstance(error, UsageError):
                _log.warning("Somebody could not be let in: %s", error)
            return self.pages.refusal(error, self.cookies.session(request))

    def form(self, handler: Handler) -> Handler:
        """Return a page's handler that takes a form from our own pages only."""

        async def handle(request: web.Request) -> web.Response:
            if not self._is_ours(request):
                raise UsageError("not_from_our_page")
            return await handler(request)

        return self.page(handle)

    def _is_ours(self, request: web.Request) -> bool:
        """Say whether a form was sent from our own page.

        Browsers say so in `Sec-Fetch-Site`; only those too old for that are asked for the `Origin`, which the others
        leave out because our pages forbid them to name an address.
        Sources: https://www.w3.org/TR/fetch-metadata/, https://fetch.spec.whatwg.org/#append-a-request-origin-header
        """
        site = request.headers.get("Sec-Fetch-Site")
        if site is not None:
            return site == "same-origin"
        parts = urlsplit(self.url or "")
        return self.url is not None and request.headers.get("Origin") == f"{parts.scheme}://{parts.netloc}"

    def _preview(self, request: web.Request) -> web.Response | None:
        """Return what is shown to a program that looks at a link before a person opens it, or None for a person.

        It must not use up a link that works once. A browser that fetches ahead is told no, so that it asks again.
        """
        fetched_ahead = "prefetch" in request.headers.get("Sec-Purpose", request.headers.get("Purpose", ""))
        looks = request.method == "HEAD" or _LOOKS_AT_LINKS.search(request.headers.get("User-Agent", ""))
        if not fetched_ahead and not looks:
            return None
        response = self.pages.said(pages.preview())
        response.set_status(503 if fetched_ahead else 200)
        return response
