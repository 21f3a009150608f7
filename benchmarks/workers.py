"""How many calls a second are settled, started with their cards up, by 1 to 4 processes on one PostgreSQL.

One process takes the commands in, and as many as there are in all work on the calls: the others run
`python app.py worker`. Slack's side, PostgreSQL and all processes share the processors there are, so the figure can
grow no further than what they leave. The calls are stored before the clock starts: their cards wait for a Web API that
answers nothing, and the clock starts when it does.
"""

from __future__ import annotations

import asyncio
import os
import sys
import time
from collections.abc import Sequence
from contextlib import AsyncExitStack
from dataclasses import replace
from functools import partial

from benchmarks.commands import signed_commands
from benchmarks.figures import Figure, Options, at_least_times
from benchmarks.one_by_one import post
from benchmarks.postgres import MISSING, new_database, postgres
from benchmarks.processes import Program, startcall, started
from benchmarks.rounds import interleaved, middle
from benchmarks.slack_side import slack_side
from tests.postgres import PostgresServer

NAME = "workers"

MOST = 4
CORES = os.cpu_count() or 1
LINEAR = 0.8
AT_ONCE = 16
SETTLE_MAX_S = 120.0


async def settled_a_second(server: PostgresServer, processes: int, count: int) -> float:
    """Return how many calls a second so many processes settle.

    Args:
        count: how many calls there are.
    """
    everywhere = set(range(CORES)) & os.sched_getaffinity(os.getppid()) or set(range(CORES))
    async with AsyncExitStack() as stack:
        side = await stack.enter_async_context(slack_side())
        program = startcall(side.api_url, new_database(server))
        front = await stack.enter_async_context(started(program, cpus=everywhere))
        for _ in range(processes - 1):
            await stack.enter_async_context(started(_worker(program), cpus=everywhere))
        began_s = time.perf_counter()
        commands = list(signed_commands(count))
        await asyncio.gather(*(post(front.events_url, commands[first::AT_ONCE]) for first in range(AT_ONCE)))
        await side.until_posted(count, give_up_s=SETTLE_MAX_S)
        return count / (time.perf_counter() - began_s)


def _worker(program: Program) -> Program:
    return replace(program, name="a worker", command=(sys.executable, "app.py", "worker"))


async def measure(options: Options) -> Sequence[Figure]:
    """Measure with 1 to 4 processes."""
    count = 40 if options.is_quick else 600
    numbers = range(1, 3 if options.is_quick else MOST + 1)
    with postgres() as server:
        if server is None:
            return [Figure(NAME, "calls settled by workers", None, "calls/s", note=MISSING)]
        sides = {f"{number} processes": partial(settled_a_second, server, number, count) for number in numbers}
        found = await interleaved(options, sides, what="calls settled")
    rates = [middle(found[f"{number} processes"]) for number in numbers]
    return [_figure(number, rate, rates[0]) for number, rate in zip(numbers, rates, strict=True)]


def _figure(number: int, rate: float, one: float) -> Figure:
    if number == 1:
        return Figure(NAME, "calls settled by 1 process", rate, "calls/s")
    goal = at_least_times(LINEAR) if number <= CORES else None
    note = "" if number <= CORES else f"no goal: there are only {CORES} processors"
    what = f"calls settled by {number} processes"
    return Figure(NAME, what, rate, "calls/s", goal, number * one, f"{number} × one process", note)
