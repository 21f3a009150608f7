"""What is kept with a room of BigBlueButton, to be found again when somebody enters or the call ends."""

from __future__ import annotations

import json
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class MeetingMemo:
    """What is kept with a room.

    Args:
        name: the meeting's, needed to open it again when the server has forgotten it.
        hook_id: by which the server knows where it reports to; empty while it does not.
    """

    name: str
    hook_id: str = ""

    @classmethod
    def read(cls, memo: str) -> MeetingMemo:
        """Return what `written` has written."""
        kept = json.loads(memo)
        return cls(kept["name"], kept["hook_id"])

    def written(self) -> str:
        """Return it as a text for `Room.memo`."""
        return json.dumps({"name": self.name, "hook_id": self.hook_id})
