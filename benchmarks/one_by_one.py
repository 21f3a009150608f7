"""Commands one after the other, each when the card of the one before is up: how long the answer takes, and the card."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterable
from dataclasses import dataclass

import aiohttp

from benchmarks.commands import SignedCommand
from benchmarks.slack_side import SlackSide

CARD_WAIT_S = 20.0


@dataclass(frozen=True, slots=True)
class Started:
    """How one start went, from the sending of the command on."""

    ack_ms: float
    card_ms: float


async def starts(url: str, commands: Iterable[SignedCommand], side: SlackSide) -> list[Started]:
    """Start calls and return how each went."""
    posted: asyncio.Queue[str] = asyncio.Queue()
    side.when_posted = posted.put_nowait
    try:
        async with aiohttp.ClientSession() as session:
            return [await _start(session, url, command, posted) for command in commands]
    finally:
        side.when_posted = None


async def post(url: str, commands: Iterable[SignedCommand]) -> None:
    """Send commands, each when the one before is acknowledged."""
    async with aiohttp.ClientSession() as session:
        for command in commands:
            await _acknowledged(session, url, command)


async def _start(
    session: aiohttp.ClientSession, url: str, command: SignedCommand, posted: asyncio.Queue[str]
) -> Started:
    began_s = time.perf_counter()
    await _acknowledged(session, url, command)
    acked_s = time.perf_counter()
    async with asyncio.timeout(CARD_WAIT_S):
        while await posted.get() != command.channel_id:
            pass
    return Started(1_000 * (acked_s - began_s), 1_000 * (time.perf_counter() - began_s))


async def _acknowledged(session: aiohttp.ClientSession, url: str, command: SignedCommand) -> None:
    headers = {
        "Content-Type": "application/x-www-form-urlencoded",
        "X-Slack-Request-Timestamp": command.timestamp,
        "X-Slack-Signature": command.signature,
    }
    async with session.post(url, data=command.body, headers=headers) as response:
        assert response.status == 200, f"A command was answered {response.status}."
        await response.read()
