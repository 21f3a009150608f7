"""Timers for what is due before the next sweep, which finds the rest and that of a process that died."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from calls.work import WorkId

SOONEST_S = 0.05
"""How soon a call is woken at the soonest, so that one that stays due does not keep the process busy."""


class Timers:
    """Wakes calls and plans on time, each once."""

    def __init__(self, wake: Callable[[WorkId], None], ahead_s: float) -> None:
        """Set no timer yet.

        Args:
            ahead_s: what is due later than in so many seconds is left to the sweep.
        """
        self._wake = wake
        self._ahead_s = ahead_s
        self._set: dict[WorkId, asyncio.TimerHandle] = {}

    def set(self, work_id: WorkId, wait_s: float) -> None:
        """Wake a call in so many seconds, unless it is woken earlier anyway."""
        if wait_s > self._ahead_s:
            return
        wait_s = max(SOONEST_S, wait_s)
        loop = asyncio.get_running_loop()
        before = self._set.get(work_id)
        if before is not None:
            if before.when() <= loop.time() + wait_s:
                return
            before.cancel()
        self._set[work_id] = loop.call_later(wait_s, self._on_time, work_id)

    def stop(self) -> None:
        """Wake nobody any more."""
        for timer in self._set.values():
            timer.cancel()
        self._set.clear()

    def _on_time(self, work_id: WorkId) -> None:
        del self._set[work_id]
        self._wake(work_id)
