"""Sign in with Slack: on the way there, on the way back, and out again.

Source: https://docs.slack.dev/authentication/sign-in-with-slack
"""

from __future__ import annotations

import secrets

from aiohttp import web

from calls.errors import CallsError, SlackSignInRefused
from calls.signed_in import SignedIn
from calls.slack.openid_api import Attempt, OpenIdApi
from calls.words import pages
from listeners.joining.cookies import SignInTrip
from listeners.joining.pages import moved
from listeners.joining.site import Site

REDIRECT_PATH = "/slack/openid_redirect"

_METHOD = "openid/connect/authorize"
_DETAIL_MAX_CHARS = 80


class SigningIn:
    """The pages between a call's address and Slack."""

    def __init__(self, site: Site) -> None:
        """Take what the pages need."""
        self._site = site

    async def begin(self, request: web.Request) -> web.Response:
        """Send a browser to Slack, to the call's workspace or to one that the person chooses."""
        token = request.match_info["token"]
        call = (await self._site.joining.door(token)).call
        if self._site.openid is None or self._site.url is None:
            return self._site.pages.moved_to_call(token)
        attempt = Attempt(
            state=secrets.token_urlsafe(32),
            nonce=secrets.token_urlsafe(32),
            verifier=secrets.token_urlsafe(48),
            redirect_uri=f"{self._site.url}{REDIRECT_PATH}",
        )
        team_id = None if "elsewhere" in request.query else call.team_id
        response = moved(await self._site.openid.authorize_url(attempt, team_id))
        self._site.cookies.begin_trip(response, SignInTrip(attempt, token))
        return response

    async def finish(self, request: web.Request) -> web.Response:
        """Take a browser back from Slack, once, and only the one that was sent there."""
        state = request.query.get("state", "")
        trip = self._site.cookies.trip(request, state)
        if trip is None or self._site.openid is None:
            raise SlackSignInRefused("sign_in_stale", _METHOD)
        try:
            who = await _who_came(self._site.openid, request, trip.attempt)
        except CallsError as error:
            response = self._site.pages.refusal(error, self._site.cookies.session(request), again=trip.token)
        else:
            response = self._site.pages.moved_to_call(trip.token)
            self._site.cookies.keep_session(response, who)
        self._site.cookies.end_trip(response, state)
        return response

    async def sign_out(self, _: web.Request) -> web.Response:
        """Forget who this browser belongs to."""
        response = self._site.pages.said(pages.signed_out())
        self._site.cookies.end_session(response)
        return response


async def _who_came(openid: OpenIdApi, request: web.Request, attempt: Attempt) -> SignedIn:
    """Return who is back from Slack.

    Raises:
        SlackError: when the person did not allow it, or Slack did not say who it is.
    """
    refused = request.query.get("error")
    if refused == "access_denied":
        raise SlackSignInRefused("sign_in_cancelled", _METHOD)
    code = request.query.get("code")
    if refused is not None or not code:
        raise SlackSignInRefused("sign_in_refused", _METHOD, detail=(refused or "no code")[:_DETAIL_MAX_CHARS])
    return await openid.signed_in(code, attempt)
