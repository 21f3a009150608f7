"""The local Slack's clock, which can be moved ahead: what expires or is repeated after minutes can be seen at once."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable


class Clock:
    """A clock that goes like another one, and can be moved ahead of it.

    Everything of the local Slack goes by it: when a trigger_id or a response_url is too old, when an event is sent
    again, how long a rate limit lasts, what time stands at a message. The app's own clock is not moved, so deliveries
    are signed by the machine's.

    Args:
        machine_s: the clock it starts from, in Unix seconds.
    """

    def __init__(self, machine_s: Callable[[], float] = time.time) -> None:
        """Be not ahead."""
        self.machine_s = machine_s
        self.ahead_s = 0.0
        self._moved = asyncio.Event()

    def __call__(self) -> float:
        """Return the time, in Unix seconds."""
        return self.machine_s() + self.ahead_s

    def advance(self, seconds: float) -> None:
        """Move ahead, and wake whoever sleeps until a time that has come by that.

        Raises:
            ValueError: for a step back, which no clock of Slack makes.
        """
        if seconds < 0:
            raise ValueError(f"The clock cannot go back by {-seconds} s.")
        self.ahead_s += seconds
        self._moved.set()
        self._moved = asyncio.Event()

    async def sleep(self, seconds: float) -> None:
        """Sleep for so long on this clock: by waiting, or by being moved ahead."""
        loop = asyncio.get_running_loop()
        wake_at_s = loop.time() + self.ahead_s + seconds
        while (left_s := wake_at_s - self.ahead_s - loop.time()) > 0:
            moved = self._moved
            try:
                await asyncio.wait_for(moved.wait(), left_s)
            except TimeoutError:
                return
