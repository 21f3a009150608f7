"""A start beside 1,000,000 finished calls and 10,000 live ones, against the same start in an empty database.

Two servers run, one on each database, and are measured in turns. The calls are copies of one that Startcall wrote
itself, with two people each. Then every query of the paths that people wait for is explained by the database: none may
read the table of calls, or that of the people in them, from end to end.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from contextlib import AsyncExitStack
from functools import partial
from tempfile import TemporaryDirectory

from benchmarks.commands import signed_commands
from benchmarks.figures import Figure, Options, at_most_times
from benchmarks.filling import Fill, fill_calls
from benchmarks.hot_queries import explain
from benchmarks.one_by_one import Started, starts
from benchmarks.postgres import MISSING, new_database, postgres
from benchmarks.processes import Server, startcall, started
from benchmarks.rounds import interleaved, middle
from benchmarks.slack_side import SlackSide, slack_side
from storage.opening import open_engine

NAME = "million"

EMPTY, FULL = "empty", "full"
WARM = 20

DATABASES = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}


async def measure(options: Options) -> Sequence[Figure]:
    """Measure on both databases."""
    with TemporaryDirectory(prefix="startcall-bench-") as folder, postgres() as server:
        empty, full = (f"sqlite:///{folder}/{name}.sqlite3" for name in (EMPTY, FULL))
        figures = await _of_database(options, empty, full)
        if server is None:
            return [*figures, Figure(NAME, "PostgreSQL, ack", None, "ms", at_most_times(1.1), note=MISSING)]
        return [*figures, *await _of_database(options, new_database(server), new_database(server))]


async def _of_database(options: Options, empty: str, full: str) -> list[Figure]:
    name = DATABASES[full.partition(":")[0]]
    fill = Fill(20_000, 1_000) if options.is_quick else Fill(1_000_000, 10_000)
    async with AsyncExitStack() as stack:
        side = await stack.enter_async_context(slack_side())
        await _fill(side, full, fill, options)
        sides = {}
        for which, url in ((EMPTY, empty), (FULL, full)):
            app = await stack.enter_async_context(started(startcall(side.api_url, url)))
            options.say(f"{name}, {which}: ready after {app.ready_s:.1f} s")
            await starts(app.events_url, signed_commands(WARM), side)
            sides[f"{name}, {which}"] = partial(_round, app, side, 15 if options.is_quick else 150)
        found = await interleaved(options, sides, what="starts")
    ours, reference = (
        [one for each in rounds for one in each] for rounds in (found[f"{name}, {FULL}"], found[f"{name}, {EMPTY}"])
    )
    figures = [*_figures(name, fill, ours, reference), await explain(NAME, name, full)]
    for figure in figures:
        options.say(f"{figure.what}: {figure.ours:.2f} {figure.unit} {figure.note}")
    return figures


async def _fill(side: SlackSide, url: str, fill: Fill, options: Options) -> None:
    """Let Startcall make the tables and one call, and copy it."""
    async with started(startcall(side.api_url, url)) as app:
        await starts(app.events_url, signed_commands(1), side)
    began_s = time.perf_counter()
    engine = open_engine(url)
    fill_calls(engine, fill)
    engine.dispose()
    took_s = time.perf_counter() - began_s
    options.say(f"{fill.finished:,} finished and {fill.live:,} live calls in {took_s:.0f} s")


async def _round(app: Server, side: SlackSide, count: int) -> list[Started]:
    return await starts(app.events_url, signed_commands(count), side)


def _figures(name: str, fill: Fill, ours: Sequence[Started], reference: Sequence[Started]) -> list[Figure]:
    beside = f"beside {fill.finished:,} finished and {fill.live:,} live calls"
    goal, against = at_most_times(1.1), "an empty database"
    acks, cards = (
        [middle([getattr(one, of) for one in each]) for each in (ours, reference)] for of in ("ack_ms", "card_ms")
    )
    return [
        Figure(NAME, f"{name}, ack {beside}", acks[0], "ms", goal, acks[1], against),
        Figure(NAME, f"{name}, card {beside}", cards[0], "ms", goal, cards[1], against),
    ]
