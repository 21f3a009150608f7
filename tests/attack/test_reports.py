"""Whatever a meeting system signs gets a deliberate answer, while a call of its is running."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from itertools import count
from pathlib import Path

import aiohttp
import pytest

from calls.clock import now
from calls.ids import new_call_id
from calls.model import Call, CallState, ChannelId, Room, TeamId, UserId
from config import read_settings
from serve import running
from server import Server
from tests.attack.fuzz import HOOK_STATUSES
from tests.attack.pages import SETTINGS
from tests.attack.peer import peer
from tests.attack.reports import MORE_SETTINGS, ROOM, Keys, Packed, Reporter, reporters, wrong_reports
from tests.durability.process import sqlite_url
from tests.ports import free_port

AT_ONCE = 16
EVERY = 7
"""Which part of the wrong reports the short form sends; a prime, so that it is each value in some place."""

_NUMBERS = count(1)


@asynccontextmanager
async def reported_to(folder: Path) -> AsyncIterator[Server]:
    """Run the app with every meeting system that reports, and a call in a room of each."""
    async with peer() as slack:
        settings = {
            **slack.settings(),
            **SETTINGS,
            **MORE_SETTINGS,
            "SLACK_SIGNING_SECRET": "hidden-signing",
            "PORT": str(free_port()),
            "PUBLIC_URL": "https://calls.example.com",
            "DATABASE_URL": sqlite_url(folder),
        }
        async with running(read_settings(settings)) as server:
            for name in server.providers:
                await _have_call(server, name)
            yield server


async def _have_call(server: Server, provider: str) -> None:
    """Have a call in the room of a meeting system; reports may have ended the one before."""
    if await server.intake.is_open(provider, ROOM):
        return
    number, began_at = next(_NUMBERS), now()
    channel_id = ChannelId(f"C0PLACE{number:05}")
    call = Call(
        new_call_id(), f"{number:03}-9QM", TeamId("T0SANDBOX01"), channel_id, "x", UserId("U1"), provider, began_at,
        live_key=f"T0SANDBOX01 {channel_id}",
    )
    room = Room(ROOM, f"https://meet.example.com/{ROOM}")
    live = replace(
        call, state=CallState.LIVE, live_at=began_at, room=room, slack_call_id=f"R{number}", posted=True, message_ts="1.2"
    )
    await server.database.write(lambda transaction: transaction.add_call(live))


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
        f"{record.getMessage()[:300]} {record.exc_info and record.exc_info[1]!r}"
        for record in caplog.records
        if record.exc_info
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
                await _have_call(server, way.packed(b"")[0].split("/")[0])
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
                await _have_call(server, way.packed(b"")[0].split("/")[0])
                await asyncio.gather(*(one(name, way, raw) for raw in wrong[at : at + AT_ONCE]))

    assert "" == "\n".join(found)
    assert [] == unforeseen()
