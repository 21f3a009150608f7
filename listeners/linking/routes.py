"""Connect an account at a meeting system: from the dialog in Slack to the meeting system, and back.

An address in the dialog is for one person. Whoever opens it is told for whom, so that nobody gives their account to
somebody who sent them the address.
"""

from __future__ import annotations

import logging
from urllib.parse import quote, urlsplit

from aiohttp import web

from calls.accounts import STATE_LASTS, Accounts
from calls.errors import CallsError
from calls.installing import Arrival
from calls.linked_accounts import Owner
from calls.profiles import Profiles
from calls.status import SLACK
from calls.words import accounts as words
from calls.words import statuses
from listeners.joining.pages import HEADERS, Pages

_log = logging.getLogger(__name__)

_COOKIE = "startcall_account"
_BROWSER_MAX_CHARS = 100


def account_routes(accounts: Accounts | None, profiles: Profiles, url: str) -> list[web.RouteDef]:
    """Return the routes of the three pages; none where nobody can connect an account.

    Args:
        url: where people's browsers reach us, without a slash at its end.
    """
    if accounts is None:
        return []
    pages = AccountPages(accounts, profiles, url)
    # Without HEAD: whoever only looks at an address must not begin anything.
    return [
        web.get("/link/{provider}", pages.ask, allow_head=False),
        web.get("/link/{provider}/go", pages.begin, allow_head=False),
        web.get("/link/{provider}/back", pages.finish, allow_head=False),
    ]


class AccountPages:
    """The pages between Slack, a browser and a meeting system."""

    def __init__(self, accounts: Accounts, profiles: Profiles, url: str) -> None:
        """Take what the pages need."""
        self._accounts = accounts
        self._profiles = profiles
        self._url = url
        self._path = urlsplit(url).path
        self._pages = Pages(url)

    async def ask(self, request: web.Request) -> web.Response:
        """Say for whom an account is going to be connected; nothing happens before they go on."""
        provider, token = request.match_info["provider"], request.query.get("for", "")
        try:
            owner, label = self._accounts.owner_of(token, provider)
            person = await self._name(owner)
        except CallsError as error:
            return self._refused(error)
        link = f"{self._path}/link/{provider}/go?for={quote(token, safe='')}"
        is_status = provider == SLACK
        said = statuses.before_connecting(person) if is_status else words.before_connecting(label, person)
        return self._with_headers(self._pages.drawn("installing", said, None, link=link, label=words.go_on(label)))

    async def begin(self, request: web.Request) -> web.Response:
        """Send a browser to the meeting system, with a cookie by which it is known when it comes back."""
        provider = request.match_info["provider"]
        try:
            owner, _ = self._accounts.owner_of(request.query.get("for", ""), provider)
            departure = await self._accounts.begin(owner, _browser(request))
        except CallsError as error:
            return self._refused(error)
        response = self._with_headers(web.Response(status=302, headers={"Location": departure.url}))
        response.set_cookie(
            _COOKIE,
            departure.browser,
            path=f"{self._path}/link",
            max_age=int(STATE_LASTS.total_seconds()),
            httponly=True,
            secure=self._url.startswith("https:"),
            samesite="Lax",
        )
        return response

    async def finish(self, request: web.Request) -> web.Response:
        """Take a browser back from the meeting system, once, and only the one that was sent there."""
        query = request.query
        arrival = Arrival(query.get("state", ""), _browser(request), query.get("code", ""), query.get("error", ""))
        try:
            account, label = await self._accounts.finish(request.match_info["provider"], arrival)
        except CallsError as error:
            return self._refused(error)
        is_status = account.owner.provider == SLACK
        said = statuses.is_connected() if is_status else words.is_connected(label, account.name)
        return self._with_headers(self._pages.said(said))

    async def _name(self, owner: Owner) -> str:
        profile = await self._profiles.known(owner.team_id, owner.user_id)
        return profile.name if profile is not None and profile.name else owner.user_id

    def _refused(self, error: CallsError) -> web.Response:
        _log.warning("An account was not connected: %s", error)
        return self._with_headers(self._pages.refusal(error, None))

    def _with_headers(self, response: web.Response) -> web.Response:
        response.headers.update(HEADERS)
        return response


def _browser(request: web.Request) -> str:
    """Return what the browser kept for us; nothing when it cannot be ours."""
    kept = request.cookies.get(_COOKIE, "")
    return kept if len(kept) <= _BROWSER_MAX_CHARS and kept.isascii() else ""
