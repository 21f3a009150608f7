"""Take in what meeting systems report: find the call, store who is in, wake the call."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import replace

from calls.errors import ProviderError, StorageError
from calls.meetings import MeetingEvent, Provider
from calls.model import Call, Participant
from calls.ports import Storage, Transaction, WakeUps
from calls.report_queue import Place, ReportQueue
from calls.reports import Reports
from calls.watching import watched
from calls.workflows import EndRules, next_due, next_step

_log = logging.getLogger(__name__)

AGAIN_S = 1.0
"""How long to wait before something that failed is tried again, in seconds."""


class Intake:
    """Stores what is reported; what it has stored is on disk when `take` returns."""

    def __init__(self, storage: Storage, wakeups: WakeUps, reports: Reports, rules: EndRules) -> None:
        """Take where calls are kept, who is to be woken, what reports mean, and when calls end."""
        self._storage = storage
        self._wakeups = wakeups
        self._reports = reports
        self._rules = rules
        self._queue = ReportQueue(self._store)

    async def take(self, provider: str, events: Sequence[MeetingEvent]) -> None:
        """Store events; those of rooms in which no call is running are dropped.

        Raises:
            StorageError: when they could not be stored; the meeting system has to send them again.
        """
        rooms: dict[str, list[MeetingEvent]] = {}
        for event in events:
            rooms.setdefault(event.room_id, []).append(event)
        await asyncio.gather(*(self._queue.put(Place(provider, room), told) for room, told in rooms.items()))

    async def follow(self, provider: Provider) -> None:
        """Take in what a meeting system tells over a connection of its own, until cancelled."""
        while True:
            try:
                async for event in provider.stream():
                    await self._take_surely(provider.name, event)
            except ProviderError as error:
                _log.warning("%s tells nothing at the moment and is asked again: %s", provider.name, error)
            await asyncio.sleep(AGAIN_S)

    async def is_open(self, provider: str, room_id: str) -> bool:
        """Say whether a call is running in a room.

        Raises:
            StorageError: when calls cannot be read now.
        """
        call = await self._storage.read(lambda transaction: transaction.call_in_room(provider, room_id))
        return call is not None and call.state.is_open

    async def _take_surely(self, provider: str, event: MeetingEvent) -> None:
        """Store an event that nobody will send again."""
        while True:
            try:
                await self.take(provider, [event])
            except StorageError as error:
                _log.warning("A report of %s could not be stored and is tried again: %s", provider, error)
                await asyncio.sleep(AGAIN_S)
            else:
                return

    async def _store(self, place: Place, events: Sequence[MeetingEvent]) -> None:
        """Store events of one room, and see to it that the call there is advanced when it is due."""

        def work(transaction: Transaction) -> Call | None:
            call = transaction.call_in_room(place.provider, place.room_id)
            return None if call is None else self._after(transaction, call, events)

        changed = await self._storage.write(work)
        if changed is None or changed.due_at is None or changed.tries:
            return
        if changed.due_at <= self._reports.now():
            self._wakeups.wake(changed.id)
        else:
            self._wakeups.wake_at(changed.id, changed.due_at)

    def _after(self, transaction: Transaction, call: Call, events: Sequence[MeetingEvent]) -> Call | None:
        """Store what events change, and return the call as it is then; None when nothing changed."""
        roster = self._reports.applied(transaction, call, events)
        if roster is None:
            return None
        changed = roster.call
        # A step that has to wait keeps its time: many reports must not become many tries.
        if not changed.tries:
            changed = self._due(changed, tuple(roster.people.values()))
        return transaction.save_call(changed)

    def _due(self, call: Call, people: Sequence[Participant]) -> Call:
        """Return a call with when it is due: while comings and goings are gathered, not at once for each of them."""
        now = self._reports.now()
        changed = watched(call, people, now, self._rules)
        if call.stuck_code is not None or next_step(changed, people, now, self._rules) is not None:
            return replace(changed, due_at=now)
        return replace(changed, due_at=next_due(changed, people, self._rules))
