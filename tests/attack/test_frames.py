"""Whatever comes over a WebSocket of Socket Mode, the app stays connected, and takes what makes sense."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from config import read_settings
from listeners.socket_mode import CONNECTIONS, SocketMode
from sandbox.testing import wait_for
from serve import running
from server import Server
from tests.attack.frames import NOISES, Noise
from tests.attack.peer import Peer, peer
from tests.durability.process import sqlite_url
from tests.ports import free_port


@pytest.fixture
async def slack() -> AsyncIterator[Peer]:
    """Listen in Slack's place."""
    async with peer() as listening:
        yield listening


@pytest.fixture
async def server(tmp_path: Path, slack: Peer) -> AsyncIterator[Server]:
    """Run the app, which Slack delivers to over HTTP for all it knows."""
    settings = {
        **slack.settings(),
        "SLACK_SIGNING_SECRET": "hidden-signing",
        "PORT": str(free_port()),
        "DATABASE_URL": sqlite_url(tmp_path),
        "STARTCALL_LINK_TEMPLATE": "https://meet.example.com/{room}",
    }
    async with running(read_settings(settings)) as started:
        yield started


@asynccontextmanager
async def connected(server: Server, slack: Peer) -> AsyncIterator[SocketMode]:
    """Keep connected to the peer while the block runs; the connections of before are forgotten."""
    slack.links.clear()

    async def open_url() -> str:
        return f"{slack.url.replace('http', 'ws', 1)}/link"

    mode = SocketMode(server.bolt, server.profiles, server.session, open_url)
    keeping = asyncio.create_task(mode.keep_open())
    try:
        await wait_for(lambda: mode.connections == CONNECTIONS)
        yield mode
        assert not keeping.done(), keeping
    finally:
        keeping.cancel()
        await asyncio.gather(keeping, return_exceptions=True)
        await mode.stop(1.0)


@pytest.fixture
def unforeseen(caplog: pytest.LogCaptureFixture) -> Callable[[], Sequence[str]]:
    """Return what reads what nobody foresaw out of the log, and out of what asyncio complains of."""
    caplog.set_level(logging.INFO)
    return lambda: [
        record.getMessage() for record in caplog.records if record.levelno >= logging.ERROR or record.exc_info
    ]


async def wrong_with(noise: Noise, server: Server, slack: Peer) -> str | None:
    """Send something and return what is wrong then."""
    async with connected(server, slack) as mode:
        link = slack.links[0]
        for piece in noise.sent:
            link.send(piece)
        if noise.ends:
            if not await _holds(lambda: mode.connections >= CONNECTIONS and len(slack.links) > CONNECTIONS):
                return f"{noise.name}: no other connection"
            link = slack.links[-1]
        if not await slack.is_answered(link):
            return f"{noise.name}: not answered over {'another' if noise.ends else 'the same'}"
        return None if len(slack.links) == CONNECTIONS + noise.ends else f"{noise.name}: {len(slack.links)} links"


async def _holds(condition: Callable[[], object]) -> bool:
    try:
        await wait_for(condition)
    except AssertionError:
        return False
    return True


def test_no_two_are_of_a_name() -> None:
    """Each can be told from the others."""
    assert len(NOISES) == len({noise.name for noise in NOISES})


async def test_whatever_a_peer_sends_the_next_envelope_is_acknowledged(
    server: Server, slack: Peer, unforeseen: Callable[[], Sequence[str]]
) -> None:
    """Over the same connection, or over another where no connection can be left; with nothing unforeseen in the log."""
    found = [await wrong_with(noise, server, slack) for noise in NOISES]

    assert "" == "\n".join(one for one in found if one is not None)
    assert [] == unforeseen()
