"""Wake-ups for many processes on one PostgreSQL: each is a job of Procrastinate's, run by whichever process is free.

A job only says that a call is due. The rows say what is left to do, so a job that is lost is replaced by the sweep,
and one too many does nothing. Timers are `due_at` and the sweep, never a job for later.
"""

from __future__ import annotations

import asyncio
import logging
import time
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

import procrastinate
import psycopg
from procrastinate.exceptions import AlreadyEnqueued, ProcrastinateException
from procrastinate.jobs import DeleteJobCondition, Job, Status
from procrastinate.manager import JobManager
from procrastinate.worker import Worker

from calls.acknowledged import acknowledged, turn
from calls.errors import CallsError
from calls.holding import holding
from calls.log_subject import about_call
from calls.ports import Clock
from calls.work import Advance, WorkId, work_id_of
from storage.database import Database
from storage.lease import LIMIT_S, Lease
from storage.postgres import connect_arguments, libpq_url
from storage.queue_connection import QueueConnection, without_transactions
from storage.takeover import FINISH, lock_of, needs_take_over, take_over, waiting
from storage.timers import Timers

_log = logging.getLogger(__name__)

QUEUE = "calls"

SWEEP_S = 1.0
"""How often due calls are looked for."""

TAKE_OVER_S = 2.0
"""How often work of dead processes is looked for."""

POLL_S = 2.0
"""How long a job that nobody was told of waits at most."""

AHEAD_S = 1.5 * SWEEP_S
"""How far ahead a sweep looks, so that what is due before the next one is woken on time."""

SWEEP_MAX = 200

UNATTENDED_S = 3.0
"""After how long a due call without a job is woken by anybody: whoever took it in has acknowledged it by then."""

HEARTBEAT_S = 2.0
CONCURRENCY = 1_000
"""How many calls a process works on at once; nearly all of them only wait for their turn at Slack then."""

FINISH_S = 6.0
"""How long a worker that stops waits for its jobs; what is not done by then is left to others.

Short enough to stop within 10 s, as orchestrators want it, even when the database is away meanwhile.
"""


