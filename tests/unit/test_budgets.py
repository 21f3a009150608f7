"""A line holds nobody back before Slack refuses something, and keeps everybody's place afterwards."""

from __future__ import annotations

import time
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from calls.budgets import REMEMBERED_MAX, SPACING_S, Line
from storage.budgets import LINES_KEPT, MemoryBudgets


def test_nobody_waits_before_slack_has_refused_anything() -> None:
    """A thousand requests at once are a thousand requests at once: Slack may take them."""
    line = Line()

    assert {0.0} == {line.join(1.0).wait_s for _ in range(1_000)}
    assert len(line.places) <= REMEMBERED_MAX


def test_a_refusal_stops_the_whole_line_and_keeps_its_order() -> None:
    """Until Slack takes requests again nobody sends; then the refused one goes first, the others a little apart."""
    line = Line()
    _, refused, under_way = (line.join(0.0) for _ in range(3))

    line.hold(refused.number, 1.0, 30.0)
    late = [line.join(2.0) for _ in range(3)]
    line.hold(under_way.number, 2.5, 10.0)

    waits = [line.wait_s(place.number, 3.0) for place in (refused, under_way, *late)]
    assert 28.0 == waits[0]
    assert waits == sorted(waits)
    assert all(later - earlier >= SPACING_S - 1e-9 for earlier, later in pairwise(waits))


def test_a_shorter_wish_does_not_shorten_a_longer_one() -> None:
    """Two requests may be refused at once, with different times to wait."""
    line = Line()
    first, second = line.join(0.0), line.join(0.0)

    line.hold(first.number, 1.0, 30.0)
    line.hold(second.number, 1.0, 5.0)

    assert 30.0 == line.wait_s(first.number, 1.0)
    assert 30.0 <= line.wait_s(second.number, 1.0) <= 30.1


def test_a_line_dissolves_when_everybody_was_sent() -> None:
    """Once the last of those who waited is on the way, the next goes at once again."""
    line = Line()
    refused = line.join(0.0)
    line.hold(refused.number, 0.0, 10.0)
    line.join(1.0)

    assert line.join(10.01).wait_s > 0
    assert 0.0 == line.join(11.0).wait_s


@given(events=st.lists(st.tuples(st.floats(0, 3), st.booleans()), min_size=1, max_size=60))
def test_places_come_up_in_order_and_never_while_slack_wants_none(events: list[tuple[float, bool]]) -> None:
    """Whatever is asked for and refused when: nobody overtakes, and no place comes up inside a time to wait."""
    line, now = Line(), 0.0
    for gap, is_refused in events:
        now += gap
        place = line.join(now)
        if is_refused and place.wait_s <= 0:
            line.hold(place.number, now, 5.0)

    waiting = [at for at in line.places if at > now]
    assert waiting == sorted(waiting)
    assert all(at >= line.held_until for at in waiting)


async def test_lines_that_nobody_needs_are_forgotten() -> None:
    """An app in many conversations does not grow for ever."""
    now = 0.0
    budgets = MemoryBudgets(lambda: now)
    for index in range(LINES_KEPT):
        await budgets.join(f"old{index}")
    now = 20.0
    held = await budgets.join("held")
    await budgets.hold("held", held.number, 60.0)
    for index in range(LINES_KEPT):
        await budgets.join(f"new{index}")

    assert 60.0 == await budgets.wait_s("held", held.number)
    assert 0.0 == await budgets.wait_s("old0", 0)


async def test_a_turn_costs_next_to_nothing() -> None:
    """Where nobody waits, a request in memory is held up for less than 20 µs."""
    budgets = MemoryBudgets()
    started = time.perf_counter()
    for _ in range(20_000):
        await budgets.join("T1:calls.add")
    took_us = (time.perf_counter() - started) / 20_000 * 1e6

    assert took_us < 20
