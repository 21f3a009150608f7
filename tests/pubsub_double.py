"""One subscription of Google's Pub/Sub: what is published, until it is acknowledged."""

from __future__ import annotations

import asyncio
import base64
import time
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import count
from typing import Any

WAITS_S = 0.2
"""How long a pull waits for a message; Google waits for about a minute and a half."""

COMES_AGAIN_S = 1.0
"""After how long a message that was not acknowledged is given out again."""


@dataclass
class Delivery:
    """A message in Pub/Sub.

    Args:
        hidden_until: monotonic time before which it is not given out again.
    """

    message: dict[str, Any]
    hidden_until: float = 0.0


@dataclass
class PubSubQueue:
    """What is waiting, by what it is acknowledged by."""

    waiting: dict[str, Delivery] = field(default_factory=dict)
    arrived: asyncio.Event = field(default_factory=asyncio.Event)
    numbers: Any = field(default_factory=lambda: count(1))

    def put(self, attributes: dict[str, str], data: bytes) -> None:
        """Publish a message."""
        number = str(next(self.numbers))
        message = {"data": base64.b64encode(data).decode(), "attributes": attributes, "messageId": number}
        self.waiting[f"ack-{number}"] = Delivery(message)
        self.arrived.set()

    async def pull(self, wanted: int) -> list[dict[str, Any]]:
        """Return what there is, once there is something or a while has passed."""
        given = self._given_out(wanted)
        if not given:
            self.arrived.clear()
            with suppress(TimeoutError):
                await asyncio.wait_for(self.arrived.wait(), WAITS_S)
            given = self._given_out(wanted)
        return given

    def acknowledge(self, ack_ids: list[str]) -> None:
        """Give messages out no more."""
        for ack_id in ack_ids:
            self.waiting.pop(ack_id, None)

    def _given_out(self, wanted: int) -> list[dict[str, Any]]:
        present = time.monotonic()
        ready = [(ack_id, one) for ack_id, one in self.waiting.items() if one.hidden_until <= present][:wanted]
        for _, one in ready:
            one.hidden_until = present + COMES_AGAIN_S
        return [{"ackId": ack_id, "message": one.message} for ack_id, one in ready]
