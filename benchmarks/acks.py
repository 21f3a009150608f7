"""How many commands one core acknowledges in a second over 16 connections, stored on SQLite with `synchronous=FULL`.

In one part the references only acknowledge, and Slack's side holds back its answers to Startcall, which so does
everything up to its first request for each call, and no more. In the other, all do the whole job at the same time.
Each side is a fresh process in each round, and is sent some commands that do not count first.
"""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from benchmarks import wrk
from benchmarks.bolt_js import MISSING, bolt_js, installed
from benchmarks.bolt_js import NAME as JS
from benchmarks.commands import signed_commands
from benchmarks.figures import Figure, Goal, Options, at_least_times
from benchmarks.machine import cpu_s
from benchmarks.processes import Program, python_reference, startcall, started
from benchmarks.rounds import interleaved, middle
from benchmarks.slack_side import SlackSide, slack_side

NAME = "acks"

CONNECTIONS = 16
MOST_A_SECOND = 12_000
"""More than any of the servers answers; each command is made before."""

OURS = "Startcall"
BOLT = "Bolt AsyncApp default"


@dataclass(frozen=True, slots=True)
class Round:
    """What one round measured.

    Args:
        cpu_ms: the server's processor time for each command.
        cards_per_second: how many cards were posted meanwhile.
    """

    load: wrk.Load
    cpu_ms: float
    cards_per_second: float


Side = Callable[[], Awaitable[Round]]


async def measure(options: Options) -> Sequence[Figure]:
    """Measure acknowledgements alone, and beside the work that follows them."""
    if not wrk.is_here():
        return [Figure(NAME, "acks, 16 connections", None, "a second", at_least_times(2), note=wrk.MISSING)]
    app = await installed()
    alone = await interleaved(options, sides(app, options, does_job=False), what="acks alone")
    whole = await interleaved(options, sides(app, options, does_job=True), what="acks and cards")
    return [
        *_figures("acks alone", alone),
        *_figures("acks while cards are made", whole, is_judged=False),
        *_cards(whole),
    ]


def sides(app: Path | None, options: Options, *, does_job: bool) -> dict[str, Side]:
    """Return how a round of each side is measured.

    Args:
        app: the reference in JavaScript; None to leave it out.
        does_job: whether the calls are made, too.
    """
    job = "1" if does_job else "0"
    found: dict[str, Side] = {
        OURS: partial(_ours, options, does_job=does_job),
        BOLT: partial(
            _reference, options, lambda url: python_reference(BOLT, "bolt_async", SLACK_API_URL=url, JOB=job)
        ),
    }
    if app is not None:
        found[JS] = partial(_reference, options, lambda url: bolt_js(app, url, JOB=job))
    return found


async def _ours(options: Options, *, does_job: bool) -> Round:
    with tempfile.TemporaryDirectory() as folder:
        async with (
            slack_side() as side,
            started(startcall(side.api_url, f"sqlite:///{folder}/calls.sqlite3")) as server,
        ):
            # Until it knows who it is and how large the workspace is.
            await asyncio.sleep(0.3)
            if not does_job:
                side.hold()
            found = await _load(server.events_url, server.pid, side, options)
            server.child.kill()
            return found


async def _reference(options: Options, program_of: Callable[[str], Program]) -> Round:
    async with slack_side() as side, started(program_of(side.api_url)) as server:
        found = await _load(server.events_url, server.pid, side, options)
        server.child.kill()
        return found


async def _load(url: str, pid: int, side: SlackSide, options: Options) -> Round:
    await wrk.loaded(url, signed_commands(MOST_A_SECOND), connections=2, round_s=1)
    ready = signed_commands(round(MOST_A_SECOND * max(1, options.round_s)))
    cpu_before_s, cards_before = cpu_s(pid), len(side.posted_at_s)
    load = await wrk.loaded(url, ready, connections=CONNECTIONS, round_s=options.round_s)
    cpu_ms = 1_000 * (cpu_s(pid) - cpu_before_s) / load.answered
    cards = len(side.posted_at_s) - cards_before
    return Round(load, cpu_ms, cards * load.per_second / load.answered)


def _figures(what: str, found: dict[str, list[Round]], *, is_judged: bool = True) -> list[Figure]:
    rates = {name: middle([one.load.per_second for one in rounds]) for name, rounds in found.items()}
    goals: dict[str, Goal] = {BOLT: at_least_times(2), JS: at_least_times(0.6)} if is_judged else {}
    figures = [
        Figure(NAME, what, rates[OURS], "a second", goals.get(name), rates[name], name)
        for name in found
        if name != OURS
    ]
    if JS not in found:
        figures.append(Figure(NAME, what, rates[OURS], "a second", goals.get(JS), None, JS, MISSING))
    values = {name: middle([one.cpu_ms for one in rounds]) for name, rounds in found.items()}
    slow = {name: middle([one.load.slow_ms for one in rounds]) for name, rounds in found.items()}
    return [
        *figures,
        Figure(NAME, f"{what}, p99", slow[OURS], "ms", None, slow[BOLT], BOLT),
        Figure(NAME, f"{what}, processor for each", values[OURS], "ms", None, values[BOLT], BOLT),
    ]


def _cards(found: dict[str, list[Round]]) -> list[Figure]:
    rates = {name: middle([one.cards_per_second for one in rounds]) for name, rounds in found.items()}
    return [
        Figure(NAME, "cards posted meanwhile", rates[OURS], "a second", None, rates[name], name)
        for name in found
        if name != OURS
    ]
