"""What follows `/startcall` plans a call when it ends with a time, and else is a line as any other."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from listeners.commands.plan_line import PlanDialog, PlanLine, parse_plan_line

TITLES = st.text(st.sampled_from("abcdefgh éß")).map(str.strip)


@pytest.mark.parametrize(
    ("typed", "rest", "time", "minutes"),
    [
        ("Standup at 15:00", "Standup", "at 15:00", None),
        ("Standup <@U1|bob> with zoom at 15:00 for 20 min", "Standup <@U1|bob> with zoom", "at 15:00", 20),
        ("Standup for 1h at 9:30am tomorrow", "Standup", "at 9:30am tomorrow", 60),
        ("Lunch on Friday at noon", "Lunch", "on Friday at noon", None),
        ("in 20 min", "", "in 20 min", None),
        ("Meet at the office at 15:00", "Meet at the office", "at 15:00", None),
        ("Review of &lt;b&gt; tomorrow at 10", "Review of &lt;b&gt;", "tomorrow at 10", None),
        ("schedule Standup at 15:00", "Standup", "at 15:00", None),
        ("list at 15:00", "list", "at 15:00", None),
    ],
)
def test_a_line_that_ends_with_a_time_is_a_plan(typed: str, rest: str, time: str, minutes: int | None) -> None:
    """The longest time it ends with counts; what stands before it is a line of its own."""
    duration = None if minutes is None else timedelta(minutes=minutes)

    assert PlanLine(rest, time, duration) == parse_plan_line(typed)


@pytest.mark.parametrize(
    "typed",
    [
        *("", "Standup", "Meet at the office", "server at 15:00 sharp", "schedule review", "scheduled at work"),
        *('"Tea at 15:00"', "Look at 5", "helpdesk", "for 20 min", "Drop in", "attic 15:00", "combat 15:00"),
    ],
)
def test_a_line_without_a_time_at_its_end_is_no_plan(typed: str) -> None:
    """It is left to the rest of the grammar."""
    assert parse_plan_line(typed) is None


@pytest.mark.parametrize("typed", ["schedule", "Schedule", "  schedule "])
def test_the_word_alone_asks_for_the_dialog(typed: str) -> None:
    """However it is written."""
    assert PlanDialog() == parse_plan_line(typed)


@given(title=TITLES)
def test_a_title_comes_back_as_it_was_typed(title: str) -> None:
    """Before any time."""
    for time in ("at 15:00", "on Friday at 10", "in 20 min"):
        assert PlanLine(title, time) == parse_plan_line(f"{title} {time}")
