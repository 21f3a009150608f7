"""The right of a process to work on the calls it was given, which ends when it shows no sign of life.

Procrastinate keeps a row for each worker, with the time of its last sign of life. That row is the right: whoever
takes work over deletes it first, in one transaction, and its number is never given again. So a process that was
paused finds its row gone, sends nothing more, and its late writes are refused.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from typing import Protocol

from sqlalchemy import Connection, text

from calls.errors import StaleCallError
from calls.holding import Hold

LIMIT_S = 12.0
"""After how long without a sign of life work is taken over: longer than any request to Slack may take."""

RENEWED_FOR_S = 1.0
"""How long a sign of life is good for; what is left of the limit then is still longer than a request."""


class Changes(Protocol):
    """Where signs of life are stored."""

    async def change(self, work: Callable[[Connection], None]) -> None:
        """Run SQL in one transaction."""


class Lease:
    """What one worker works under."""

    def __init__(self, changes: Changes, worker_id: int) -> None:
        """Start without a sign of life.

        Args:
            worker_id: the number of the worker's row.
        """
        self._changes = changes
        self.worker_id = worker_id
        self._renewed_at = float("-inf")
        self._is_given_up = False
        self._renewing = asyncio.Lock()

    def give_up(self) -> None:
        """Let nothing more begin under it; what has begun may still be stored."""
        self._is_given_up = True

    async def renew(self) -> None:
        """Give a sign of life, unless the last one is young.

        Raises:
            StaleCallError: when the work was taken over, or is about to be given to others.
            StorageError: when the database does not answer.
        """
        if self._is_given_up:
            raise StaleCallError("taken_over", detail=f"worker {self.worker_id} ends")
        async with self._renewing:
            while time.monotonic() - self._renewed_at > RENEWED_FOR_S:
                # Taken before the question: the time the answer took counts as used up.
                asked_at = time.monotonic()
                await self._changes.change(self._give_sign)
                self._renewed_at = asked_at

    def confirm(self, connection: Connection) -> None:
        """Keep the work from being taken over until a transaction ends.

        Raises:
            StaleCallError: when it was taken over.
        """
        query = text("SELECT id FROM procrastinate_workers WHERE id = :id FOR KEY SHARE")
        if connection.execute(query, {"id": self.worker_id}).one_or_none() is None:
            raise StaleCallError("taken_over", detail=f"worker {self.worker_id}")

    def _give_sign(self, connection: Connection) -> None:
        query = text("UPDATE procrastinate_workers SET last_heartbeat = now() WHERE id = :id")
        if connection.execute(query, {"id": self.worker_id}).rowcount != 1:
            raise StaleCallError("taken_over", detail=f"worker {self.worker_id}")


def confirm_hold(hold: Hold | None, connection: Connection) -> None:
    """Let a transaction go on only if the work it belongs to was not taken over.

    Raises:
        StaleCallError: when it was.
    """
    if isinstance(hold, Lease):
        hold.confirm(connection)
