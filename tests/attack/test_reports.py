"""Whatever a meeting system signs gets a deliberate answer, while a call of its is running."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from pathlib import Path

import aiohttp
import pytest

from server import Server
from tests.attack.fuzz import HOOK_STATUSES
from tests.attack.reported import have_call, reported_to
from tests.attack.reports import Keys, Packed, Reporter, reporters, wrong_reports

AT_ONCE = 16
EVERY = 7
"""Which part of the wrong reports the short form sends; a prime, so that it is each value in some place."""


@pytest.fixture
async def server(tmp_path: Path) -> AsyncIterator[Server]:
    """Run the app."""
    async with reported_to(tmp_path) as started:
        yield started


@pytest.fixture
def ways(server: Server) -> Mapping[str, Reporter]:
    """Return every way to report."""
    return reporters(Keys(server.site_url, server.settings.room_key))


@pytest.fixture
def unforeseen(caplog: pytest.LogCaptureFixture) -> Callable[[], Sequence[str]]:
    """Return what reads what nobody foresaw out of the log."""
    caplog.set_level(logging.INFO)
    return lambda: [
        f"{record.getMessage()[:300]} {record.exc_info[1]!r}" for record in caplog.records if record.exc_info
    ]


async def send(server: Server, session: aiohttp.ClientSession, packed: Packed) -> int:
    """Send a report and return the status of the answer."""
    path, headers, body = packed
    async with session.post(f"{server.address}/hooks/{path}", data=body, headers=headers) as answer:
        await answer.read()
        return answer.status


async def test_good_reports_are_taken_also_twice(
    server: Server, ways: Mapping[str, Reporter], unforeseen: Callable[[], Sequence[str]]
) -> None:
    """So the wrong ones are refused for what is wrong with them; what is sent again gets the same answer."""
    async with aiohttp.ClientSession() as session:
        for name, way in ways.items():
            for report in way.reports:
                await have_call(server, way.packed(b"")[0].split("/")[0])
                packed = way.packed(json.dumps(report).encode())
                assert (name, [200] * 3) == (name, [await send(server, session, packed) for _ in range(3)])
    assert [] == unforeseen()


async def test_signed_reports_that_make_no_sense_get_deliberate_answers(
    server: Server, ways: Mapping[str, Reporter], unforeseen: Callable[[], Sequence[str]], *, is_long: bool
) -> None:
    """Of each meeting system: every wrong value in every place, and every place left out."""
    found: list[str] = []

    async def one(name: str, way: Reporter, raw: bytes) -> None:
        status = await send(server, session, way.packed(raw))
        if status not in HOOK_STATUSES:
            found.append(f"{name}: {status} for {raw[:600]!r}")

    async with aiohttp.ClientSession() as session:
        for name, way in ways.items():
            wrong = wrong_reports(way)
            wrong = wrong if is_long else wrong[::EVERY]
            for at in range(0, len(wrong), AT_ONCE):
                await have_call(server, way.packed(b"")[0].split("/")[0])
                await asyncio.gather(*(one(name, way, raw) for raw in wrong[at : at + AT_ONCE]))

    assert "" == "\n".join(found)
    assert [] == unforeseen()
