"""Slack is told of the first two comings at once, and of many no more often than once a second."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from calls.pacing import TELL_SECOND_AFTER, told
from calls.watch import Watch

NOON = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
SLACK_S = 1e-6
"""For the rounding of times to microseconds."""


def told_at_s(comings_s: Sequence[float]) -> list[float]:
    """Return when Slack is told of people who come at these seconds, in ascending order."""
    watch = Watch()
    requests_s: list[float] = []
    for came_s in comings_s:
        if requests_s and requests_s[-1] >= came_s:
            continue
        came = NOON + timedelta(seconds=came_s)
        now = came if watch.tell_at is None else max(came, watch.tell_at)
        watch = told(watch, now)
        requests_s.append((now - NOON).total_seconds())
    return requests_s


def test_the_first_is_told_at_once_and_the_second_soon_after() -> None:
    """Whoever comes until then is told with the second; the third request waits until both have had their second."""
    first, second, third = told_at_s([0, 0.2, 0.3, 0.6, 1.5, 1.9])

    assert 0 == first
    assert TELL_SECOND_AFTER.total_seconds() == second
    assert 2 == third


def test_after_a_quiet_time_the_next_two_are_told_at_once_again() -> None:
    """A second without a request is enough."""
    assert [0, 0.4, 3.5, 3.9, 5.5] == told_at_s([0, 0.1, 3.5, 3.6, 4.0])


def test_people_who_come_far_apart_are_each_told_at_once() -> None:
    """Nobody waits for a rule that is there for crowds."""
    apart = [0, 1.2, 2.4, 10, 11, 12]

    assert apart == told_at_s(apart)


@given(st.lists(st.floats(0, 3), min_size=2, max_size=60))
@settings(max_examples=300, deadline=None)
def test_never_more_than_two_in_a_second_nor_one_a_second_and_one(gaps_s: list[float]) -> None:
    """Whenever people come: in each time of a second or more there is at most one request a second, and one."""
    comings_s = [sum(gaps_s[:number]) for number in range(len(gaps_s))]
    requests_s = told_at_s(comings_s)

    for number, began_s in enumerate(requests_s):
        for many, ended_s in enumerate(requests_s[number:], start=1):
            lasted_s = ended_s - began_s
            assert many <= (2 if lasted_s < 1 - SLACK_S else lasted_s + 1 + SLACK_S)
