"""Calls that this process has just stored, so that their first step needs no look at the database."""

from __future__ import annotations

from calls.model import Call, CallId


class Fresh:
    """Keeps each call from its start to its first step.

    Whoever takes a call knows that no step of it was tried before: it was stored a moment ago, by this very process.
    That only holds where no other process works on the same calls; there none must be kept.
    """

    def __init__(self) -> None:
        """Keep none yet."""
        self._calls: dict[CallId, Call] = {}

    def keep(self, call: Call) -> None:
        """Keep a call as it was stored."""
        self._calls[call.id] = call

    def take(self, call_id: CallId) -> Call | None:
        """Return a call as it was stored, the first time it is asked for; else None."""
        return self._calls.pop(call_id, None)
