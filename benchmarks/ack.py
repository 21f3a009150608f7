"""How long the acknowledgement of a command takes on one connection, stored on SQLite with `synchronous=FULL`.

Both sides do the whole job, `calls.add` and `chat.postMessage`, against a Web API that answers at once, and the next
command is sent 20 ms after the card of the one before is up. Bolt's default AsyncApp stores nothing. Each side is a
fresh process in each round, and is sent some commands that do not count first. The floor is a bare route that verifies
and stores the same commands on the same disk.
"""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import quantiles

from benchmarks.commands import signed_commands
from benchmarks.figures import Figure, Options, at_most_times
from benchmarks.machine import cpu_s
from benchmarks.one_at_a_time import acks_ms
from benchmarks.processes import Program, python_reference, startcall, started
from benchmarks.rounds import interleaved, middle
from benchmarks.slack_side import SlackSide, slack_side

NAME = "ack"

OURS = "Startcall"
BOLT = "Bolt AsyncApp default"
FLOOR = "bare route that stores"


@dataclass(frozen=True, slots=True)
class Round:
    """What one round measured.

    Args:
        took_ms: how long each acknowledgement took.
        cpu_ms: the server's processor time for each command, its whole job included.
    """

    took_ms: Sequence[float]
    cpu_ms: float


async def measure(options: Options) -> Sequence[Figure]:
    """Measure the middle and the slowest acknowledgements of both."""
    number, warm = (10, 2) if options.is_quick else (300, 30)

    async def ours() -> Round:
        with tempfile.TemporaryDirectory() as folder:
            async with slack_side() as side:
                return await _round(side, startcall(side.api_url, f"sqlite:///{folder}/calls.sqlite3"), warm, number)

    async def bolt() -> Round:
        async with slack_side() as side:
            program = python_reference(BOLT, "bolt_async", SLACK_API_URL=side.api_url)
            return await _round(side, program, warm, number)

    async def floor() -> Round:
        with tempfile.TemporaryDirectory() as folder:
            program = python_reference(FLOOR, "floor", STORE=f"{folder}/commands.sqlite3")
            return await _round(None, program, warm, number)

    took = await interleaved(options, {OURS: ours, BOLT: bolt, FLOOR: floor}, what="acks on one connection")
    halves = {name: middle([middle(one.took_ms) for one in rounds]) for name, rounds in took.items()}
    slowest = {name: middle([slow(one.took_ms) for one in rounds]) for name, rounds in took.items()}
    cpu_ms = {name: middle([one.cpu_ms for one in rounds]) for name, rounds in took.items()}
    return [
        Figure(NAME, "ack, p50", halves[OURS], "ms", at_most_times(0.1), halves[BOLT], BOLT),
        Figure(NAME, "ack, p99", slowest[OURS], "ms", at_most_times(0.3), slowest[BOLT], BOLT),
        Figure(NAME, "ack, p50", halves[OURS], "ms", None, halves[FLOOR], FLOOR),
        Figure(NAME, "processor for the whole job", cpu_ms[OURS], "ms", None, cpu_ms[BOLT], BOLT),
    ]


async def _round(side: SlackSide | None, program: Program, warm: int, number: int) -> Round:
    async with started(program) as server:
        await acks_ms(server.events_url, signed_commands(warm), side)
        before_s = cpu_s(server.pid)
        took_ms = await acks_ms(server.events_url, signed_commands(number), side)
        used_ms = 1_000 * (cpu_s(server.pid) - before_s)
        server.child.kill()
        return Round(took_ms, used_ms / number)


def slow(values: Sequence[float]) -> float:
    """Return what 99 of 100 do not exceed."""
    return quantiles(values, n=100)[98]
