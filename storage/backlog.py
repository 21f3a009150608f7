"""Look how much there is to do."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, ScalarSelect, func, select
from sqlalchemy.sql.elements import ColumnElement

from calls.backlog import Backlog
from storage.database import Database
from storage.tables import calls, is_open, is_stuck


async def read_backlog(database: Database, now: datetime) -> Backlog:
    """Return how much there is to do; each number comes from an index that holds only such calls.

    Raises:
        StorageError: when the data cannot be read now.
    """
    is_due = calls.c.due_at <= now
    query = select(
        _number(is_open).label("running"),
        _number(is_due).label("due"),
        _number(is_stuck).label("set_aside"),
        select(func.min(calls.c.due_at)).where(is_due).scalar_subquery().label("first_due_at"),
    )

    def look(connection: Connection) -> Backlog:
        found = connection.execute(query).one()
        oldest_s = 0.0 if found.first_due_at is None else (now - found.first_due_at).total_seconds()
        return Backlog(found.running, found.due, oldest_s, found.set_aside)

    return await database.ask(look)


def _number(kind: ColumnElement[bool]) -> ScalarSelect[int]:
    return select(func.count()).select_from(calls).where(kind).scalar_subquery()
