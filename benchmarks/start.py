"""How long a start takes and how much memory a process takes that has nothing to do, against a bare Bolt AsyncApp.

A start lasts from the process's first instruction to the first 200 of the address that says it can take work. The
first start of all makes the tables; every other finds them. Memory is the proportional set size, 2 s later. Both sides
find what Python compiled at an earlier start, as wherever they are installed.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from tempfile import TemporaryDirectory

from benchmarks.figures import Figure, Options, at_most_times
from benchmarks.machine import cpu_s, memory_bytes
from benchmarks.processes import Program, python_reference, startcall, started
from benchmarks.rounds import interleaved, middle
from benchmarks.slack_side import slack_side

NAME = "start"

OURS, FIRST, BOLT = "Startcall", "Startcall, first start of all", "bare Bolt AsyncApp"
SETTLES_S = 2.0


@dataclass(frozen=True, slots=True)
class Start:
    """How one start went.

    Args:
        cpu_s: processor time until then and for 2 s with nothing to do, in seconds.
        memory_mib: what the process took afterwards, with nothing to do.
    """

    ready_s: float
    cpu_s: float
    memory_mib: float


async def start_of(program: Program) -> Start:
    """Start a program once."""
    async with started(program) as server:
        await asyncio.sleep(SETTLES_S)
        return Start(server.ready_s, cpu_s(server.pid), memory_bytes(server.pid) / 2**20)


async def measure(options: Options) -> Sequence[Figure]:
    """Measure starts and memory of both."""
    with TemporaryDirectory(prefix="startcall-bench-") as folder:
        compiled = {"PYTHONDONTWRITEBYTECODE": "", "PYTHONPYCACHEPREFIX": f"{folder}/compiled"}
        async with slack_side() as side:

            async def first() -> Start:
                with TemporaryDirectory(prefix="startcall-bench-") as fresh:
                    return await start_of(startcall(side.api_url, f"sqlite:///{fresh}/calls.sqlite3", **compiled))

            known = startcall(side.api_url, f"sqlite:///{folder}/calls.sqlite3", **compiled)
            bolt = python_reference(BOLT, "bolt_async", SLACK_API_URL=side.api_url, **compiled)
            for compiles in (partial(start_of, known), first, partial(start_of, bolt)):
                await compiles()
            sides: Mapping[str, Callable[[], Awaitable[Start]]] = {
                OURS: partial(start_of, known),
                FIRST: first,
                BOLT: partial(start_of, bolt),
            }
            found = await interleaved(options, sides, what="starts")
    ready_s, used_s, memory = (
        {name: middle([getattr(one, of) for one in rounds]) for name, rounds in found.items()}
        for of in ("ready_s", "cpu_s", "memory_mib")
    )
    return [
        Figure(NAME, "start to ready", ready_s[OURS], "s", at_most_times(1.3), ready_s[BOLT], BOLT),
        Figure(NAME, "start to ready, processor", used_s[OURS], "s", None, used_s[BOLT], BOLT),
        Figure(NAME, "first start of all, which makes the tables", ready_s[FIRST], "s", None, ready_s[BOLT], BOLT),
        Figure(NAME, "idle memory", memory[OURS], "MiB", at_most_times(1.5), memory[BOLT], BOLT),
    ]
