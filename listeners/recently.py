"""Look something up no more often than it matters, however often strangers ask."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Generic, TypeVar

Answer = TypeVar("Answer")


class Recently(Generic[Answer]):
    """Answers by what was looked up a moment ago; who asks meanwhile waits for the same look."""

    def __init__(self, look: Callable[[], Awaitable[Answer]], for_s: float) -> None:
        """Look nothing up yet.

        Args:
            for_s: how long a look counts from its beginning, in seconds.
        """
        self._look = look
        self._for_s = for_s
        self._looking: asyncio.Future[Answer] | None = None
        self._until_s = 0.0

    async def __call__(self) -> Answer:
        """Return what was found, or raise what the look raised."""
        now_s = asyncio.get_running_loop().time()
        if self._looking is None or (self._looking.done() and now_s >= self._until_s):
            self._looking = asyncio.ensure_future(self._look())
            self._until_s = now_s + self._for_s
        # Who goes away ends the look for nobody else.
        return await asyncio.shield(self._looking)
