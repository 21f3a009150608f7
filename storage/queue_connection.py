"""How Procrastinate connects to PostgreSQL: so that a process that has nothing to do sleeps."""

from __future__ import annotations

from typing import TypeVar

import psycopg
from psycopg.abc import PQGen

Answer = TypeVar("Answer")

LOOK_S = 5.0
"""How often a connection that waits looks for other reasons to stop; the server's answer ends the wait at once."""


class QueueConnection(psycopg.AsyncConnection[tuple[object, ...]]):
    """A connection that waits for the server without waking up ten times a second, as psycopg does by itself.

    That is for Ctrl-C on platforms where a loop cannot be interrupted, and signals end our loop anyway.
    Source: https://www.psycopg.org/psycopg3/docs/api/connections.html#psycopg.AsyncConnection.wait
    """

    async def wait(
        self,
        gen: PQGen[Answer],
        interval: float = LOOK_S,
        timeout: float | None = None,  # noqa: ASYNC109 - its signature
    ) -> Answer:
        """Wait for an answer.

        Args:
            interval: in seconds.
            timeout: in seconds.
        """
        return await super().wait(gen, interval, timeout)


async def without_transactions(connection: QueueConnection) -> None:
    """Let each of Procrastinate's statements be a transaction of its own, which they all are, in one request."""
    await connection.set_autocommit(True)
