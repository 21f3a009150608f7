"""The store of calls over a SQL database."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import TypeVar

from sqlalchemy import Connection, Engine, delete, func, insert, select
from sqlalchemy.exc import SQLAlchemyError

from calls.errors import StorageError
from calls.model import CallId, Delivery, Reply
from calls.ports import Clock, Transaction
from storage.tables import calls, deliveries
from storage.transaction import SqlTransaction
from storage.writer import Writer

Answer = TypeVar("Answer")

DELIVERIES_KEPT = timedelta(hours=48)
"""How long a copy of a delivery is recognised; Slack repeats events for up to 24 hours."""


class Database:
    """Keeps calls in a SQL database; `calls.ports.Storage` says what each method does."""

    def __init__(self, engine: Engine, now: Clock) -> None:
        """Use a database that already has today's tables."""
        self._engine = engine
        self._now = now
        self._writer = Writer(engine)

    async def accept(self, delivery: Delivery, work: Callable[[Transaction], Reply]) -> Reply:
        """Do the work of a delivery once; give a copy the same reply."""

        def accept_once(connection: Connection) -> Reply:
            known = _reply_given(connection, delivery)
            if known is not None:
                return known
            reply = work(SqlTransaction(connection))
            answer = {"text": reply.text, "call_id": reply.call_id, "is_done": reply.is_done}
            values = {"team_id": delivery.team_id, "key": delivery.key, "received_at": self._now(), **answer}
            connection.execute(insert(deliveries), values)
            return reply

        return await self._writer.run(accept_once)

    async def write(self, work: Callable[[Transaction], Answer]) -> Answer:
        """Run `work` in one transaction."""
        return await self._writer.run(lambda connection: work(SqlTransaction(connection)))

    async def read(self, work: Callable[[Transaction], Answer]) -> Answer:
        """Run `work` on one consistent view."""
        return await self._read(lambda connection: work(SqlTransaction(connection)))

    async def due(self, now: datetime, limit: int) -> Sequence[CallId]:
        """Return the calls that are due, the longest due first."""
        query = select(calls.c.id).where(calls.c.due_at <= now).order_by(calls.c.due_at).limit(limit)
        return await self._read(lambda connection: [CallId(row.id) for row in connection.execute(query)])

    async def next_due_at(self) -> datetime | None:
        """Return when the next call is due."""
        query = select(func.min(calls.c.due_at)).where(calls.c.due_at.is_not(None))
        return await self._read(lambda connection: connection.execute(query).scalar_one())

    async def prune(self) -> int:
        """Forget deliveries too old to come again; return how many were forgotten."""
        oldest = self._now() - DELIVERIES_KEPT
        query = delete(deliveries).where(deliveries.c.received_at < oldest)
        return await self._writer.run(lambda connection: connection.execute(query).rowcount)

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
        self._engine.dispose()

    async def _read(self, work: Callable[[Connection], Answer]) -> Answer:
        return await asyncio.to_thread(self._read_now, work)

    def _read_now(self, work: Callable[[Connection], Answer]) -> Answer:
        try:
            with self._engine.connect() as connection:
                return work(connection)
        except SQLAlchemyError as error:
            raise StorageError("not_readable", detail=type(error).__name__) from error


def _reply_given(connection: Connection, delivery: Delivery) -> Reply | None:
    """Return the reply that was given to an earlier copy of a delivery, or None."""
    query = select(deliveries.c.text, deliveries.c.call_id, deliveries.c.is_done).where(
        deliveries.c.team_id == delivery.team_id, deliveries.c.key == delivery.key
    )
    row = connection.execute(query).one_or_none()
    return None if row is None else Reply(row.text, row.call_id, row.is_done)
