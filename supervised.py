"""Work that must never end: when an error that nobody foresaw ends it, that shows, and it is started again."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable

_log = logging.getLogger("startcall")

FIRST_PAUSE_S, LONGEST_PAUSE_S = 1.0, 30.0
"""How long until it is started again: doubled each time that it soon ends again."""

STEADY_S = 3.0
"""After how long without an end it counts as well again."""


class Supervised:
    """Keeps one piece of work going.

    Args:
        name: what it is, as the log is to say it.
        work: begins it anew each time it is called; when it returns by itself, it is over.
    """

    def __init__(self, name: str, work: Callable[[], Awaitable[None]]) -> None:
        self._name = name
        self._work = work
        self._pause_s = FIRST_PAUSE_S
        self._begun_at: float | None = None
        self._has_died = False

    @property
    def is_well(self) -> bool:
        """Say whether it goes on; once it has died, only when it has gone on for a while."""
        if not self._has_died:
            return True
        return self._begun_at is not None and time.monotonic() - self._begun_at >= STEADY_S

    async def run(self) -> None:
        """Do the work until it is over, or until cancelled."""
        while not await self._run_once():
            await asyncio.sleep(self._pause_s)
            self._pause_s = min(2 * self._pause_s, LONGEST_PAUSE_S)

    async def _run_once(self) -> bool:
        """Do the work until it ends; say whether it is over."""
        self._begun_at = time.monotonic()
        try:
            await self._work()
        except Exception:  # noqa: BLE001 - an end that nobody foresaw must neither be silent nor final
            if time.monotonic() - self._begun_at > LONGEST_PAUSE_S:
                self._pause_s = FIRST_PAUSE_S
            self._has_died, self._begun_at = True, None
            _log.exception("%s ended by an unforeseen error and starts again in %s s", self._name, self._pause_s)
            return False
        return True
