"""What is kept with a room: whose it is, and the subscription to what happens in it."""

from __future__ import annotations

import json
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class RoomMemo:
    """Goes into `Room.memo`.

    Args:
        host: e-mail of the account that owns the room, or which of the accounts that people connected.
        subscription: its Workspace Events subscription, `subscriptions/…`, or None.
    """

    host: str
    subscription: str | None = None

    def as_text(self) -> str:
        """Return it as it is stored."""
        return json.dumps({"host": self.host, "subscription": self.subscription})


def read_memo(text: str) -> RoomMemo:
    """Return what was stored."""
    found = json.loads(text)
    return RoomMemo(found["host"], found["subscription"])
