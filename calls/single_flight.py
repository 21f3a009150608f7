"""Ask for each thing once at a time: whoever asks while the answer is under way gets the same answer."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any, Generic, TypeVar

Key = TypeVar("Key")
Answer = TypeVar("Answer")


class SingleFlight(Generic[Key, Answer]):
    """Keeps at most one piece of work under way for each key."""

    def __init__(self, work: Callable[[Key], Coroutine[Any, Any, Answer]]) -> None:
        """Have nothing under way.

        Args:
            work: begins the work for a key.
        """
        self._work = work
        self._under_way: dict[Key, asyncio.Task[Answer]] = {}

    @property
    def is_idle(self) -> bool:
        """Say whether nothing is under way."""
        return not self._under_way

    def begin(self, key: Key) -> asyncio.Task[Answer]:
        """Return the work for a key that is under way, or else begin it."""
        task = self._under_way.get(key)
        if task is None:
            task = self._under_way[key] = asyncio.create_task(self._work(key))
            task.add_done_callback(lambda _: self._under_way.pop(key, None))
        return task

    async def result(self, key: Key) -> Answer:
        """Return what comes of the work for a key, which goes on for the others when one of those who wait gives up."""
        return await asyncio.shield(self.begin(key))

    async def stop(self) -> None:
        """Cancel whatever is under way."""
        tasks = list(self._under_way.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
