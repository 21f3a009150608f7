"""What is kept with a room: whose meeting it is, and the subscription to what happens in it."""

from __future__ import annotations

import json
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class RoomMemo:
    """Goes into `Room.memo`.

    Args:
        organizer: object id of the account that owns the meeting, or which of the accounts that people connected.
        meeting: Graph's id of the meeting.
        subscription: Graph's id of the subscription, or None.
    """

    organizer: str
    meeting: str
    subscription: str | None = None

    def as_text(self) -> str:
        """Return it as it is stored."""
        found = {"organizer": self.organizer, "meeting": self.meeting, "subscription": self.subscription}
        return json.dumps(found)


def read_memo(text: str) -> RoomMemo:
    """Return what was stored."""
    found = json.loads(text)
    return RoomMemo(found["organizer"], found["meeting"], found["subscription"])
