"""A vendor's sign-in of people, on the vendor's own server: the page at which they allow it, and their tokens.

Source: https://www.rfc-editor.org/rfc/rfc6749#section-4.1 and https://www.rfc-editor.org/rfc/rfc7636; what vendors do
differently is from the documents that their doubles name.
"""

from __future__ import annotations

import asyncio
import base64
import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import Enum, auto
from itertools import count
from typing import Any
from urllib.parse import urlencode

from aiohttp import web

Json = dict[str, Any]


class Renewal(Enum):
    """What becomes of a refresh token when it is used."""

    SINGLE_USE = auto()
    """It is replaced and works no more, as at Zoom."""
    REPLACED = auto()
    """It is replaced and still works, as at Microsoft."""
    PROLONGED = auto()
    """The same one is given again, as at Webex."""
    SILENT = auto()
    """None is given, and it goes on working, as at Google."""


@dataclass
class SignIn:
    """People who are signed in at the vendor, and what they allowed.

    Args:
        wants: what the page has to be asked for with, beside what the standards say.
        secret_in_form: whether the app shows its secret in the form, and not in a header.
        renewal: what becomes of refresh tokens.
        refused: what is answered to a refresh token that does not work.
        offers_scope: whether answers name what was allowed.
        left_out: what people do not allow of what they are asked for.
        denies: whether people press Decline.
        knows_app: whether the app's secret is still valid.
        lost_answers: how many answers to renewals get lost on their way.
        slow_s: how long answers to renewals take, once the refresh token is used.
    """

    client_id: str
    client_secret: str
    wants: Mapping[str, str] = field(default_factory=dict)
    secret_in_form: bool = True
    renewal: Renewal = Renewal.SINGLE_USE
    refused: Json = field(default_factory=lambda: {"error": "invalid_grant"})
    offers_scope: bool = False
    left_out: str = ""
    denies: bool = False
    knows_app: bool = True
    lost_answers: int = 0
    slow_s: float = 0.0
    lasts_s: int = 3600
    codes: dict[str, tuple[str, str]] = field(default_factory=dict)
    access: set[str] = field(default_factory=set)
    refresh: set[str] = field(default_factory=set)
    renewals: int = 0
    numbers: Iterator[int] = field(default_factory=lambda: count(1))

    def revoke(self) -> None:
        """Take back what people allowed, as they can at the vendor at any time."""
        self.access.clear()
        self.refresh.clear()

    def expire(self) -> None:
        """Have all access tokens end before their time, as after a change of password."""
        self.access.clear()

    def is_own(self, request: web.Request) -> bool:
        """Say whether a request is made with a person's token."""
        return request.headers.get("Authorization", "").removeprefix("Bearer ") in self.access

    async def authorize(self, request: web.Request) -> web.Response:
        """Allow it at once, as somebody who is signed in and presses Allow."""
        query = request.query
        expected = {"client_id": self.client_id, "response_type": "code", "code_challenge_method": "S256", **self.wants}
        if {name: query.get(name) for name in expected} != expected:
            return web.Response(status=400, text="invalid request")
        if self.denies:
            back = {"error": "access_denied", "state": query["state"]}
        else:
            code = f"code-{next(self.numbers)}"
            self.codes[code] = (query["code_challenge"], query["redirect_uri"])
            back = {"code": code, "state": query["state"]}
        return web.Response(status=302, headers={"Location": f"{query['redirect_uri']}?{urlencode(back)}"})

    async def is_asked(self, request: web.Request) -> bool:
        """Say whether a request for tokens is of the app by which people sign in."""
        if self.secret_in_form:
            return (await request.post()).get("client_id") == self.client_id
        shown = base64.b64encode(f"{self.client_id}:{self.client_secret}".encode()).decode()
        return request.headers.get("Authorization") == f"Basic {shown}"

    async def give(self, request: web.Request) -> web.Response:
        """Exchange a code or a refresh token."""
        form = {name: str(value) for name, value in (await request.post()).items()}
        is_known = form.get("client_secret") == self.client_secret if self.secret_in_form else "client_id" not in form
        if not is_known or not self.knows_app:
            return web.json_response({"error": "invalid_client"}, status=401)
        is_renewal = form.get("grant_type") == "refresh_token"
        self.renewals += is_renewal
        if not (self._renews(form) if is_renewal else self._takes_code(form)):
            return web.json_response(self.refused, status=400)
        answer = self._tokens(form.get("refresh_token"))
        if is_renewal:
            await asyncio.sleep(self.slow_s)
        if is_renewal and self.lost_answers:
            self.lost_answers -= 1
            assert request.transport is not None
            request.transport.abort()
        return web.json_response(answer)

    def _takes_code(self, form: Json) -> bool:
        challenge, redirect_uri = self.codes.pop(form.get("code", ""), ("", ""))
        digest = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
        made = base64.urlsafe_b64encode(digest).decode().rstrip("=")
        return bool(challenge) and made == challenge and form.get("redirect_uri") == redirect_uri

    def _renews(self, form: Json) -> bool:
        is_valid = form.get("refresh_token") in self.refresh
        if self.renewal is Renewal.SINGLE_USE:
            self.refresh.discard(form["refresh_token"])
        return is_valid

    def _tokens(self, used: str | None) -> Json:
        number = next(self.numbers)
        access = f"user-token-{number}"
        self.access.add(access)
        answer: Json = {"access_token": access, "token_type": "Bearer", "expires_in": self.lasts_s}
        if self.offers_scope:
            given = self.wants["scope"].split()
            answer["scope"] = " ".join(one for one in given if one != self.left_out)
        if used is not None and self.renewal is Renewal.SILENT:
            return answer
        keeps = used is not None and self.renewal is Renewal.PROLONGED
        refresh = str(used) if keeps else f"refresh-{number}"
        self.refresh.add(refresh)
        return {**answer, "refresh_token": refresh}
