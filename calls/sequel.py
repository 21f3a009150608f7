"""How a call that was ended by mistake goes on: as another call, which is its sequel."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Sequel:
    """What a call is a sequel of, and whether it has one.

    Args:
        of: the id of the ended call that goes on with this one, or None.
        asked_by: the user id of who let it go on.
        room_of: the id of the call for which the room was first made, where that is another one.
        is_offered: whether the card of the ended call has a button that lets it go on.
        is_begun: whether the ended call goes on already.
    """

    of: str | None = None
    asked_by: str | None = None
    room_of: str | None = None
    is_offered: bool = False
    is_begun: bool = False


NO_SEQUEL: Final = Sequel()
"""That of most calls: they begin once and end once."""
