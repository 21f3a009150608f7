"""Somebody who knows the addresses and nothing else gets deliberate answers, and learns nothing."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import suppress
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.attack.outsider import ADDRESSES, DELIBERATE, raw, requests
from tests.attack.target import Watched, installable_target
from tests.attack.wire import ANSWER_WITHIN_S, CLOSED
from tests.many_workspaces import running_many

AT_ONCE = 8
ANSWER_MAX_BYTES = 1 << 20

_STATUS = re.compile(rb"HTTP/1\.[01] (\d{3}) ")
_BANNER = re.compile(rb"^Server: .*\r\n", re.MULTILINE)
"""What the library says of itself where it answers by itself."""

_TELLS_TOO_MUCH = re.compile(rb"Traceback|File \"|/site-packages/|aiohttp/|Python/|hidden-|sqlite")


@pytest.fixture
async def installable(tmp_path: Path) -> AsyncIterator[Watched]:
    """Run the app that workspaces can install."""
    async with installable_target(tmp_path) as running:
        yield running


async def answers_to(url: str, sent: bytes, *, half_closed: bool = False) -> bytes:
    """Send bytes and return all that comes back until the connection is ended."""
    parts = urlsplit(url)
    async with asyncio.timeout(ANSWER_WITHIN_S):
        reader, writer = await asyncio.open_connection(parts.hostname, parts.port)
        found = b""
        with suppress(ConnectionError):
            writer.write(sent)
            if half_closed:
                writer.write_eof()
            while (more := await reader.read(1 << 16)) and len(found) < ANSWER_MAX_BYTES:
                found += more
        writer.close()
        return found


def statuses_in(answers: bytes) -> list[int]:
    """Return the status of every answer."""
    return [int(found) for found in _STATUS.findall(answers)] or [CLOSED]


async def test_every_address_is_asked(tmp_path: Path) -> None:
    """Whatever the router has is in the list, with as many forms as it has there."""
    async with running_many(f"sqlite:///{tmp_path}/calls.sqlite3") as many:
        routed = {route.resource.canonical for route in many.server.web_app().router.routes() if route.resource}
    assert routed - {"/slack/install"} <= set(ADDRESSES), routed - set(ADDRESSES)


async def test_whoever_asks_oddly_gets_a_deliberate_answer_that_tells_nothing(installable: Watched) -> None:
    """Whatever the method, the path, the version and the headers; half-closed connections are answered, too."""
    turns = asyncio.Semaphore(AT_ONCE)

    async def wrong_with(name: str, sent: bytes, *, half_closed: bool) -> str | None:
        async with turns:
            try:
                answers = await answers_to(installable.app.url, sent, half_closed=half_closed)
            except TimeoutError:
                return f"{name}: no answer"
        odd = set(statuses_in(answers)) - DELIBERATE - {CLOSED}
        is_no_http = set(statuses_in(answers)) <= {400, CLOSED}
        told = _TELLS_TOO_MUCH.search(_BANNER.sub(b"", answers) if is_no_http else answers)
        return f"{name}: {sorted(odd)} {told and told[0]!r}" if odd or told else None

    found = await asyncio.gather(
        *(wrong_with(name, sent, half_closed=number % 2 == 1) for number, (name, sent) in enumerate(requests()))
    )

    assert "" == "\n".join(one for one in found if one is not None)
    assert [] == installable.trouble()
    assert [200] == statuses_in(await answers_to(installable.app.url, raw("GET", "/readyz", "Connection: close")))
