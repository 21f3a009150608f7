"""Where the lines for Slack's budgets are kept: in memory for one process, in PostgreSQL for many."""

from __future__ import annotations

import time
from collections.abc import Callable

from calls.budgets import Line, Place
from calls.ports import Budgets
from storage.database import Database
from storage.postgres import is_postgres

LINES_KEPT = 1_000
"""How many lines stay in memory before those that nobody needs any more are forgotten."""


def build_budgets(database: Database, database_url: str) -> Budgets:
    """Return the budgets that all processes on a database share."""
    if not is_postgres(database_url):
        return MemoryBudgets()
    # SQLAlchemy's part for PostgreSQL, like its driver, is nothing that SQLite needs.
    from storage.shared_budgets import DatabaseBudgets  # noqa: PLC0415

    return DatabaseBudgets(database)


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
