"""A browser of somebody who joins, without a screen: it keeps cookies, and follows only where a test says so."""

from __future__ import annotations

import html
import re
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from urllib.parse import urljoin

import aiohttp

from tests.world import GENERAL, World

_HIDDEN = re.compile(r'<input type="hidden" name="(\w+)" value="([^"]*)">')


@dataclass(frozen=True, slots=True)
class Seen:
    """An answer as a browser has it.

    Args:
        location: where it is sent on, complete; empty when it is not.
    """

    status: int
    text: str
    headers: Mapping[str, str]
    location: str = ""


class Visit:
    """One browser."""

    def __init__(self, session: aiohttp.ClientSession, base: str) -> None:
        """Start with no cookies."""
        self.session = session
        self.base = base

    async def get(self, url: str, **headers: str) -> Seen:
        """Open an address, complete or of the app."""
        return await self._ask("GET", url, headers)

    async def head(self, url: str) -> Seen:
        """Ask for an address without opening it."""
        return await self._ask("HEAD", url, {})

    async def send(self, url: str, form: Mapping[str, str], **headers: str) -> Seen:
        """Send a form, as from a page of the same origin unless the headers say otherwise."""
        return await self._ask("POST", url, headers or {"Sec-Fetch-Site": "same-origin"}, form)

    async def sign_in(self, token: str, user_id: str, *, elsewhere: bool = False) -> Seen:
        """Go to Slack, allow it there as somebody, come back, and return what the app answers to that."""
        begun = await self.get(f"/j/{token}/sign_in{'?elsewhere=1' if elsewhere else ''}")
        allowed = await self.consent(begun.location, user_id)
        return await self.get(allowed.location)

    async def consent(self, authorize_url: str, user_id: str, answer: str = "allow") -> Seen:
        """Answer the local Slack's question."""
        asked = await self.get(authorize_url)
        form = {name: html.unescape(value) for name, value in _HIDDEN.findall(asked.text)}
        origin = authorize_url.partition("/openid")[0]
        url = f"{origin}/openid/connect/authorize"
        headers = {"Origin": origin, "Sec-Fetch-Site": "same-origin"}
        return await self._ask("POST", url, headers, {**form, "user": user_id, answer: "1"})

    async def _ask(
        self, method: str, url: str, headers: Mapping[str, str], form: Mapping[str, str] | None = None
    ) -> Seen:
        whole = urljoin(self.base, url)
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        async with self.session.request(method, whole, headers=sent, data=form, allow_redirects=False) as answer:
            location = answer.headers.get("Location", "")
            text = await answer.text()
            return Seen(answer.status, text, answer.headers.copy(), urljoin(whole, location) if location else "")


@asynccontextmanager
async def visit(world: World) -> AsyncIterator[Visit]:
    """Open a browser of its own on the app's pages."""
    jar = aiohttp.CookieJar(unsafe=True)
    async with aiohttp.ClientSession(cookie_jar=jar) as session:
        yield Visit(session, world.server.address)


async def started(world: World, title: str = "Weekly sync") -> str:
    """Start a call as Alice and return the token of its address."""
    before = len(world.cards(GENERAL))
    await world.alice.command(GENERAL, "/startcall", title)
    await world.card(GENERAL, before + 1)
    calls = world.slack.api_calls("calls.add")
    return str(calls[-1].request["join_url"]).rpartition("/")[2]
