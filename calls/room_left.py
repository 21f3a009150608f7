"""How many more calls of a workspace may wait for their card, without a look at how many do."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from calls.model import TeamId

LOOK_LASTS: Final = timedelta(seconds=1)
"""How long a look serves at most; calls leave the line meanwhile, and other processes add to it."""

PART_OF_WHAT_IS_LEFT: Final = 20
"""How much of what was left serves for further starts: a twentieth, so that a line that is nearly full is looked at."""


@dataclass(slots=True)
class _Look:
    starts: int
    until: datetime


class RoomLeft:
    """Lets one look at the line of a workspace serve for several starts.

    A look takes the longer the more calls wait, and in a burst every acknowledgement would wait for one.
    """

    def __init__(self) -> None:
        """Know of no line."""
        self._looks: dict[TeamId, _Look] = {}

    def takes(self, team_id: TeamId, now: datetime) -> bool:
        """Take one start into account, and say whether it needs no look."""
        look = self._looks.get(team_id)
        if look is None:
            return False
        if look.starts <= 0 or now >= look.until:
            self._looks.pop(team_id, None)
            return False
        look.starts -= 1
        return True

    def looked(self, team_id: TeamId, left: int, now: datetime) -> None:
        """Note how many more calls may wait."""
        starts = left // PART_OF_WHAT_IS_LEFT
        if starts > 0:
            self._looks[team_id] = _Look(starts, now + LOOK_LASTS)
