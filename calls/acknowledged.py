"""Hold work back until the request that caused it has been acknowledged to Slack.

Whoever takes a request in opens `delivery()`; work started meanwhile inherits it and waits in `acknowledged()`.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_sent: ContextVar[asyncio.Event | None] = ContextVar("acknowledgement_sent", default=None)


@contextmanager
def delivery() -> Iterator[None]:
    """Surround a request until its acknowledgement is on the wire, or has failed."""
    sent = asyncio.Event()
    token = _sent.set(sent)
    try:
        yield
    finally:
        _sent.reset(token)
        sent.set()


async def acknowledged() -> None:
    """Wait until the request that caused the present task is acknowledged; at once when there is none."""
    sent = _sent.get()
    if sent is not None:
        await sent.wait()
