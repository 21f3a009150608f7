"""Install by OAuth: on the way to Slack, and on the way back.

Source: https://docs.slack.dev/authentication/installing-with-oauth
"""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from urllib.parse import urlsplit

from aiohttp import web

from calls.errors import CallsError, SlackInstallRefused
from calls.installing import Arrival, Installing
from calls.round_trip import STATE_LASTS
from calls.words import installing as words
from calls.words.accept_language import language_accepted
from calls.words.language import speaking
from calls.words.pages import PageWords
from listeners.joining.pages import HEADERS, Pages, status_of

_log = logging.getLogger(__name__)

INSTALL_PATH, REDIRECT_PATH = "/slack/install", "/slack/oauth_redirect"

_COOKIE = "startcall_install"
_BROWSER_MAX_CHARS = 100

Handler = Callable[[web.Request], Awaitable[web.Response]]


def install_routes(installing: Installing, url: str) -> list[web.RouteDef]:
    """Return the routes of both pages.

    Args:
        url: where people's browsers reach us, without a slash at its end.
    """
    pages = InstallPages(installing, url)
    # Without HEAD: whoever only looks at the address must not begin anything.
    return [
        web.get(INSTALL_PATH, _spoken_to(pages.begin), allow_head=False),
        web.get(REDIRECT_PATH, _spoken_to(pages.finish), allow_head=False),
    ]


class InstallPages:
    """The pages between a browser and Slack."""

    def __init__(self, installing: Installing, url: str) -> None:
        """Take what the pages need."""
        self._installing = installing
        self._url = url
        self._path = urlsplit(url).path
        self._pages = Pages(url)

    async def begin(self, request: web.Request) -> web.Response:
        """Send a browser to Slack, with a cookie by which it is known when it comes back."""
        departure = self._installing.begin(_browser(request), self._redirect_uri)
        response = web.Response(status=302, headers={**HEADERS, "Location": departure.url})
        self._keep(response, departure.browser)
        return response

    async def finish(self, request: web.Request) -> web.Response:
        """Take a browser back from Slack, once, and only the one that was sent there."""
        query = request.query
        arrival = Arrival(
            query.get("state", ""), _browser(request), query.get("code", ""), error=query.get("error", "")
        )
        try:
            installation = await self._installing.finish(arrival, self._redirect_uri)
        except CallsError as error:
            return self._refused(error)
        said = words.installed(installation.name, is_organisation=installation.place.is_organisation)
        link = self._installing.open_url(installation)
        return self._shown(said, link=link, label=words.open_in_slack(), status=200)

    @property
    def _redirect_uri(self) -> str:
        return f"{self._url}{REDIRECT_PATH}"

    def _refused(self, error: CallsError) -> web.Response:
        if not (isinstance(error, SlackInstallRefused) and error.code == "install_cancelled"):
            _log.warning("Startcall was not installed: %s", error)
        link = f"{self._path}{INSTALL_PATH}"
        said = words.not_installed(error)
        return self._shown(said, link=link, label=words.begin_again(), status=status_of(error))

    def _shown(self, said: PageWords, *, link: str, label: str, status: int) -> web.Response:
        response = self._pages.drawn("installing", said, None, status=status, link=link, label=label)
        response.headers.update(HEADERS)
        return response

    def _keep(self, response: web.Response, browser: str) -> None:
        response.set_cookie(
            _COOKIE,
            browser,
            path=f"{self._path}/slack",
            max_age=int(STATE_LASTS.total_seconds()),
            httponly=True,
            secure=self._url.startswith("https:"),
            samesite="Lax",
        )


def _spoken_to(handler: Handler) -> Handler:
    """Return a handler that speaks the browser's language."""

    async def handle(request: web.Request) -> web.Response:
        with speaking(language_accepted(request.headers.get("Accept-Language", ""))):
            return await handler(request)

    return handle


def _browser(request: web.Request) -> str:
    """Return what the browser kept for us; nothing when it cannot be ours."""
    kept = request.cookies.get(_COOKIE, "")
    return kept if len(kept) <= _BROWSER_MAX_CHARS and kept.isascii() else ""
