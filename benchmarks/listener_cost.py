"""What the listeners that a command is not for cost its acknowledgement.

The same app, once with all its listeners and once with the one of `/startcall` alone, is asked for help, which it
answers without storing anything: so nothing else hides the cost. It is processor time, because a machine that others
use, too, tells no instruction counts; one connection, and each side is a fresh process in each round.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial

from benchmarks import wrk
from benchmarks.commands import signed_commands
from benchmarks.figures import Figure, Options, at_most_times
from benchmarks.machine import cpu_s
from benchmarks.processes import startcall, started
from benchmarks.rounds import interleaved, middle
from benchmarks.slack_side import slack_side

NAME = "listeners"

ALL = "all listeners"
ONE = "one listener"

_MOST_A_SECOND = 6_000
_ONE_LISTENER = (sys.executable, "-m", "benchmarks.references.one_listener")


@dataclass(frozen=True, slots=True)
class Round:
    """What one round measured, for each acknowledgement."""

    cpu_ms: float
    middle_ms: float


async def measure(options: Options) -> Sequence[Figure]:
    """Measure both, in turns."""
    what = "processor for an ack"
    if not wrk.is_here():
        return [Figure(NAME, what, None, "ms", at_most_times(1.2), note=wrk.MISSING)]
    sides = {ALL: partial(_round, options, None), ONE: partial(_round, options, _ONE_LISTENER)}
    found = await interleaved(options, sides, what="acks of a question for help")
    cpu_ms = {name: middle([one.cpu_ms for one in rounds]) for name, rounds in found.items()}
    took_ms = {name: middle([one.middle_ms for one in rounds]) for name, rounds in found.items()}
    return [
        Figure(NAME, what, cpu_ms[ALL], "ms", at_most_times(1.2), cpu_ms[ONE], ONE),
        Figure(NAME, "ack, p50", took_ms[ALL], "ms", None, took_ms[ONE], ONE),
    ]


async def _round(options: Options, command: Sequence[str] | None) -> Round:
    """Measure one side.

    Args:
        command: what is started; None for the app as it is.
    """
    with tempfile.TemporaryDirectory() as folder:
        async with slack_side() as side:
            program = startcall(side.api_url, f"sqlite:///{folder}/calls.sqlite3")
            async with started(program if command is None else replace(program, command=command)) as server:
                url = server.events_url
                await wrk.loaded(url, signed_commands(_MOST_A_SECOND, text="help"), connections=1, round_s=1)
                ready = signed_commands(round(_MOST_A_SECOND * max(1, options.round_s)), text="help")
                before_s = cpu_s(server.pid)
                load = await wrk.loaded(url, ready, connections=1, round_s=options.round_s)
                return Round(1_000 * (cpu_s(server.pid) - before_s) / load.answered, load.middle_ms)
