"""Let acknowledgements go before the work they announce: Slack waits for them 3 s, and for a card as long as it takes.

Whoever takes a request in opens `delivery()`; work started meanwhile inherits it and waits in `acknowledged()` for this
one request, and then in `turn()` for all others. So in a burst every request is acknowledged before the first card is
made, and whatever goes on coming in, the work goes on, too: a call at a time, or more where many wait.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Final
from weakref import WeakKeyDictionary

QUIET_S: Final = 0.002
"""How long nothing must have come in before all work goes on, in seconds; what belongs to a burst is here by then."""

TURN_S: Final = 0.02
"""How often a call goes on while requests come in, in seconds; Slack takes 50 new calls a minute of a workspace."""

LINE: Final = 200
"""For each so many that wait, one more goes on each time: so a line that grows is also worked on faster."""

NEXT_S: Final = 0.001
"""How soon one goes on after the other when none come in any more, in seconds, so that they stay in their order."""


class _Intake:
    """The requests that are being taken in, and the work that gives way to them, in the order in which it came."""

    def __init__(self) -> None:
        """Nothing is being taken in."""
        self._in_progress = 0
        self._is_quiet = True
        self._waiting: deque[asyncio.Future[None]] = deque()
        self._quiet_timer: asyncio.TimerHandle | None = None
        self._turn_timer: asyncio.TimerHandle | None = None

    def begin(self) -> None:
        """Note that a request is being taken in."""
        self._in_progress += 1
        self._is_quiet = False
        if self._quiet_timer is not None:
            self._quiet_timer.cancel()
            self._quiet_timer = None

    def end(self) -> None:
        """Note that a request was answered, or has failed."""
        self._in_progress -= 1
        if self._in_progress == 0:
            self._quiet_timer = asyncio.get_running_loop().call_later(QUIET_S, self._be_quiet)

    async def turn(self) -> None:
        """Wait until nothing is being taken in any more, or it is this one's turn all the same."""
        if self._is_quiet and not self._waiting:
            return
        loop = asyncio.get_running_loop()
        mine = loop.create_future()
        self._waiting.append(mine)
        if self._turn_timer is None:
            self._turn_timer = loop.call_later(TURN_S, self._let_some_go_on)
        await mine

    def _be_quiet(self) -> None:
        self._is_quiet, self._quiet_timer = True, None
        if self._turn_timer is not None:
            self._turn_timer.cancel()
            self._let_some_go_on()

    def _let_some_go_on(self) -> None:
        # Kept no longer than needed: a timer holds its loop, under which this is found.
        self._turn_timer = None
        for _ in range(1 + len(self._waiting) // LINE):
            while self._waiting and self._waiting[0].done():
                self._waiting.popleft()
            if self._waiting:
                self._waiting.popleft().set_result(None)
        if self._waiting:
            wait_s = NEXT_S if self._is_quiet else TURN_S
            self._turn_timer = asyncio.get_running_loop().call_later(wait_s, self._let_some_go_on)


_intakes: WeakKeyDictionary[asyncio.AbstractEventLoop, _Intake] = WeakKeyDictionary()

_sent: ContextVar[asyncio.Event | None] = ContextVar("acknowledgement_sent", default=None)


@contextmanager
def delivery() -> Iterator[None]:
    """Surround a request until its acknowledgement is on the wire, or has failed."""
    sent, intake = asyncio.Event(), _intake()
    token = _sent.set(sent)
    intake.begin()
    try:
        yield
    finally:
        intake.end()
        _sent.reset(token)
        sent.set()


async def acknowledged() -> None:
    """Wait until the request that caused the present task is acknowledged; at once when there is none."""
    sent = _sent.get()
    if sent is not None:
        await sent.wait()


async def turn() -> None:
    """Give way to requests that are being taken in."""
    await _intake().turn()


def _intake() -> _Intake:
    """Return the intake of the running loop; there is one loop in a process, and one for each test."""
    loop = asyncio.get_running_loop()
    found = _intakes.get(loop)
    if found is None:
        found = _intakes[loop] = _Intake()
    return found
