"""Remember what each person has read: the newest message their page showed them, by conversation."""

from __future__ import annotations

from sandbox import messages
from sandbox.page.timeline import is_reply
from sandbox.workspace import Workspace


class Unread:
    """Read marks of everybody, kept as long as the sandbox runs."""

    def __init__(self, workspace: Workspace) -> None:
        """Count everything that is there at the start as read."""
        self._workspace = workspace
        self._start_s = workspace.now()
        self._read: dict[tuple[str, str], str] = {}

    def mark(self, user_id: str, channel_id: str) -> None:
        """Count everything in a conversation as read by a person."""
        stored = self._workspace.messages.get(channel_id)
        if stored:
            self._read[user_id, channel_id] = stored[-1].ts

    def count(self, user_id: str, channel_id: str) -> int:
        """Return how many messages of others a person has not seen in a conversation."""
        stored = self._workspace.messages.get(channel_id)
        read = float(self._read.get((user_id, channel_id), self._start_s))
        if not stored or float(stored[-1].ts) <= read:
            return 0
        shown = messages.visible_messages(self._workspace, channel_id, user_id)
        return sum(1 for m in shown if float(m.ts) > read and m.user_id != user_id and not is_reply(m))
