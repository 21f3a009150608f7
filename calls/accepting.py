"""Take a request in: store what it changes together with its key, and see to it that its call is worked on."""

from __future__ import annotations

from collections.abc import Callable

from calls.model import Delivery, Reply
from calls.ports import Storage, Transaction, WakeUps


async def accept(storage: Storage, wakeups: WakeUps, delivery: Delivery, work: Callable[[Transaction], Reply]) -> Reply:
    """Do the work of a delivery once, wake up the call it is about, and return its reply.

    Raises:
        StorageError: when it could not be stored; nothing was changed then.
    """
    reply = await storage.accept(delivery, work)
    if reply.call_id is not None:
        wakeups.wake(reply.call_id)
    return reply
