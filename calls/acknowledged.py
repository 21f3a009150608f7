"""Let acknowledgements go before the work they announce: Slack waits for them 3 s, and for a card as long as it takes.

Whoever takes a request in opens `delivery()`; work started meanwhile inherits it and waits in `acknowledged()` for this
one request. Work gives way to all others, too, in `after_deliveries()`: in a burst every request is acknowledged before
the first card is made.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Final
from weakref import WeakKeyDictionary

QUIET_S: Final = 0.002
"""How long nothing must have come in before work goes on, in seconds; the next request of a burst is here by then."""

GIVES_WAY_S: Final = 0.25
"""How long a step gives way at most, in seconds, however many requests go on coming in."""


class _Deliveries:
    """The requests that are being taken in, and the work that gives way to them."""

    def __init__(self) -> None:
        """Nothing is being taken in."""
        self._in_progress = 0
        self._timer: asyncio.TimerHandle | None = None
        self._is_quiet = asyncio.Event()
        self._is_quiet.set()

    def begin(self) -> None:
        """Note that a request is being taken in."""
        self._in_progress += 1
        self._is_quiet.clear()
        if self._timer is not None:
            self._timer.cancel()

    def end(self) -> None:
        """Note that a request was answered, or has failed."""
        self._in_progress -= 1
        if self._in_progress == 0:
            self._timer = asyncio.get_running_loop().call_later(QUIET_S, self._is_quiet.set)

    async def quiet(self) -> None:
        """Wait until nothing has been taken in for a moment, but for no longer than `GIVES_WAY_S`."""
        if not self._is_quiet.is_set():
            waiting = asyncio.ensure_future(self._is_quiet.wait())
            await asyncio.wait({waiting}, timeout=GIVES_WAY_S)
            waiting.cancel()


_of_loop: WeakKeyDictionary[asyncio.AbstractEventLoop, _Deliveries] = WeakKeyDictionary()

_sent: ContextVar[asyncio.Event | None] = ContextVar("acknowledgement_sent", default=None)


@contextmanager
def delivery() -> Iterator[None]:
    """Surround a request until its acknowledgement is on the wire, or has failed."""
    sent, deliveries = asyncio.Event(), _deliveries()
    token = _sent.set(sent)
    deliveries.begin()
    try:
        yield
    finally:
        deliveries.end()
        _sent.reset(token)
        sent.set()


async def acknowledged() -> None:
    """Wait until the request that caused the present task is acknowledged; at once when there is none."""
    sent = _sent.get()
    if sent is not None:
        await sent.wait()


async def after_deliveries() -> None:
    """Give way to requests that are being taken in."""
    await _deliveries().quiet()


def _deliveries() -> _Deliveries:
    return _of_loop.setdefault(asyncio.get_running_loop(), _Deliveries())
