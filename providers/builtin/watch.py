"""Asks now and then whether the calls of rooms with people in them still run: another process may have ended one."""

from __future__ import annotations

import asyncio
import logging
from typing import Final

from calls.errors import CallsError
from calls.meetings import IsOpen
from providers.builtin.hub import Hub

WATCH_EVERY_S: Final = 2.0

_log = logging.getLogger(__name__)


class Watch:
    """Closes rooms whose call has ended."""

    def __init__(self, hub: Hub, provider: str, is_open: IsOpen, *, every_s: float = WATCH_EVERY_S) -> None:
        """Watch nothing yet."""
        self._hub = hub
        self._provider = provider
        self._is_open = is_open
        self._every_s = every_s
        self._task: asyncio.Task[None] | None = None
        self._in_doubt = False

    def start(self) -> None:
        """Begin, unless it has begun."""
        if self._task is None:
            self._task = asyncio.create_task(self._run())

    async def stop(self) -> None:
        """Stop; twice does no harm."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait([self._task])
            self._task = None

    async def _run(self) -> None:
        while True:
            await asyncio.sleep(self._every_s)
            try:
                await self._look()
            except CallsError as error:
                self._note_doubt(error)
            else:
                self._note_no_doubt()

    async def _look(self) -> None:
        for room_id in self._hub.room_ids:
            if not await self._is_open(self._provider, room_id):
                self._hub.end(room_id)

    def _note_doubt(self, error: CallsError) -> None:
        """Say once that it is not known; the rooms stay open."""
        if not self._in_doubt:
            _log.warning("It cannot be found out whether calls in the built-in room still run: %s", error)
        self._in_doubt = True

    def _note_no_doubt(self) -> None:
        if self._in_doubt:
            _log.info("It can be found out again whether calls in the built-in room still run.")
        self._in_doubt = False
