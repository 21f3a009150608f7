"""One thread that writes: what arrives while it is busy shares the next commit.

A commit waits for the disk; the statements before it do not. Under load many deliveries are therefore stored by
one commit, and each is answered only when that commit is on disk.
"""

from __future__ import annotations

import asyncio
import queue
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Generic, TypeVar

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import SQLAlchemyError

from calls.errors import StorageError
from storage.kept_connection import KeptConnection
from storage.sqlite import checkpoint

Answer = TypeVar("Answer")

BATCH_MAX = 64
"""How many pieces of work share one commit at most, so that the first is not kept waiting for long."""


TIDY_AFTER = 50
"""After how many commits there is something to tidy up: about half a megabyte."""

IDLE_S = 0.2
"""How long nothing must have come in before what was written is tidied up, in seconds; that takes some milliseconds."""


@dataclass(slots=True)
class _Job(Generic[Answer]):
    work: Callable[[Connection], Answer]
    loop: asyncio.AbstractEventLoop
    future: asyncio.Future[Answer]
    answer: Answer | None = None
    error: Exception | None = None

    def settle(self, failure: Exception | None) -> None:
        """Give the waiting coroutine its answer or error; called in its loop."""
        if self.future.done():
            return
        error = failure or self.error
        if error is not None:
            self.future.set_exception(error)
        else:
            self.future.set_result(self.answer)  # type: ignore[arg-type]


class Writer:
    """Runs pieces of work one after the other on one connection."""

    def __init__(self, engine: Engine) -> None:
        """Start the thread."""
        self._engine = engine.execution_options(writes=True)
        self._kept = KeptConnection(self._engine)
        self._commits = 0
        self._jobs: queue.SimpleQueue[_Job[object] | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._run, name="storage-writer", daemon=True)
        self._thread.start()

    async def run(self, work: Callable[[Connection], Answer]) -> Answer:
        """Run `work` in the next transaction and return its answer once that is on disk.

        Raises:
            StorageError: when the transaction could not be kept; nothing of it was stored.
        """
        loop = asyncio.get_running_loop()
        future: asyncio.Future[Answer] = loop.create_future()
        self._jobs.put(_Job(work, loop, future))  # type: ignore[arg-type]
        return await future

    def stop(self) -> None:
        """Do what is queued, then end the thread."""
        self._jobs.put(None)
        self._thread.join(timeout=10)

    def _run(self) -> None:
        while (job := self._next()) is not None:
            batch = [job]
            stopping = self._fill(batch)
            self._write(batch)
            if stopping:
                break
        self._kept.close()

    def _next(self) -> _Job[object] | None:
        """Wait for the next piece of work, and tidy up once none has come for a while."""
        if self._commits >= TIDY_AFTER:
            try:
                return self._jobs.get(timeout=IDLE_S)
            except queue.Empty:
                self._tidy_up()
        return self._jobs.get()

    def _tidy_up(self) -> None:
        self._commits = 0
        if self._kept.present is not None:
            # What cannot be moved now is moved later: by the next of these, or while work goes on.
            with suppress(SQLAlchemyError):
                checkpoint(self._kept.present)

    def _fill(self, batch: list[_Job[object]]) -> bool:
        """Add what is waiting already; say whether the thread was asked to stop."""
        while len(batch) < BATCH_MAX:
            try:
                job = self._jobs.get_nowait()
            except queue.Empty:
                return False
            if job is None:
                return True
            batch.append(job)
        return False

    def _add_waiting(self, batch: list[_Job[object]]) -> None:
        """Let what came meanwhile share a failure: waiting once more for a lock would make its answer come too late."""
        for _ in range(self._jobs.qsize()):
            job = self._jobs.get_nowait()
            if job is None:
                self._jobs.put(None)
                return
            batch.append(job)

    def _write(self, batch: list[_Job[object]]) -> None:
        """Store a batch by one commit; when that fails, nothing of it was stored."""
        self._commits += 1
        failure: Exception | None = None
        try:
            self._write_together(batch)
        except SQLAlchemyError as error:
            failure = StorageError("not_stored", detail=type(error).__name__)
            failure.__cause__ = error
            # A connection made while the files could not be written to stays read-only for as long as it lives.
            self._kept.close()
            self._engine.dispose()
            self._add_waiting(batch)
        except Exception as error:  # noqa: BLE001 - whoever asked gets it, and the thread goes on for the others
            failure = error
        for loop in {job.loop for job in batch}:
            # A loop that is closed has nobody left who waits, and that must not end the thread.
            with suppress(RuntimeError):
                loop.call_soon_threadsafe(_settle, [job for job in batch if job.loop is loop], failure)

    def _write_together(self, batch: list[_Job[object]]) -> None:
        """Store a batch by one commit; where a piece of work refuses, it is done again with each piece kept apart.

        To keep them apart costs half as much again as the work itself, and hardly any ever refuses.
        """
        try:
            with self._kept.transaction() as connection:
                for job in batch:
                    job.answer = job.work(connection)
        except SQLAlchemyError:
            raise
        except Exception:
            if len(batch) == 1:
                # Work that is alone in its transaction takes it back by raising.
                raise
            with self._kept.transaction() as connection:
                for job in batch:
                    _do_apart(job, connection)


def _settle(jobs: list[_Job[object]], failure: Exception | None) -> None:
    for job in jobs:
        job.settle(failure)


def _do_apart(job: _Job[object], connection: Connection) -> None:
    """Run one piece of work, so that its own refusal takes nothing of the others back."""
    try:
        with connection.begin_nested():
            job.answer = job.work(connection)
    except SQLAlchemyError:
        raise
    except Exception as error:  # noqa: BLE001 - whoever asked gets it, and the others in this commit do not
        job.error = error
