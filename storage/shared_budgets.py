"""The lines for Slack's budgets of all processes on one PostgreSQL."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, Connection, extract, func, literal, select, update
from sqlalchemy.dialects.postgresql import insert

from calls.budgets import Line, Place
from storage.database import Database
from storage.tables import budgets

Answer = TypeVar("Answer")

_CLOCK = extract("epoch", func.clock_timestamp())
"""The database's time in seconds, which all processes share."""

_SOON = func.set_config("synchronous_commit", "off", literal(value=True))
"""Lets a commit not wait for the disk; a crash of the database may then undo the last half second of a line."""


class DatabaseBudgets:
    """Lines of all processes on one PostgreSQL; `calls.ports.Budgets` says what each method does."""

    def __init__(self, database: Database) -> None:
        """Use a database that already has today's tables."""
        self._database = database

    async def join(self, key: str) -> Place:
        """Take the next place."""
        return await self._change(key, lambda line, now: line.join(now), _SOON)

    async def wait_s(self, key: str, number: int) -> float:
        """Return how long a place has to wait from now."""
        query = select(budgets.c.line, _CLOCK.label("now")).where(budgets.c.key == key)
        row = await self._database.ask(lambda connection: connection.execute(query).one_or_none())
        return 0.0 if row is None else _line_of(row.line).wait_s(number, float(row.now))

    async def hold(self, key: str, number: int, seconds: float) -> None:
        """Let nobody send anything for a while."""
        await self._change(key, lambda line, now: line.hold(number, now, seconds))

    async def _change(self, key: str, work: Callable[[Line, float], Answer], *also: ColumnElement[str]) -> Answer:
        """Change a line while no other process can.

        Args:
            also: what the database is to evaluate with it.
        """

        def change(connection: Connection) -> Answer:
            # Changing nothing locks the row, whether it was there or not, and its clock is read after that.
            new = insert(budgets).values(key=key, line=_values(Line()), used_at=datetime.fromtimestamp(0, UTC))
            locked = new.on_conflict_do_update(index_elements=["key"], set_={"key": key})
            row = connection.execute(locked.returning(budgets.c.line, _CLOCK.label("now"), *also)).one()
            line, now = _line_of(row.line), float(row.now)
            answer = work(line, now)
            changed = {"line": _values(line), "used_at": datetime.fromtimestamp(now, UTC)}
            connection.execute(update(budgets).where(budgets.c.key == key).values(changed))
            return answer

        return await self._database.change(change)


def _line_of(values: dict[str, Any]) -> Line:
    return Line(values["first"], deque(values["places"]), values["held_until"])


def _values(line: Line) -> dict[str, Any]:
    return {"first": line.first, "places": list(line.places), "held_until": line.held_until}
