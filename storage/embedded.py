"""Wake-ups inside one process: a task per call that has work, and a sweep over what is due.

Nothing is kept here that a crash could lose. The rows say what is due, and the sweep of the next process finds it.
"""

from __future__ import annotations

import asyncio
import logging
from contextlib import suppress
from datetime import datetime

from calls.acknowledged import acknowledged, turn
from calls.errors import CallsError
from calls.log_subject import about_call
from calls.ports import Clock, Storage
from calls.work import Advance, WorkId
from storage.timers import Timers

_log = logging.getLogger(__name__)

SWEEP_S = 1.0
"""How long work that nobody was woken for lies at most."""

DEFECT_PAUSE_S = 30.0
"""How long a call rests whose row cannot even be marked as set aside."""

SWEEP_AGAIN_S = 0.05
"""How soon one sweep follows another at the earliest."""

SWEEP_MAX = 200
"""How many calls one sweep starts."""


class EmbeddedWakeUps:
    """Runs `advance` for calls, never twice at once for the same call."""

    def __init__(self, storage: Storage, now: Clock, advance: Advance) -> None:
        """Run nothing yet."""
        self._storage = storage
        self._now = now
        self._advance = advance
        self._running: dict[WorkId, asyncio.Task[None]] = {}
        self._again: set[WorkId] = set()
        self._timers = Timers(self.wake, ahead_s=SWEEP_S)
        self._stopping = asyncio.Event()

    def wake(self, work_id: WorkId) -> None:
        """Advance a call now, or once more as soon as the present run is done."""
        if self._stopping.is_set():
            return
        if work_id in self._running:
            self._again.add(work_id)
            return
        self._running[work_id] = asyncio.create_task(self._run(work_id), name=f"advance {work_id}")

    def wake_at(self, work_id: WorkId, due_at: datetime) -> None:
        """Advance a call when it is due."""
        if not self._stopping.is_set():
            self._timers.set(work_id, (due_at - self._now()).total_seconds())

    def is_working(self) -> bool:
        """Say whether calls can be advanced now, for which nothing but this process is needed."""
        return True

    def is_idle(self) -> bool:
        """Say whether no call is being advanced at the moment."""
        return not self._running

    async def sweep_forever(self) -> None:
        """Find due calls, until cancelled; a database that fails for a while is asked again."""
        while True:
            try:
                has_found = await self._sweep()
                wait_s = await self._until_next_s(has_found=has_found)
            except CallsError as error:
                _log.warning("The sweep could not read the database and will try again: %s", error)
                wait_s = SWEEP_S
            await asyncio.sleep(wait_s)

    async def stop(self, grace_s: float) -> None:
        """Start nothing more and wait for what runs; what is not done in time is left to the next process.

        Args:
            grace_s: how long to wait, in seconds.
        """
        self._stopping.set()
        self._timers.stop()
        tasks = list(self._running.values())
        if not tasks:
            return
        _, pending = await asyncio.wait(tasks, timeout=grace_s)
        for task in pending:
            task.cancel()
        await asyncio.gather(*pending, return_exceptions=True)

    async def _sweep(self) -> bool:
        """Start what is due and does not run yet; say whether there was any."""
        found = [one for one in await self._storage.due(self._now(), SWEEP_MAX) if one not in self._running]
        for work_id in found:
            self.wake(work_id)
        return bool(found)

    async def _until_next_s(self, *, has_found: bool) -> float:
        due_at = await self._storage.next_due_at()
        if due_at is None:
            return SWEEP_S
        wait_s = (due_at - self._now()).total_seconds()
        if wait_s <= 0 and not has_found:
            # What is due runs already, so that looking for it again and again would only hold it up.
            return SWEEP_S
        return min(SWEEP_S, max(SWEEP_AGAIN_S, wait_s))

    async def _rest(self, seconds: float) -> None:
        """Wait, but hold up no stop."""
        with suppress(TimeoutError):
            await asyncio.wait_for(self._stopping.wait(), seconds)

    async def _run(self, call_id: WorkId) -> None:
        about_call(call_id)
        try:
            await acknowledged()
            await turn()
            due_at = await self._advance(call_id)
            while call_id in self._again:
                self._again.discard(call_id)
                due_at = await self._advance(call_id)
            if due_at is not None:
                self.wake_at(call_id, due_at)
        except CallsError as error:
            _log.warning("call %s will be tried again: %s", call_id, error)
            # It is still due, and without a pause the sweep would repeat its requests to Slack many times a second.
            await self._rest(SWEEP_S)
        except Exception:  # noqa: BLE001 - a call that can be neither advanced nor set aside must hold up nobody, nor be hidden
            _log.exception("call %s met a defect of Startcall's and is tried again in %s s", call_id, DEFECT_PAUSE_S)
            await self._rest(DEFECT_PAUSE_S)
        finally:
            self._running.pop(call_id, None)
            self._again.discard(call_id)
