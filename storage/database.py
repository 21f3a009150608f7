"""The store of calls over a SQL database."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from datetime import datetime, timedelta
from typing import TypeVar

from sqlalchemy import Connection, Engine, delete, func, insert, select
from sqlalchemy.exc import SQLAlchemyError

from calls.errors import StorageError
from calls.holding import present_hold
from calls.log_subject import about_call
from calls.model import Delivery, Reply
from calls.ports import Clock, Transaction
from calls.work import WorkId, work_id_of
from storage import statements
from storage.kept_connection import KeptConnection
from storage.lease import confirm_hold
from storage.parallel_writer import ParallelWriter
from storage.plan_tables import plans
from storage.postgres import repeated, wait_for_copies
from storage.status_tables import statuses
from storage.tables import budgets, calls, deliveries
from storage.transaction import SqlTransaction
from storage.writer import Writer

Answer = TypeVar("Answer")

DELIVERIES_KEPT = timedelta(hours=48)
"""How long a copy of a delivery is recognised; Slack repeats events for up to 24 hours."""

READERS = 4
"""How many reads go on at once."""

BUDGETS_KEPT = timedelta(hours=24)
"""How long an unused budget is kept: longer than any line, and than Slack ever asks to wait."""


class Database:
    """Keeps calls in a SQL database; `calls.ports.Storage` says what each method does."""

    def __init__(self, engine: Engine, now: Clock) -> None:
        """Use a database that already has today's tables."""
        self._engine = engine
        self._now = now
        self._readers = ThreadPoolExecutor(READERS, thread_name_prefix="storage-reader")
        self._kept: dict[int, KeptConnection] = {}
        self._is_shared = engine.dialect.name == "postgresql"
        self._writer = ParallelWriter(engine) if self._is_shared else Writer(engine)
        self._reading = engine.execution_options(isolation_level="REPEATABLE READ") if self._is_shared else engine
        self._asking = engine.execution_options(isolation_level="AUTOCOMMIT") if self._is_shared else engine

    async def accept(self, delivery: Delivery, work: Callable[[Transaction], Reply]) -> Reply:
        """Do the work of a delivery once; give a copy the same reply."""

        def accept_once(connection: Connection) -> Reply:
            if self._is_shared:
                wait_for_copies(connection, delivery)
            known = _reply_given(connection, delivery)
            if known is not None:
                return known
            reply = work(SqlTransaction(connection))
            answer = {"text": reply.text, "call_id": reply.call_id, "is_done": reply.is_done, "asks": reply.asks}
            values = {"team_id": delivery.team_id, "key": delivery.key, "received_at": self._now(), **answer}
            statements.ADD_DELIVERY.run(connection, values)
            return reply

        reply = await self.change(accept_once)
        if reply.call_id is not None:
            about_call(reply.call_id)
        return reply

    async def write(self, work: Callable[[Transaction], Answer]) -> Answer:
        """Run `work` in one transaction."""
        hold = present_hold()

        def write(connection: Connection) -> Answer:
            confirm_hold(hold, connection)
            return work(SqlTransaction(connection))

        return await self.change(write)

    async def read(self, work: Callable[[Transaction], Answer]) -> Answer:
        """Run `work` on one consistent view."""
        return await self.query(lambda connection: work(SqlTransaction(connection, writes=False)))

    async def due(self, now: datetime, limit: int) -> Sequence[WorkId]:
        """Return the calls, plans and statuses that are due, the longest due first."""

        def due(connection: Connection) -> list[WorkId]:
            found: list[tuple[datetime, WorkId]] = []
            for of in (calls, plans, statuses):
                query = select(of.c.due_at, of.c.id).where(of.c.due_at <= now).order_by(of.c.due_at).limit(limit)
                found += [(row.due_at, work_id_of(row.id)) for row in connection.execute(query)]
            return [work_id for _, work_id in sorted(found)[:limit]]

        return await self.ask(due)

    async def next_due_at(self) -> datetime | None:
        """Return when the next call, plan or status is due."""
        queries = [select(func.min(of.c.due_at)).where(of.c.due_at.is_not(None)) for of in (calls, plans, statuses)]

        def next_due_at(connection: Connection) -> datetime | None:
            times = [connection.execute(query).scalar_one() for query in queries]
            return min((time for time in times if time is not None), default=None)

        return await self.ask(next_due_at)

    async def prune(self) -> int:
        """Forget deliveries too old to come again, and budgets long unused; return how many were forgotten."""
        now = self._now()
        old_deliveries = delete(deliveries).where(deliveries.c.received_at < now - DELIVERIES_KEPT)
        old_budgets = delete(budgets).where(budgets.c.used_at < now - BUDGETS_KEPT)

        def forget(connection: Connection) -> int:
            return connection.execute(old_deliveries).rowcount + connection.execute(old_budgets).rowcount

        return await self._writer.run(forget)

    async def check_writable(self) -> None:
        """Make sure, by storing something, that work can be accepted now.

        Raises:
            StorageError: when it cannot.
        """
        mark = {"team_id": "", "key": "check_writable"}

        def write_mark(connection: Connection) -> None:
            connection.execute(delete(deliveries).filter_by(**mark))
            connection.execute(insert(deliveries), {**mark, "received_at": self._now(), "is_done": True})

        await self._writer.run(write_mark)

    def close(self) -> None:
        """Finish what is being written and let go of the file."""
        self._writer.stop()
        self._readers.shutdown()
        for kept in self._kept.values():
            kept.close()
        self._engine.dispose()

    async def change(self, work: Callable[[Connection], Answer]) -> Answer:
        """Run SQL in one transaction.

        Raises:
            StorageError: when it could not be stored; nothing was changed then.
        """
        return await self._writer.run(_in_this_context(work))

    async def query(self, work: Callable[[Connection], Answer]) -> Answer:
        """Run SQL on one consistent view of the data.

        Raises:
            StorageError: when the data cannot be read now.
        """
        return await self._on_a_reader(self._reading, work)

    async def ask(self, work: Callable[[Connection], Answer]) -> Answer:
        """Run one SQL query, which needs no transaction and hence a third of the time on PostgreSQL.

        Raises:
            StorageError: when the data cannot be read now.
        """
        return await self._on_a_reader(self._asking, work)

    async def _on_a_reader(self, engine: Engine, work: Callable[[Connection], Answer]) -> Answer:
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._readers, self._read_now, engine, _in_this_context(work))

    def _read_now(self, engine: Engine, work: Callable[[Connection], Answer]) -> Answer:
        try:
            return repeated(lambda: _read(engine, work)) if self._is_shared else self._read_as_kept(work)
        except SQLAlchemyError as error:
            raise StorageError("not_readable", detail=type(error).__name__) from error

    def _read_as_kept(self, work: Callable[[Connection], Answer]) -> Answer:
        """Read over the connection of this thread, which is made anew after a failure."""
        thread = threading.get_ident()
        kept = self._kept.get(thread)
        if kept is None:
            kept = self._kept[thread] = KeptConnection(self._engine)
        try:
            with kept.transaction() as connection:
                return work(connection)
        except SQLAlchemyError:
            kept.close()
            raise


def _read(engine: Engine, work: Callable[[Connection], Answer]) -> Answer:
    with engine.begin() as connection:
        return work(connection)


def _in_this_context(work: Callable[[Connection], Answer]) -> Callable[[Connection], Answer]:
    """Return work that finds on a thread of ours what was set where it was asked for, such as the language spoken."""
    context = copy_context()
    return lambda connection: context.run(work, connection)


def _reply_given(connection: Connection, delivery: Delivery) -> Reply | None:
    """Return the reply that was given to an earlier copy of a delivery, or None."""
    which = {"team_id": delivery.team_id, "key": delivery.key}
    row = statements.REPLY_GIVEN.one_or_none(connection, which)
    return None if row is None else Reply(row.text, row.call_id, row.is_done, row.asks)