class ProcrastinateWakeUps:
    """Runs `advance` for calls, never twice at once for the same call, whichever process it is in."""

    def __init__(self, database: Database, database_url: str, now: Clock, advance: Advance) -> None:
        """Connect to nothing and run nothing yet."""
        self._database = database
        self._now = now
        self._advance = advance
        connector = procrastinate.PsycopgConnector(
            conninfo=libpq_url(database_url),
            kwargs=connect_arguments(database_url),
            min_size=1,
            max_size=4,
            timeout=5.0,
            connection_class=QueueConnection,
            configure=without_transactions,
        )
        self._queue = procrastinate.App(connector=connector)
        self._queue.job_manager = _Jobs(connector)
        self._task = self._queue.task(name="advance", queue=QUEUE, pass_context=True)(self._run)
        self._opened = asyncio.Event()
        self._stopping = asyncio.Event()
        self._worker: _Worker | None = None
        self._working: asyncio.Task[None] | None = None
        self._lease: Lease | None = None
        self._deferring: set[asyncio.Task[None]] = set()
        self._timers = Timers(self.wake, ahead_s=AHEAD_S)
        self._running = 0
        self._take_over_at = 0.0

    def wake(self, work_id: WorkId) -> None:
        """Have a call advanced now, or once more as soon as the present run is done."""
        task = asyncio.create_task(self._defer(work_id), name=f"wake {work_id}")
        self._deferring.add(task)
        task.add_done_callback(self._deferring.discard)

    def wake_at(self, work_id: WorkId, due_at: datetime) -> None:
        """Have a call advanced when it is due."""
        if not self._stopping.is_set():
            self._timers.set(work_id, (due_at - self._now()).total_seconds())

    def is_working(self) -> bool:
        """Say whether this process has a worker that takes jobs."""
        return self._worker is not None and self._worker.worker_id is not None

    def is_idle(self) -> bool:
        """Say whether this process is neither advancing a call nor about to ask for it."""
        return not self._running and not self._deferring

    async def sweep_forever(self) -> None:
        """Start the worker, and find due calls until cancelled; a database that fails for a while is asked again."""
        if self._working is None or self._working.done():
            self._working = asyncio.create_task(self._work_forever(), name="worker")
        while not self._working.done():
            try:
                await self._sweep()
            except CallsError as error:
                _log.warning("The sweep could not use the database and will try again: %s", error)
            await asyncio.wait([self._working], timeout=SWEEP_S)
        # Raises what ended the worker, unless it was asked to stop.
        self._working.result()

    async def stop(self, grace_s: float) -> None:
        """Run nothing more and wait for what runs; what is not done in time is left to other processes.

        Args:
            grace_s: how long to wait, in seconds.
        """
        self._timers.stop()
        # Asked, not cancelled: before Python 3.12 a cancellation can get lost while a connection is being opened.
        self._stopping.set()
        if self._worker is not None:
            self._worker.hand_over()
        if self._working is not None:
            await asyncio.wait([self._working], timeout=grace_s)
            self._working.cancel()
        if self._deferring:
            _, late = await asyncio.wait(self._deferring, timeout=1.0)
            for task in late:
                task.cancel()
        await self._close()

    async def _work_forever(self) -> None:
        """Run Procrastinate's worker, and a new one when it stopped because the database failed."""
        while not self._stopping.is_set():
            try:
                await self._open()
                self._worker = _Worker(
                    self._queue,
                    queues=[QUEUE],
                    concurrency=CONCURRENCY,
                    delete_jobs=DeleteJobCondition.ALWAYS,
                    fetch_job_polling_interval=POLL_S,
                    install_signal_handlers=False,
                    shutdown_graceful_timeout=LIMIT_S,
                    stalled_worker_timeout=LIMIT_S,
                    update_heartbeat_interval=HEARTBEAT_S,
                )
                if not self._stopping.is_set():
                    await self._worker.run()  # type: ignore[no-untyped-call]
            except ProcrastinateException as error:
                _log.warning("The worker could not use the database and starts again: %s", error.__cause__ or error)
            except psycopg.Error as error:
                _log.warning("The worker could not reach the database and starts again: %s", error)
                await self._close()
            finally:
                self._worker = None
            with suppress(TimeoutError):
                await asyncio.wait_for(self._stopping.wait(), SWEEP_S)

    async def _open(self) -> None:
        await self._queue.open_async()
        self._opened.set()

    async def _close(self) -> None:
        self._opened.clear()
        with suppress(ProcrastinateException):
            await self._queue.close_async()

    async def _run(self, context: procrastinate.JobContext, *, call_id: str) -> None:
        self._running += 1
        about_call(call_id)
        try:
            with holding(self._lease_of(context.job)):
                due_at = await self._advance(work_id_of(call_id))
            if due_at is not None:
                self.wake_at(work_id_of(call_id), due_at)
        except CallsError as error:
            _log.warning("call %s will be tried again: %s", call_id, error)
        finally:
            self._running -= 1

    def _lease_of(self, job: Job) -> Lease:
        """Return the lease of the worker that was given a job."""
        if job.worker_id is None:
            raise AssertionError(job.id)
        if self._lease is None or self._lease.worker_id != job.worker_id:
            self._lease = Lease(self._database, job.worker_id)
            if self._worker is not None:
                self._worker.lease = self._lease
        return self._lease

    async def _defer(self, call_id: WorkId) -> None:
        about_call(call_id)
        await acknowledged()
        # Before it is asked for, so that processes which take nothing in do not overtake this one.
        await turn()
        # The process that runs the job does not know of the delivery.
        _log.debug("A process is asked to advance this call.")
        await self._opened.wait()
        name = lock_of(call_id)
        try:
            await self._task.configure(lock=name, queueing_lock=name).defer_async(call_id=call_id)
        except AlreadyEnqueued:
            pass
        except ProcrastinateException as error:
            _log.warning("call %s waits for the sweep: %s", call_id, error.__cause__ or error)

    async def _sweep(self) -> None:
        if time.monotonic() >= self._take_over_at:
            self._take_over_at = time.monotonic() + TAKE_OVER_S
            await self._take_over()
        now = self._now()
        until = now + timedelta(seconds=AHEAD_S)
        for call_id, due_at in await self._database.ask(lambda connection: waiting(connection, until, SWEEP_MAX)):
            late_s = (now - due_at).total_seconds()
            if late_s > UNATTENDED_S:
                self.wake(call_id)
            elif late_s < 0:
                self._timers.set(call_id, -late_s)

    async def _take_over(self) -> None:
        if not await self._database.ask(lambda connection: needs_take_over(connection, LIMIT_S)):
            return
        for call_id in await self._database.change(lambda connection: take_over(connection, LIMIT_S)):
            _log.warning("call %s is taken over from a process that shows no sign of life", call_id)
            self.wake(call_id)


class _Worker(Worker):
    """Procrastinate's worker, which ends when it no longer hears of jobs or gives no signs of life.

    When it ends, its jobs become free at once. So it waits for requests that are at Slack for as long as Slack may
    take, and begins none meanwhile: cut off, one could still be carried out after somebody else has looked for it.
    """

    lease: Lease | None = None
    _is_handing_over = False

    def hand_over(self) -> None:
        """Stop within `FINISH_S`, because the process is to end; what was begun in time is finished."""
        self._is_handing_over = True
        self.shutdown_graceful_timeout = FINISH_S
        asyncio.get_running_loop().call_later(FINISH_S / 2, self._give_up)
        self.stop()  # type: ignore[no-untyped-call]

    def _give_up(self) -> None:
        if self.lease is not None:
            self.lease.give_up()

    async def _shutdown(self, side_tasks: list[asyncio.Task[Any]]) -> None:
        """End, whatever the reason."""
        if not self._is_handing_over:
            self._give_up()
        await super()._shutdown(side_tasks)

    async def _periodic_deferrer(self) -> None:
        """Wait for ever: there are no periodic jobs, and whatever of its side tasks ends first, it watches no other."""
        await asyncio.Event().wait()


class _Jobs(JobManager):
    """Procrastinate's jobs, which are forgotten even when the database was away or somebody else forgot them."""

    async def finish_job(self, job: Job, status: Status, delete_job: bool) -> None:  # noqa: FBT001 - its signature
        """Forget a job, however long it takes: one that stayed would hold up its call for ever."""
        if not delete_job:
            await super().finish_job(job, status, delete_job)
            return
        while True:
            try:
                await self.connector.execute_query_async(FINISH, job_id=job.id)
            except ProcrastinateException as error:
                _log.warning("Job %s could not be finished and is tried again: %s", job.id, error.__cause__ or error)
                await asyncio.sleep(SWEEP_S)
            else:
                return
