"""An Acme server, for the example of a provider in docs/example_provider: rooms, people, and signed reports."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

import aiohttp
from aiohttp import web
from aiohttp.test_utils import TestServer

from calls.clock import now

SECRET = "a secret only Acme and we have"
_OTHERS = "acme_quiet = tests.acme_quiet:KIND\nacme_open = tests.acme_open:KIND"
EXAMPLE = Path(__file__).parents[1] / "docs" / "example_provider"


@dataclass
class Acme:
    """The server: what is in its rooms, what it was asked, and how it fails.

    Args:
        rooms: by name, the people by session.
        status: what every request gets instead of an answer; 0 for answers.
        delay_s: how long it takes to answer.
        hooks_url: where it reports to; empty when its reports are lost.
    """

    session: aiohttp.ClientSession
    url: str = ""
    hooks_url: str = ""
    status: int = 0
    delay_s: float = 0
    rooms: dict[str, dict[str, dict[str, str | None]]] = field(default_factory=dict)
    made: list[str] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    numbers: Iterator[int] = field(default_factory=lambda: count(1))

    @property
    def room(self) -> str:
        """Return the name of the newest room, also once it is closed."""
        return self.made[-1]

    async def join(
        self,
        visitor: str | None,
        name: str = "Somebody",
        session: str = "",
        account: str | None = None,
        email: str | None = None,
    ) -> str:
        """Let somebody in and report it; return their session."""
        session = session or f"s{next(self.numbers)}"
        person = {"session": session, "visitor": visitor, "name": name, "account": account, "email": email}
        self.rooms[self.room][session] = person
        await self.report("joined", [person])
        return session

    async def leave(self, session: str) -> None:
        """Let somebody go and report it."""
        person = self.rooms[self.room].pop(session)
        await self.report("left", [person])

    async def report(self, event: str, people: list[dict[str, str | None]], **more: str) -> int:
        """Report something, and return the status of the answer; 0 when reports are lost."""
        return await self.send(*self.signed_report(event, people, **more)) if self.hooks_url else 0

    def signed_report(
        self, event: str, people: list[dict[str, str | None]], **more: str
    ) -> tuple[bytes, dict[str, str]]:
        """Return a report and its headers."""
        told = {"event": event, "room": self.room, "at": now().timestamp(), "people": people, **more}
        body = json.dumps(told).encode()
        return body, signed(body)

    async def send(self, body: bytes, headers: dict[str, str]) -> int:
        """Send a report, and return the status of the answer."""
        async with self.session.post(self.hooks_url, data=body, headers=headers) as answer:
            return answer.status

    async def answer(self, request: web.Request) -> web.Response:
        """Answer one request."""
        self.asked.append(f"{request.method} {request.path}")
        await asyncio.sleep(self.delay_s)
        if self.status:
            return web.Response(status=self.status)
        if request.headers.get("Authorization") != f"Bearer {SECRET}":
            return web.Response(status=401)
        room, session = request.match_info["room"], request.match_info.get("session")
        if request.method == "PUT":
            self.rooms.setdefault(room, {})
            self.made.append(room)
        elif room not in self.rooms:
            return web.Response(status=404)
        elif request.method == "DELETE" and session is None:
            self.rooms.pop(room)
        elif request.method == "DELETE":
            self.rooms[room].pop(session or "", None)
        return web.json_response(list(self.rooms.get(room, {}).values()))


def signed(body: bytes, secret: str = SECRET, at_s: float = 0) -> dict[str, str]:
    """Return the headers of a report, made now or at a time."""
    sent_at = str(int(at_s or now().timestamp()))
    signature = hmac.new(secret.encode(), sent_at.encode() + b"." + body, hashlib.sha256).hexdigest()
    return {"X-Acme-Time": sent_at, "X-Acme-Signature": signature}


@asynccontextmanager
async def running_acme() -> AsyncIterator[Acme]:
    """Run an Acme server while the block runs."""
    async with aiohttp.ClientSession() as session:
        acme = Acme(session)
        async with TestServer(_site(acme), host="127.0.0.1") as server:
            acme.url = str(server.make_url("/")).rstrip("/")
            yield acme


def _site(acme: Acme) -> web.Application:
    site = web.Application()
    site.router.add_route("*", "/rooms/{room}", acme.answer)
    site.router.add_route("*", "/rooms/{room}/people", acme.answer)
    site.router.add_route("*", "/rooms/{room}/people/{session}", acme.answer)
    return site


@contextmanager
def installed_example(folder: Path, entry_point: str = "startcall_acme:KIND") -> Iterator[None]:
    """Have the example of a provider installed as pip would: its module and its entry point can be found."""
    info = folder / "startcall_acme-1.0.0.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: startcall-acme\nVersion: 1.0.0\n", encoding="utf-8")
    (info / "entry_points.txt").write_text(
        f"[startcall.providers]\nacme = {entry_point}\n{_OTHERS}\n", encoding="utf-8"
    )
    places = [str(folder), str(EXAMPLE)]
    sys.path[:0] = places
    try:
        yield
    finally:
        for place in places:
            sys.path.remove(place)
