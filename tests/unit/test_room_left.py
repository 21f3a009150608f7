"""One look at how many calls wait serves for several starts."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from calls.model import TeamId
from calls.room_left import LOOK_LASTS, RoomLeft

NOW = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
TEAM, OTHER = TeamId("T1"), TeamId("T2")


def test_a_look_serves_for_a_twentieth_of_what_was_left() -> None:
    """The starts after that are preceded by a look again, and so are those of other workspaces."""
    room_left = RoomLeft()
    assert not room_left.takes(TEAM, NOW)

    room_left.looked(TEAM, 59, NOW)

    assert [True, True, False, False] == [room_left.takes(TEAM, NOW) for _ in range(4)]
    assert not room_left.takes(OTHER, NOW)


def test_a_line_that_is_nearly_full_is_looked_at_every_time() -> None:
    """So that no process lets through more than the limit by what it remembers."""
    room_left = RoomLeft()

    room_left.looked(TEAM, 19, NOW)

    assert not room_left.takes(TEAM, NOW)


def test_a_look_serves_for_a_moment_only() -> None:
    """Other processes may have filled the line since."""
    room_left = RoomLeft()

    room_left.looked(TEAM, 2_000, NOW)

    assert room_left.takes(TEAM, NOW + LOOK_LASTS - timedelta(milliseconds=1))
    assert not room_left.takes(TEAM, NOW + LOOK_LASTS)
