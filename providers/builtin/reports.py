"""What happens in the rooms, for whoever listens."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from datetime import datetime, timedelta

from calls.meetings import EventKind, MeetingEvent, Seen

_TICK = timedelta(microseconds=1)


class Reports:
    """Hands each event to every listener, in order, with times that only ever grow."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        """Begin without listeners; what happens before somebody listens is in the snapshots they begin with."""
        self._now = now
        self._last: datetime | None = None
        self._listeners: set[asyncio.Queue[MeetingEvent | None]] = set()
        self._closed = False

    def tell(self, kind: EventKind, room_id: str, *people: Seen) -> None:
        """Report something that happens now."""
        event = self.event(kind, room_id, people)
        for listener in self._listeners:
            listener.put_nowait(event)

    def event(self, kind: EventKind, room_id: str, people: Sequence[Seen]) -> MeetingEvent:
        """Return an event of now, later than every one before."""
        at = self._now()
        if self._last is not None and at <= self._last:
            at = self._last + _TICK
        self._last = at
        return MeetingEvent(kind, room_id, at, tuple(people))

    async def listen(self, snapshots: Callable[[], Sequence[MeetingEvent]]) -> AsyncIterator[MeetingEvent]:
        """Return what is the case, then what happens, until `close`."""
        if self._closed:
            return
        events: asyncio.Queue[MeetingEvent | None] = asyncio.Queue()
        for event in snapshots():
            events.put_nowait(event)
        self._listeners.add(events)
        try:
            while (event_or_end := await events.get()) is not None:
                yield event_or_end
        finally:
            self._listeners.discard(events)

    def close(self) -> None:
        """Let every listener come to an end; what happens after this is told to nobody."""
        self._closed = True
        for listener in self._listeners:
            listener.put_nowait(None)
        self._listeners.clear()
