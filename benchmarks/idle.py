"""How much of a processor a server takes with nothing to do, connected to Slack; also while 10,000 schedules wait.

The clock of the system counts processor time in hundredths of a second, so each side is watched for 20 s.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from contextlib import AsyncExitStack
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.figures import Figure, Options, at_most
from benchmarks.filling import fill_plans
from benchmarks.machine import cpu_s
from benchmarks.postgres import MISSING, new_database, postgres
from benchmarks.processes import APP_TOKEN, Server, startcall, started
from benchmarks.slack_side import TEAM_ID
from benchmarks.socket_slack import socket_slack
from calls.clock import now
from storage.database import Database
from storage.opening import open_engine

NAME = "idle"

PLANS = 10_000
SETTLES_S = 3.0
GOAL = at_most(0.5)
UNIT = "% of a core"


async def idle_percent(server: Server, for_s: float) -> float:
    """Return how much of a core a server takes."""
    await asyncio.sleep(SETTLES_S)
    before_s, at_s = cpu_s(server.pid), time.perf_counter()
    await asyncio.sleep(for_s)
    return 100 * (cpu_s(server.pid) - before_s) / (time.perf_counter() - at_s)


async def measure(options: Options) -> Sequence[Figure]:
    """Measure on both databases, empty and with schedules."""
    for_s = 2.0 if options.is_quick else 20.0
    figures: list[Figure] = []
    with TemporaryDirectory(prefix="startcall-bench-") as folder, postgres() as server:
        urls = {"SQLite": f"sqlite:///{Path(folder)}/calls.sqlite3"}
        urls |= {} if server is None else {"PostgreSQL": new_database(server)}
        for name, url in urls.items():
            options.say(f"{name}: empty, then with {PLANS:,} schedules")
            figures.append(Figure(NAME, f"{name}, nothing to do", await _idle(url, for_s), UNIT, GOAL))
            await _schedule(url)
            figures.append(Figure(NAME, f"{name}, {PLANS:,} schedules", await _idle(url, for_s), UNIT, GOAL))
    if server is None:
        figures.append(Figure(NAME, "PostgreSQL", None, UNIT, GOAL, note=MISSING))
    return figures


async def _idle(url: str, for_s: float) -> float:
    async with AsyncExitStack() as stack:
        slack = await stack.enter_async_context(socket_slack())
        program = startcall(slack.side.api_url, url, SLACK_APP_TOKEN=APP_TOKEN)
        server = await stack.enter_async_context(started(program))
        return await idle_percent(server, for_s)


async def _schedule(url: str) -> None:
    database = Database(open_engine(url), now)
    try:
        await fill_plans(database, PLANS, TEAM_ID)
    finally:
        database.close()
