"""Make sure, just before something is sent, that the call it is about is still ours to work on.

Where several processes share a database, one that was paused for long may find its work taken over. Whoever runs
the work opens `holding()`; what is sent within it asks `still_held()` first, and is not sent when the answer is no.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Protocol


class Hold(Protocol):
    """The right to work on a call, as given by whoever hands the work out."""

    async def renew(self) -> None:
        """Make sure of it for longer than one request takes.

        Raises:
            StaleCallError: when somebody else has it now.
            StorageError: when nobody can say.
        """


_hold: ContextVar[Hold | None] = ContextVar("hold", default=None)


@contextmanager
def holding(hold: Hold) -> Iterator[None]:
    """Surround work on a call."""
    token = _hold.set(hold)
    try:
        yield
    finally:
        _hold.reset(token)


def present_hold() -> Hold | None:
    """Return what the present task works under, or None where nobody else could take it over."""
    return _hold.get()


async def still_held() -> None:
    """Return when it is certain that nobody else works on the present task's call.

    Raises:
        StaleCallError: when somebody else does: nothing may be sent or stored any more.
        StorageError: when nobody can say.
    """
    hold = _hold.get()
    if hold is not None:
        await hold.renew()
