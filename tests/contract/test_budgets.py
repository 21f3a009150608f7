"""What budgets keep to, in memory and in a database that processes share."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator

import pytest
from sqlalchemy import text

from calls.budgets import SPACING_S
from calls.clock import now
from calls.errors import SlackUnreachable
from calls.ports import Budgets
from calls.slack.pace import Pace
from storage import schema
from storage.budgets import build_budgets
from storage.database import BUDGETS_KEPT, Database
from storage.opening import open_engine
from storage.postgres import is_postgres


@pytest.fixture
async def replicas(database_url: str) -> AsyncIterator[list[Budgets]]:
    """Return the budgets of two processes; with SQLite there is one."""
    engines = [open_engine(database_url) for _ in range(2 if is_postgres(database_url) else 1)]
    schema.upgrade(engines[0])
    databases = [Database(engine, now) for engine in engines]
    yield [build_budgets(database, database_url) for database in databases]
    for database in databases:
        database.close()


async def test_after_a_refusal_the_processes_share_one_line(replicas: list[Budgets]) -> None:
    """60 requests of all processes wait for the time Slack asked for, and go in the order in which they came."""
    paces = [Pace(budgets) for budgets in replicas]
    refused = await paces[0].turn("T1", "calls.add", {})
    held_at = time.monotonic()
    await refused.hold(2.5)
    sent: list[tuple[int, float]] = []

    async def send(number: int) -> None:
        await paces[number % len(paces)].turn("T1", "calls.add", {})
        sent.append((number, time.monotonic()))

    tasks = []
    for number in range(60):
        tasks.append(asyncio.create_task(send(number)))
        await asyncio.sleep(0.03)
    await asyncio.gather(*tasks)

    assert list(range(60)) == [number for number, _ in sent]
    assert sent[0][1] - held_at >= 2.5
    assert sent[-1][1] - sent[0][1] <= 60 * SPACING_S * 1.1


async def test_a_refusal_of_one_holds_all(replicas: list[Budgets]) -> None:
    """Retry-After is honoured by every process at once, also by those who ask later."""
    first = await replicas[0].join("T1:calls.add")
    waiting = [await replicas[-1].join("T1:calls.add") for _ in range(12)][-1]

    await replicas[0].hold("T1:calls.add", first.number, 20)

    assert 19 < await replicas[-1].wait_s("T1:calls.add", first.number) <= 20
    assert 19 < await replicas[-1].wait_s("T1:calls.add", waiting.number) < 22
    assert 19 < (await replicas[-1].join("T1:calls.add")).wait_s < 22
    assert (await replicas[-1].join("T2:calls.add")).wait_s <= 0


async def test_whoever_waits_is_sent_away_when_the_app_stops(replicas: list[Budgets]) -> None:
    """A stop does not wait for minutes; what was not sent stays due."""
    pace = Pace(replicas[0])
    await (await pace.turn("T1", "calls.add", {})).hold(600.0)
    waiting = asyncio.create_task(pace.turn("T1", "calls.add", {}))
    await asyncio.sleep(0.05)

    pace.stop()

    with pytest.raises(SlackUnreachable):
        await asyncio.wait_for(waiting, 1.0)


async def test_messages_to_one_conversation_wait_only_for_each_other(replicas: list[Budgets]) -> None:
    """Both kinds of messages share a conversation's budget, and other conversations have their own."""
    pace = Pace(replicas[0])
    await (await pace.turn("T1", "chat.postMessage", {"channel": "C1"})).hold(1.5)
    started = time.monotonic()
    await pace.turn("T1", "chat.postMessage", {"channel": "C2"})
    assert time.monotonic() - started < 1.2
    await pace.turn("T1", "chat.postEphemeral", {"channel": "C1"})
    assert time.monotonic() - started >= 1.49


@pytest.mark.postgres
async def test_unused_budgets_are_forgotten_after_a_day(postgres_url: str) -> None:
    """The table does not grow with every conversation that was ever posted in."""
    engine = open_engine(postgres_url)
    schema.upgrade(engine)
    time_now = now()
    database = Database(engine, lambda: time_now)
    await build_budgets(database, postgres_url).join("T1:calls.add")

    assert 0 == await database.prune()
    time_now += BUDGETS_KEPT * 1.01
    assert 1 == await database.prune()
    assert 0 == await database.query(
        lambda connection: connection.execute(text("SELECT count(*) FROM budgets")).scalar()
    )
    database.close()
