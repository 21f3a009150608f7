"""The app in this process, with every meeting system that reports by requests, and a call in a room of each."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from itertools import count
from pathlib import Path

from calls.clock import now
from calls.ids import new_call_id
from calls.model import Call, CallState, ChannelId, Room, TeamId, UserId
from config import read_settings
from serve import running
from server import Server
from tests.attack.good_reports import ROOM
from tests.attack.pages import SETTINGS
from tests.attack.peer import peer
from tests.attack.reports import MORE_SETTINGS
from tests.durability.process import sqlite_url
from tests.ports import free_port

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
                await have_call(server, name)
            yield server


async def have_call(server: Server, provider: str) -> None:
    """Have a call in the room of a meeting system; reports may have ended the one before."""
    if await server.intake.is_open(provider, ROOM):
        return
    number, began_at = next(_NUMBERS), now()
    channel_id = ChannelId(f"C0PLACE{number:05}")
    call = Call(
        new_call_id(),
        f"{number:03}-9QM",
        TeamId("T0SANDBOX01"),
        channel_id,
        "x",
        UserId("U1"),
        provider,
        began_at,
        live_key=f"T0SANDBOX01 {channel_id}",
    )
    room = Room(ROOM, f"https://meet.example.com/{ROOM}")
    live = replace(call, state=CallState.LIVE, live_at=began_at, room=room)
    shown = replace(live, slack_call_id=f"R{number}", posted=True, message_ts="1.2")
    await server.database.write(lambda transaction: transaction.add_call(shown))
