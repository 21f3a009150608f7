"""Take in what meeting systems report: find the call, store who is in, wake the call."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import dataclass, replace

from calls.errors import ProviderError, StorageError
from calls.meetings import MeetingEvent, Provider
from calls.model import Call, CallId
from calls.ports import Storage, Transaction, WakeUps
from calls.reports import Reports

_log = logging.getLogger(__name__)

AGAIN_S = 1.0
"""How long to wait before something that failed is tried again, in seconds."""


@dataclass(frozen=True, slots=True)
class Intake:
    """Stores what is reported; what it has stored is on disk when `take` returns."""

    storage: Storage
    wakeups: WakeUps
    reports: Reports

    async def take(self, provider: str, events: Sequence[MeetingEvent]) -> None:
        """Store events; those of rooms in which no call is running are dropped.

        Raises:
            StorageError: when they could not be stored; the meeting system has to send them again.
        """
        if not events:
            return

        def work(transaction: Transaction) -> Sequence[CallId]:
            rooms = {event.room_id: None for event in events}
            calls = [transaction.call_in_room(provider, room_id) for room_id in rooms]
            return [call.id for call in calls if call is not None and self._changed(transaction, call, events)]

        for call_id in await self.storage.write(work):
            self.wakeups.wake(call_id)

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
        call = await self.storage.read(lambda transaction: transaction.call_in_room(provider, room_id))
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

    def _changed(self, transaction: Transaction, call: Call, events: Sequence[MeetingEvent]) -> bool:
        of_room = [event for event in events if call.room is not None and event.room_id == call.room.id]
        changed = self.reports.applied(transaction, call, of_room)
        if changed is None:
            return False
        # A step that has to wait keeps its time: many reports must not become many tries.
        transaction.save_call(changed if changed.tries else replace(changed, due_at=self.reports.now()))
        return changed.tries == 0
