"""Several threads that write, each in transactions of its own; the database keeps them apart."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import OperationalError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as NoConnectionError

from calls.errors import StorageError
from storage.postgres import WRITERS, commit, repeated

Answer = TypeVar("Answer")

_OF_THE_SERVER = (OperationalError, NoConnectionError)
"""What says something about the next transaction too: no connection, no lock, no room."""


class ParallelWriter:
    """Runs each piece of work in one transaction, as a whole again after a conflict or a lost connection."""

    def __init__(self, engine: Engine) -> None:
        """Start no thread before there is work."""
        self._engine = engine
        self._threads = ThreadPoolExecutor(WRITERS, thread_name_prefix="storage-writer")
        self._failed_at = float("-inf")

    async def run(self, work: Callable[[Connection], Answer]) -> Answer:
        """Run `work` and return its answer once that is on disk.

        Raises:
            StorageError: when the transaction could not be kept; nothing of it was stored.
        """
        asked_at = time.monotonic()
        return await asyncio.get_running_loop().run_in_executor(self._threads, self._run, work, asked_at)

    def stop(self) -> None:
        """Do what is queued, then end the threads."""
        self._threads.shutdown()

    def _run(self, work: Callable[[Connection], Answer], asked_at: float) -> Answer:
        if asked_at < self._failed_at:
            # Waiting for the same lock or server once more would make its answer come too late.
            raise StorageError("not_stored", detail="the database failed meanwhile")
        try:
            return repeated(lambda: commit(self._engine, work))
        except SQLAlchemyError as error:
            if isinstance(error, _OF_THE_SERVER):
                self._failed_at = time.monotonic()
            raise StorageError("not_stored", detail=type(error).__name__) from error
