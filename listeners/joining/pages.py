"""Draw the pages people come to when they join, all of them without script and from this site alone."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from urllib.parse import urlsplit

from aiohttp import web

from calls.errors import CallsError, SlackInstallRefused, SlackSignInRefused, UsageError
from calls.signed_in import SignedIn
from calls.words import pages
from calls.words.language import spoken
from calls.words.pages import PageWords

HERE = Path(__file__).parent

HEADERS: Mapping[str, str] = MappingProxyType(
    {
        "Content-Security-Policy": (
            "default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
        ),
        "Referrer-Policy": "no-referrer",
        "Cache-Control": "no-store",
        "X-Content-Type-Options": "nosniff",
        "X-Robots-Tag": "noindex, nofollow",
    }
)
"""Go with everything: an address here is a key, which no other site, log or cache must get."""

_STATUS = {
    "guest_link_full": 403,
    "guest_name_not_usable": 422,
    "join_link_unknown": 404,
    "not_from_our_page": 403,
    "room_not_ready": 503,
}
_GONE, _BAD_REQUEST, _BAD_GATEWAY, _UNAVAILABLE = 410, 400, 502, 503


class Pages:
    """Draws pages for people who reach us under one address."""

    def __init__(self, url: str | None) -> None:
        """Take the address, without a slash at its end; its path goes before every path of ours."""
        self._base = urlsplit(url or "").path

    def drawn(
        self, template: str, words: PageWords, who: SignedIn | None, *, status: int = 200, **more: object
    ) -> web.Response:
        """Return a page.

        Args:
            template: the file's name without its ending.
            who: the person this browser is signed in as, who can sign out at the foot of the page.
        """
        signed_in = None if who is None else pages.signed_in_as(who.name or who.user_id)
        # The template engine is loaded with the first page: many installations never show one.
        from listeners.joining.templates import TEMPLATES  # noqa: PLC0415

        found = TEMPLATES.get_template(f"{template}.html")
        shown = {"words": words, "say": pages, "language": spoken(), "signed_in": signed_in, "base": self._base}
        text = found.render({**shown, **more})
        headers = {"Content-Language": spoken(), "Vary": "Accept-Language"}
        return web.Response(status=status, text=text, content_type="text/html", charset="utf-8", headers=headers)

    def said(self, words: PageWords) -> web.Response:
        """Return a page that only says something."""
        return self.drawn("refusal", words, None, again=None, soon=False)

    def refusal(self, error: CallsError, who: SignedIn | None, *, again: str | None = None) -> web.Response:
        """Return the page that says why somebody is not let in.

        Args:
            again: the token of the call's address at which to try once more, or None.
        """
        soon = error.code == "room_not_ready"
        return self.drawn("refusal", pages.about(error), who, status=status_of(error), again=again, soon=soon)

    def moved_to_call(self, token: str) -> web.Response:
        """Send the browser on to a call's address."""
        return moved(f"{self._base}/j/{token}")


def moved(url: str) -> web.Response:
    """Send the browser on, with a request of its own."""
    return web.Response(status=303, headers={"Location": url})


def status_of(error: CallsError) -> int:
    """Return the HTTP status of the page about an error."""
    if isinstance(error, UsageError):
        return _STATUS.get(error.code, _GONE)
    if isinstance(error, SlackSignInRefused | SlackInstallRefused):
        return _BAD_REQUEST
    return _UNAVAILABLE if error.retryable else _BAD_GATEWAY
