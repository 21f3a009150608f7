"""How many calls a second are settled, from the command to the card, by 1 to 4 processes on one PostgreSQL.

Commands go to the processes in turn, 16 at a time, and the clock runs from the first one to the last card; Slack's side
answers at once. Whichever process is free works on a call. Slack's side, PostgreSQL and all processes share the
processors there are, so what they take is missing for growth.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from contextlib import AsyncExitStack
from functools import partial

from benchmarks.commands import signed_commands
from benchmarks.figures import Figure, Options, at_least_times
from benchmarks.machine import ALL_CPUS
from benchmarks.one_by_one import post
from benchmarks.postgres import MISSING, new_database, postgres
from benchmarks.processes import Server, startcall, started
from benchmarks.rounds import interleaved, middle
from benchmarks.slack_side import slack_side
from tests.postgres import PostgresServer

NAME = "workers"

MOST = 4
CORES = len(ALL_CPUS)
LINEAR = 0.8
WARM = 16
AT_ONCE = 16
SETTLE_MAX_S = 120.0


async def settled_a_second(server: PostgresServer, processes: int, count: int) -> float:
    """Return how many calls a second so many processes settle.

    Args:
        count: how many calls there are.
    """
    async with AsyncExitStack() as stack:
        side = await stack.enter_async_context(slack_side())
        program = startcall(side.api_url, new_database(server))
        apps = [await stack.enter_async_context(started(program, cpus=ALL_CPUS)) for _ in range(processes)]
        await _start_calls(apps, WARM * processes)
        await side.until_posted(WARM * processes, give_up_s=SETTLE_MAX_S)
        began_s = time.perf_counter()
        await _start_calls(apps, count)
        await side.until_posted(WARM * processes + count, give_up_s=SETTLE_MAX_S)
        return count / (time.perf_counter() - began_s)


async def _start_calls(apps: Sequence[Server], count: int) -> None:
    """Send commands to the processes in turn, and wait until all are acknowledged."""
    commands = list(signed_commands(count))
    senders = [(apps[first % len(apps)].events_url, commands[first::AT_ONCE]) for first in range(AT_ONCE)]
    await asyncio.gather(*(post(url, some) for url, some in senders))


async def measure(options: Options) -> Sequence[Figure]:
    """Measure with 1 to 4 processes."""
    count = 48 if options.is_quick else 480
    numbers = range(1, 3 if options.is_quick else MOST + 1)
    with postgres() as server:
        if server is None:
            return [Figure(NAME, "calls settled by workers", None, "calls/s", note=MISSING)]
        sides = {_named(number): partial(settled_a_second, server, number, count) for number in numbers}
        found = await interleaved(options, sides, what="calls settled")
    rates = [middle(found[_named(number)]) for number in numbers]
    return [_figure(number, rate, rates[0]) for number, rate in zip(numbers, rates, strict=True)]


def _figure(number: int, rate: float, one: float) -> Figure:
    what = f"calls settled by {_named(number)}"
    if number == 1:
        return Figure(NAME, what, rate, "calls/s")
    goal = at_least_times(LINEAR) if number <= CORES else None
    note = "" if number <= CORES else f"no goal: there are only {CORES} processors"
    return Figure(NAME, what, rate, "calls/s", goal, number * one, f"{number} × one process", note)


def _named(number: int) -> str:
    return "1 process" if number == 1 else f"{number} processes"
