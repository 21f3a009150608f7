"""Where the lines for Slack's budgets are kept: in memory for one process, in PostgreSQL for many."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, Connection, extract, func, literal, select, update
from sqlalchemy.dialects.postgresql import insert

from calls.budgets import Line, Place
from calls.ports import Budgets
from storage.database import Database
from storage.postgres import is_postgres
from storage.tables import budgets

Answer = TypeVar("Answer")

LINES_KEPT = 1_000
"""How many lines stay in memory before those that nobody needs any more are forgotten."""

_CLOCK = extract("epoch", func.clock_timestamp())
"""The database's time in seconds, which all processes share."""

_SOON = func.set_config("synchronous_commit", "off", literal(value=True))
"""Lets a commit not wait for the disk; a crash of the database may then undo the last half second of a line."""


def build_budgets(database: Database, database_url: str) -> Budgets:
    """Return the budgets that all processes on a database share."""
    return DatabaseBudgets(database) if is_postgres(database_url) else MemoryBudgets()


class MemoryBudgets:
    """Lines of one process; `calls.ports.Budgets` says what each method does."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        """Start with every budget unused.

        Args:
            clock: in seconds from anywhere.
        """
        self._clock = clock
        self._lines: dict[str, Line] = {}

    async def join(self, key: str) -> Place:
        """Take the next place."""
        return self._line(key).join(self._clock())

    async def wait_s(self, key: str, number: int) -> float:
        """Return how long a place has to wait from now."""
        known = self._lines.get(key)
        return 0.0 if known is None else known.wait_s(number, self._clock())

    async def hold(self, key: str, number: int, seconds: float) -> None:
        """Let nobody send anything for a while."""
        self._line(key).hold(number, self._clock(), seconds)

    def _line(self, key: str) -> Line:
        known = self._lines.get(key)
        if known is None:
            if len(self._lines) >= LINES_KEPT:
                self._forget_idle()
            known = self._lines[key] = Line()
        return known

    def _forget_idle(self) -> None:
        now = self._clock()
        self._lines = {key: line for key, line in self._lines.items() if not line.is_idle(now)}


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
