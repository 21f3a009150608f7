"""What lines in the log are about: the call that is worked on, and the delivery that caused the work.

A task that is started meanwhile inherits both, so that a step that runs after an acknowledgement still shows which
delivery asked for it.
"""

from __future__ import annotations

import itertools
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_numbers = itertools.count(secrets.randbits(31))
"""One after the other from a random one on, so that those of several processes differ."""

_call: ContextVar[str] = ContextVar("call_in_log", default="")
_delivery: ContextVar[str] = ContextVar("delivery_in_log", default="")


def call_in_log() -> str:
    """Return the id of the call that the present task works on; empty when there is none."""
    return _call.get()


def delivery_in_log() -> str:
    """Return the id of the delivery that caused the present task; empty when there is none."""
    return _delivery.get()


def about_call(call_id: str) -> None:
    """Let what the present task logs be about a call, until it ends or the delivery it takes in does."""
    _call.set(call_id)


@contextmanager
def about_delivery() -> Iterator[None]:
    """Let what is logged meanwhile be about one delivery, under an id that is made for it."""
    delivery = _delivery.set(f"{next(_numbers):08x}")
    call = _call.set("")
    try:
        yield
    finally:
        _call.reset(call)
        _delivery.reset(delivery)
