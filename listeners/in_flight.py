"""Take no more in at a time than there is memory for, however much is sent."""

from __future__ import annotations

import asyncio
from typing import Final

IN_FLIGHT_MAX_BYTES: Final = 16 * 1024 * 1024
"""How much may be worked on at a time: some thousand deliveries as Slack sends them."""

COUNTS_AT_LEAST_BYTES: Final = 16 * 1024
"""What a small delivery counts as, for the work on it takes memory, too."""


class InFlight:
    """What is worked on, by its size; whoever reads waits while that is too much, and so does whoever sends."""

    def __init__(self, at_most_bytes: int = IN_FLIGHT_MAX_BYTES) -> None:
        """Have nothing to work on yet."""
        self._at_most_bytes = at_most_bytes
        self._bytes = 0
        self._less = asyncio.Event()

    async def until_there_is_room(self) -> None:
        """Wait while too much is worked on."""
        while self._bytes >= self._at_most_bytes:
            self._less.clear()
            await self._less.wait()

    def begin(self, size_bytes: int) -> None:
        """Note something that is worked on from now on."""
        self._bytes += max(size_bytes, COUNTS_AT_LEAST_BYTES)

    def end(self, size_bytes: int) -> None:
        """Note that it no longer is."""
        self._bytes -= max(size_bytes, COUNTS_AT_LEAST_BYTES)
        self._less.set()
