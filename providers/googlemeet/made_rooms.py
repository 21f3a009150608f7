"""Make one room a call, however often it is asked for while this process runs."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from calls.model import CallId, Room

_CALLS_MAX = 1000


class MadeRooms:
    """The rooms of the newest calls.

    Meet knows no name of ours for a room and cannot be asked for it, so a process that ends between making a room and
    storing it leaves one behind: an address that nobody was ever given.
    """

    def __init__(self) -> None:
        """Have made none."""
        self._locks: dict[CallId, asyncio.Lock] = {}
        self._rooms: dict[CallId, Room] = {}

    async def room_of(self, call_id: CallId, make: Callable[[], Awaitable[Room]]) -> Room:
        """Return the room of a call, made now unless it was before; raises as `make` does."""
        while len(self._locks) > _CALLS_MAX:
            oldest = next(iter(self._locks))
            self._locks.pop(oldest)
            self._rooms.pop(oldest, None)
        async with self._locks.setdefault(call_id, asyncio.Lock()):
            if call_id not in self._rooms:
                self._rooms[call_id] = await make()
            return self._rooms[call_id]
