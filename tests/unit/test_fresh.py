"""What is kept of a call until its first step."""

from __future__ import annotations

from datetime import UTC, datetime

from calls.fresh import Fresh
from calls.model import Call, CallId, ChannelId, TeamId, UserId

CALL = Call(
    CallId("a" * 32),
    "4K7-9QM",
    TeamId("T1"),
    ChannelId("C1"),
    "Weekly",
    UserId("U1"),
    "link",
    datetime(2026, 11, 21, tzinfo=UTC),
)


def test_a_call_is_found_once() -> None:
    """Whoever comes second has to look at the database: a step may have been tried since."""
    fresh = Fresh()

    fresh.keep(CALL)

    assert CALL == fresh.take(CALL.id)
    assert fresh.take(CALL.id) is None


def test_a_call_that_was_not_kept_is_not_found() -> None:
    """It is then looked up, as one that another process may have worked on."""
    assert Fresh().take(CALL.id) is None
