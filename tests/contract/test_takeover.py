"""Work that was taken over is out of the hands of whoever had it, whatever that process does next."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Connection, text

from calls.errors import StaleCallError
from calls.holding import holding, still_held
from calls.ids import new_call_id
from calls.model import Call, ChannelId, TeamId, UserId
from storage import lease as leases
from storage import schema
from storage.database import Database
from storage.lease import Lease
from storage.opening import open_engine
from storage.takeover import lock_of, needs_take_over, take_over, waiting

pytestmark = pytest.mark.postgres

NOW = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
CALL = Call(new_call_id(), "4K7-9QM", TeamId("T1"), ChannelId("C1"), "Weekly", UserId("U1"), "link", NOW, due_at=NOW)


@pytest.fixture
async def database(postgres_url: str) -> AsyncIterator[Database]:
    """Return a database with one call."""
    engine = open_engine(postgres_url)
    schema.upgrade(engine)
    found = Database(engine, lambda: NOW)
    await found.write(lambda transaction: transaction.add_call(CALL))
    yield found
    found.close()


async def lease_with_job(database: Database, silent_s: float = 0.0) -> Lease:
    """Return the lease of a worker that is at work on the call, and was last heard of some seconds ago."""

    def work(connection: Connection) -> int:
        query = (
            "INSERT INTO procrastinate_workers (last_heartbeat) VALUES (now() - make_interval(secs => :s)) RETURNING id"
        )
        worker_id = int(connection.execute(text(query), {"s": silent_s}).scalar_one())
        job = (
            "INSERT INTO procrastinate_jobs (queue_name, task_name, lock, status, worker_id, args) VALUES "
            "('calls', 'advance', :lock, 'doing', :worker, jsonb_build_object('call_id', CAST(:call AS text)))"
        )
        connection.execute(text(job), {"lock": lock_of(CALL.id), "worker": worker_id, "call": CALL.id})
        return worker_id

    return Lease(database, await database.change(work))


async def change_title(database: Database, title: str) -> None:
    """Change the call's title as a step of the call would."""

    def work(transaction: object) -> None:
        stored = transaction.call(CALL.id)  # type: ignore[attr-defined]
        transaction.save_call(replace(stored, title=title))  # type: ignore[attr-defined]

    await database.write(work)


async def test_who_holds_the_work_may_send_and_store(database: Database) -> None:
    """A worker that is heard of keeps its work, and nobody else is woken for the call."""
    with holding(await lease_with_job(database)):
        await still_held()
        await change_title(database, "Renamed")

    assert not await database.ask(lambda connection: needs_take_over(connection, leases.LIMIT_S))
    assert await database.change(lambda connection: take_over(connection, leases.LIMIT_S)) == []
    assert await database.query(lambda connection: waiting(connection, NOW, 9)) == []


async def test_work_that_belongs_to_nobody_is_found(database: Database) -> None:
    """A worker that was pruned by Procrastinate itself leaves a job that is running nowhere."""
    await lease_with_job(database)
    await database.change(lambda connection: connection.execute(text("DELETE FROM procrastinate_workers")))

    assert await database.ask(lambda connection: needs_take_over(connection, leases.LIMIT_S))
    assert await database.change(lambda connection: take_over(connection, leases.LIMIT_S)) == [CALL.id]


async def test_asking_is_a_sign_of_life(database: Database) -> None:
    """A worker about to send is not taken over while it waits for the answer."""
    with holding(await lease_with_job(database, silent_s=60)):
        await still_held()

    assert await database.change(lambda connection: take_over(connection, leases.LIMIT_S)) == []


async def test_after_a_take_over_nothing_is_sent_or_stored(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    """A process that comes back finds its work gone, and the call waits for somebody else."""
    lease = await lease_with_job(database, silent_s=60)
    assert await database.ask(lambda connection: needs_take_over(connection, leases.LIMIT_S))
    assert await database.change(lambda connection: take_over(connection, leases.LIMIT_S)) == [CALL.id]
    assert not await database.ask(lambda connection: needs_take_over(connection, leases.LIMIT_S))

    with holding(lease):
        with pytest.raises(StaleCallError, match="taken_over"):
            await still_held()
        with pytest.raises(StaleCallError, match="taken_over"):
            await change_title(database, "Late")

    stored = await database.read(lambda transaction: transaction.call(CALL.id))
    assert stored == replace(CALL)
    assert await database.query(lambda connection: waiting(connection, NOW, 9)) == [(CALL.id, NOW)]


async def test_a_sign_of_life_is_not_believed_for_long(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    """A process that was paused after it asked asks again before it sends."""
    monkeypatch.setattr(leases, "RENEWED_FOR_S", 0.05)
    lease = await lease_with_job(database)
    with holding(lease):
        await still_held()
        await asyncio.sleep(0.1)
        await database.change(lambda connection: take_over(connection, 0.0))
        with pytest.raises(StaleCallError, match="taken_over"):
            await still_held()


async def test_work_is_not_taken_over_in_the_middle_of_a_transaction(database: Database) -> None:
    """Whoever is storing finishes first; only then somebody else begins."""
    lease = await lease_with_job(database, silent_s=60)
    order: list[str] = []

    def slow(connection: Connection) -> None:
        lease.confirm(connection)
        connection.execute(text("SELECT pg_sleep(0.3)"))
        order.append("stored")

    storing = asyncio.create_task(database.change(slow))
    await asyncio.sleep(0.1)
    taken = await database.change(lambda connection: take_over(connection, leases.LIMIT_S))
    order.append("taken over")
    await storing

    assert order == ["stored", "taken over"]
    assert taken == [CALL.id]


async def test_timers_are_seen_before_they_are_due(database: Database) -> None:
    """A call that is due soon is known with its time."""
    soon = NOW - timedelta(seconds=1)
    assert await database.query(lambda connection: waiting(connection, soon, 9)) == []
    assert await database.query(lambda connection: waiting(connection, NOW + timedelta(seconds=1), 9)) == [
        (CALL.id, NOW)
    ]
