"""How much there is to do, as one look at the database shows it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Backlog:
    """The calls of all processes on one database.

    Args:
        running: calls that are open.
        due: calls that something is to be done for now; those that are being worked on are among them.
        oldest_due_s: for how long the first of these has been due; 0 when there is none.
        set_aside: calls of which nothing more is tried.
    """

    running: int
    due: int
    oldest_due_s: float
    set_aside: int
