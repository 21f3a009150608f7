"""Reports on their way to the store: while those of a room are being stored, further ones gather and go together."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from calls.meetings import MeetingEvent

TOGETHER_MAX = 200
"""How many reports are stored at once, so that the first of them is not kept waiting for long."""


@dataclass(frozen=True, slots=True)
class Place:
    """A room of a meeting system."""

    provider: str
    room_id: str


Store = Callable[[Place, Sequence[MeetingEvent]], Awaitable[None]]
"""Stores events of one room, all or none; what it has stored is on disk when it returns."""


@dataclass(frozen=True, slots=True)
class _Report:
    events: Sequence[MeetingEvent]
    stored: asyncio.Future[None]


class ReportQueue:
    """Stores what is reported of each room in the order in which it came, as much at once as has come."""

    def __init__(self, store: Store) -> None:
        """Store nothing yet."""
        self._store = store
        self._waiting: dict[Place, list[_Report]] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    async def put(self, place: Place, events: Sequence[MeetingEvent]) -> None:
        """Have events of one room stored.

        Raises:
            StorageError: when they could not be stored.
        """
        report = _Report(events, asyncio.get_running_loop().create_future())
        waiting = self._waiting.get(place)
        if waiting is not None:
            waiting.append(report)
        else:
            self._waiting[place] = [report]
            task = asyncio.create_task(self._empty(place), name=f"store reports of {place.room_id}")
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        await report.stored

    async def _empty(self, place: Place) -> None:
        """Store what waits and what comes meanwhile, until nothing waits."""
        try:
            while waiting := self._waiting[place]:
                self._waiting[place] = waiting[TOGETHER_MAX:]
                await self._store_together(place, waiting[:TOGETHER_MAX])
        finally:
            del self._waiting[place]

    async def _store_together(self, place: Place, reports: Sequence[_Report]) -> None:
        """Store reports at once; when that fails, each alone, so that one nobody can store is in nobody's way."""
        events = [event for report in reports for event in report.events]
        outcome, *_ = await asyncio.gather(self._store(place, events), return_exceptions=True)
        outcomes = [outcome] * len(reports)
        if outcome is not None and len(reports) > 1:
            alone = (self._store(place, report.events) for report in reports)
            outcomes = await asyncio.gather(*alone, return_exceptions=True)
        for report, came_of_it in zip(reports, outcomes, strict=True):
            _settle(report.stored, came_of_it)


def _settle(stored: asyncio.Future[None], outcome: BaseException | None) -> None:
    """Tell whoever still waits what came of their report."""
    if stored.done():
        return
    if outcome is None:
        stored.set_result(None)
    else:
        stored.set_exception(outcome)
