"""From the command to its card, with Slack 40 ms away and taking 40 ms for each request, over TLS.

Two requests there and back take 160 ms at least. The card is up when the answer to the second one arrives. It is
measured when connections are open, after a minute in which nothing happened, and for the first command of all. The
floor is a bare client whose connection is open. The sides are measured in turns, and idle at the same time.
"""

from __future__ import annotations

import asyncio
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path

from benchmarks.certificate import server_context
from benchmarks.commands import SignedCommand, signed_commands
from benchmarks.distance import distant
from benchmarks.figures import Figure, Options, at_most_times
from benchmarks.one_at_a_time import acks_ms
from benchmarks.processes import Program, Server, python_reference, startcall, started
from benchmarks.rounds import middle
from benchmarks.slack_side import SlackSide, slack_side

NAME = "card"

ROUND_TRIP_S = 0.04
SERVER_S = 0.04
IDLE_S = 60.0

OURS = "Startcall"
BOLT = "Bolt AsyncApp default"
FLOOR = "bare client, warm"


ProgramOf = Callable[[str, Path, Path], Program]
"""Returns a server, by Slack's address, a folder of its own, and the certificate that it has to trust."""


@dataclass(frozen=True, slots=True)
class Cards:
    """How long one side took from a command to its card, in milliseconds.

    Args:
        first_ms: for the first command since its start.
        warm_ms: when commands came all the time.
        idle_ms: after a minute without one.
    """

    first_ms: float
    warm_ms: float
    idle_ms: float


def _ours(api_url: str, folder: Path, trusted: Path) -> Program:
    return startcall(api_url, f"sqlite:///{folder}/calls.sqlite3", SSL_CERT_FILE=str(trusted))


def _floor(api_url: str, _folder: Path, trusted: Path) -> Program:
    return python_reference(FLOOR, "floor", SLACK_API_URL=api_url, JOB="1", SSL_CERT_FILE=str(trusted))


def _bolt(api_url: str, _folder: Path, trusted: Path) -> Program:
    return python_reference(BOLT, "bolt_async", SLACK_API_URL=api_url, SSL_CERT_FILE=str(trusted))


SIDES: Mapping[str, ProgramOf] = {OURS: _ours, FLOOR: _floor, BOLT: _bolt}


async def measure(options: Options) -> Sequence[Figure]:
    """Measure ours, the floor, and Bolt."""
    found: dict[str, list[Cards]] = {name: [] for name in SIDES}
    for number in range(options.rounds):
        options.say(f"command to card, round {number + 1} of {options.rounds}")
        names = list(SIDES) if number % 2 == 0 else list(reversed(list(SIDES)))
        turn = asyncio.Lock()
        measured = await asyncio.gather(*(_cards(options, SIDES[name], turn) for name in names))
        for name, cards in zip(names, measured, strict=True):
            found[name].append(cards)
    first = {name: middle([one.first_ms for one in rounds]) for name, rounds in found.items()}
    warm = {name: middle([one.warm_ms for one in rounds]) for name, rounds in found.items()}
    idle = {name: middle([one.idle_ms for one in rounds]) for name, rounds in found.items()}
    after = "after 60 s idle" if not options.is_quick else "after 1 s idle"
    floor = warm[FLOOR]
    return [
        Figure(NAME, "command to card, warm", warm[OURS], "ms", at_most_times(1.1), floor, FLOOR),
        Figure(NAME, f"command to card, {after}", idle[OURS], "ms", at_most_times(1.1), floor, FLOOR),
        Figure(NAME, "command to card, first of all", first[OURS], "ms", at_most_times(1.5), floor, FLOOR),
        Figure(NAME, "command to card, warm", warm[OURS], "ms", None, warm[BOLT], BOLT),
        Figure(NAME, f"command to card, {after}", idle[OURS], "ms", None, idle[BOLT], BOLT),
        Figure(NAME, "command to card, first of all", first[OURS], "ms", None, first[BOLT], BOLT),
    ]


async def _cards(options: Options, program_of: ProgramOf, turn: asyncio.Lock) -> Cards:
    """Measure one side.

    Args:
        turn: held while something is measured.
    """
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        context, trusted = server_context(folder)
        async with AsyncExitStack() as stack:
            side = await stack.enter_async_context(slack_side(delay_s=SERVER_S, tls=context))
            far_url = await stack.enter_async_context(distant(side.url, ROUND_TRIP_S))
            async with turn:
                server = await stack.enter_async_context(started(program_of(f"{far_url}/api/", folder, trusted)))
                first_ms = await _middle_ms(server, side, 1)
                warm_ms = await _middle_ms(server, side, 3 if options.is_quick else 15)
            await asyncio.sleep(1.0 if options.is_quick else IDLE_S)
            async with turn:
                return Cards(first_ms, warm_ms, await _middle_ms(server, side, 1))


async def _middle_ms(server: Server, side: SlackSide, number: int) -> float:
    """Return how long commands took that came one after the other: half of them took no longer."""
    return middle([await _card_ms(server, side, command) for command in signed_commands(number)])


async def _card_ms(server: Server, side: SlackSide, command: SignedCommand) -> float:
    began_s = time.perf_counter()
    await acks_ms(server.events_url, [command], side)
    return 1_000 * (side.posted_at_s[command.channel_id] + ROUND_TRIP_S / 2 - began_s)
