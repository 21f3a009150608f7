"""What is known of a room from its meeting system."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Watch:
    """What is known of a room from its meeting system, and when to look again.

    Args:
        came_at: when somebody was first seen in the room; until then it is not empty, only not yet used.
        empty_since: when the last person went; None while somebody is in, and before somebody came.
        looked_at: when the meeting system was last asked who is in and answered.
        look_at: when it is to be asked again; None for one that cannot be asked.
        told_at: when Slack was last told of comings and goings.
        tell_at: before then Slack is told of no more comings and goings, so that many become one request.
        keep_at: when the meeting system's reports have to be kept coming, or None.
        turn_out: sessions that are to be shown out.
    """

    came_at: datetime | None = None
    empty_since: datetime | None = None
    looked_at: datetime | None = None
    look_at: datetime | None = None
    told_at: datetime | None = None
    tell_at: datetime | None = None
    keep_at: datetime | None = None
    turn_out: tuple[str, ...] = ()
