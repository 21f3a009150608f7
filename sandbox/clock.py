"""The local Slack's clock, which can be moved ahead: what expires or is repeated after minutes can be seen at once."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Callable
from dataclasses import dataclass, field


@dataclass(eq=False, slots=True)
class _Sleeper:
    loop: asyncio.AbstractEventLoop
    wake_at_s: float
    moved: asyncio.Event = field(default_factory=asyncio.Event)


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
        self._sleepers: set[_Sleeper] = set()

    @property
    def is_awaited(self) -> bool:
        """Say whether anything waits for a time that has not come, such as an event that is to be sent again."""
        return bool(self._sleepers)

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
        for sleeper in tuple(self._sleepers):
            sleeper.moved.set()
            if self._left_s(sleeper) <= 0:
                self._sleepers.discard(sleeper)

    async def sleep(self, seconds: float) -> None:
        """Sleep for so long on this clock: by waiting, or by being moved ahead."""
        if seconds <= 0:
            return
        loop = asyncio.get_running_loop()
        sleeper = _Sleeper(loop, loop.time() + self.ahead_s + seconds)
        self._sleepers.add(sleeper)
        try:
            while (left_s := self._left_s(sleeper)) > 0:
                sleeper.moved.clear()
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(sleeper.moved.wait(), left_s)
        finally:
            self._sleepers.discard(sleeper)

    def _left_s(self, sleeper: _Sleeper) -> float:
        return sleeper.wake_at_s - self.ahead_s - sleeper.loop.time()
