"""Many scheduled calls: several processes start each once, a killed one loses none, and waiting costs nothing."""

from __future__ import annotations

import asyncio
import os
import re
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from benchmarks.filling import add_plans, pending_plan
from calls.clock import now
from calls.model import UserId
from calls.plan import Plan
from sandbox.people import ALICE
from sandbox.server import Sandbox
from sandbox.testing import wait_for
from storage.database import Database
from storage.opening import open_engine
from storage.schema import upgrade
from tests.durability.life import GENERAL
from tests.durability.process import AppProcess, app_and_slack, sqlite_url
from tests.durability.replicas import replicas
from tests.postgres import PostgresServer
from tests.world import cards

PENDING = 10_000
WATCHED_S = 5.0
TICKS_A_SECOND = os.sysconf("SC_CLK_TCK")
ALLOWED_MORE = 0.02
"""How much more of a processor waiting plans may take."""


async def put(database_url: str, plans: list[Plan]) -> None:
    """Store plans."""
    engine = open_engine(database_url)
    upgrade(engine)
    database = Database(engine, now)
    try:
        await add_plans(database, plans)
    finally:
        database.close()


def cpu_s(app: AppProcess) -> float:
    """Return the processor time a process has taken."""
    numbers = Path(f"/proc/{app.pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return (int(numbers[11]) + int(numbers[12])) / TICKS_A_SECOND


def threads(app: AppProcess) -> int:
    """Return how many threads a process has."""
    status = Path(f"/proc/{app.pid}/status").read_text(encoding="ascii")
    found = re.search(r"Threads:\s+(\d+)", status)
    assert found is not None
    return int(found[1])


async def idle(app: AppProcess) -> tuple[float, int]:
    """Return how much of a processor a process takes with nothing to do, and its threads."""
    await asyncio.sleep(1.0)
    began_s, at = cpu_s(app), time.monotonic()
    await asyncio.sleep(WATCHED_S)
    return (cpu_s(app) - began_s) / (time.monotonic() - at), threads(app)


async def test_ten_thousand_pending_plans_cost_no_thread_each_and_no_time(
    tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    """The same process, with and without them."""
    url = sqlite_url(tmp_path)
    async with app_and_slack(url) as (app, slack):
        without, threads_without = await idle(app)
        await app.terminate()
        await put(url, [pending_plan(number, slack.workspace.team.id) for number in range(PENDING)])
        await app.start()
        with_them, threads_with = await idle(app)

    record_property("idle without plans, share of a processor", round(without, 4))
    record_property("idle with 10,000 plans, share of a processor", round(with_them, 4))
    assert threads_with <= threads_without + 1
    assert with_them <= without + ALLOWED_MORE


def due_plan(number: int, team_id: str, title: str, at: datetime) -> Plan:
    """Return a plan of Alice's in #general that begins at a time."""
    plan = replace(pending_plan(number, team_id), channel_id=GENERAL, planned_by=UserId(ALICE), title=title)
    return replace(plan, begins_at=at, next_at=at, due_at=at, reminder=timedelta(0))


def started_calls(slack: Sandbox) -> list[str]:
    """Return the titles of all calls Slack ever knew, sorted."""
    return sorted(str(call.title) for call in slack.workspace.calls.values())


@pytest.mark.postgres
@pytest.mark.timeout(120)
@pytest.mark.parametrize("is_killed", [False, True])
async def test_two_processes_start_each_planned_call_once(
    postgres_server: PostgresServer,
    postgres_url: str,
    is_killed: bool,  # noqa: FBT001 - a parameter of a test
) -> None:
    """Also when one of them is killed just as they are due."""
    at = now() + timedelta(seconds=8)
    async with replicas(postgres_url, copies=1) as world:
        team_id, wanted = world.slack.workspace.team.id, sorted(f"Plan {number}" for number in range(20))
        await put(postgres_url, [due_plan(number, team_id, title, at) for number, title in enumerate(wanted)])
        apps = [world.add(), world.add()]
        try:
            await asyncio.gather(*(app.start() for app in apps))
            if is_killed:
                await wait_for(lambda: len(world.slack.workspace.calls) >= 3, 30)
                await apps[0].kill()
            await wait_for(lambda: len(cards(world.slack)) >= len(wanted), 60)
            await asyncio.sleep(2.0)
        finally:
            for app in apps:
                await app.kill()

    assert wanted == started_calls(world.slack)
    assert len(wanted) == len(cards(world.slack))
    assert all(call.date_start >= at.timestamp() - 1 for call in world.slack.workspace.calls.values())
