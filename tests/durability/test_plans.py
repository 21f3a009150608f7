# ruff: noqa: DTZ001 - what clocks show has no zone
"""Scheduled calls on a clock that only moves when told to: never early, once each, right when clocks change."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from calls.model import Call
from calls.plan import Coming, Plan, PlanRequest, Repeats
from calls.when import instant
from sandbox.people import ALICE, BOB, CAROL
from sandbox.workspace import Message
from tests.durability.life import GENERAL, Life

ROUNDS_MAX = 500
DAY = timedelta(days=1)


@pytest.fixture
def life(database_url: str) -> Iterator[Life]:
    """Return a life with nothing in it."""
    found = Life(database_url)
    yield found
    found.close()


def plan(life: Life, begins_at: datetime, zone: str = "UTC", **changes: object) -> None:
    """Have Alice plan a call."""
    request = PlanRequest(life.person(ALICE), GENERAL, "Standup", begins_at=begins_at, zone=zone, **changes)  # type: ignore[arg-type]
    reply = life.run(life.scheduling.schedule(request, life.delivery()))
    assert reply.is_done, reply.text
    life.advance_due()


def plans(life: Life) -> list[Plan]:
    """Return what still takes place."""
    return list(
        life.run(life.database.read(lambda transaction: transaction.plans_in(life.person(ALICE).team_id, GENERAL)))
    )


def calls(life: Life) -> list[Call]:
    """Return the running calls, oldest first."""
    return list(life.run(life.database.read(lambda transaction: transaction.unfinished_calls())))


def live_until(life: Life, end: datetime) -> None:
    """Let time pass, and do everything when it is due."""
    for _ in range(ROUNDS_MAX):
        due_at = life.run(life.database.next_due_at())
        if due_at is None or due_at > end:
            life.now = max(life.now, end)
            return
        life.now = max(life.now, due_at)
        life.advance_due()
    raise AssertionError("It never comes to rest.")


def messages(life: Life, text: str) -> list[Message]:
    """Return the messages in the conversation that say something, those in threads too."""
    return [
        one for one in life.slack.workspace.messages.get(GENERAL, []) if text in one.text or text in repr(one.blocks)
    ]


def started(life: Life) -> list[datetime]:
    """Return when calls were started, as Slack knows it."""
    return sorted(datetime.fromtimestamp(call.date_start, UTC) for call in life.slack.workspace.calls.values())


@pytest.mark.parametrize(
    ("zone", "monday", "hours_utc"),
    [
        ("Europe/Berlin", datetime(2026, 3, 23, 10), [9, 8, 8]),
        ("Europe/Berlin", datetime(2026, 10, 19, 10), [8, 9, 9]),
        ("America/New_York", datetime(2026, 3, 2, 10), [15, 14, 14]),
        ("America/New_York", datetime(2026, 10, 26, 10), [14, 15, 15]),
    ],
)
def test_a_series_keeps_its_clock_time_when_the_clock_is_put_forward_or_back(
    life: Life, zone: str, monday: datetime, hours_utc: list[int]
) -> None:
    """Ten in the morning stays ten in the morning, in Berlin and in New York."""
    first = instant(monday, ZoneInfo(zone))
    life.now = first - timedelta(hours=1)
    plan(life, first, zone, repeats=Repeats.WEEKLY)

    live_until(life, first + 15 * DAY)

    assert hours_utc == [at.hour for at in started(life)]
    assert [monday.date() + week * 7 * DAY for week in range(3)] == [
        at.astimezone(ZoneInfo(zone)).date() for at in started(life)
    ]


def test_a_time_that_the_clock_skips_or_shows_twice_takes_place_once(life: Life) -> None:
    """At 02:30 every day in Berlin: an hour later on the day it is skipped, and only once when it comes twice."""
    berlin = ZoneInfo("Europe/Berlin")
    for begins, hours in ((datetime(2026, 3, 27, 2, 30), [2, 2, 3, 2]), (datetime(2026, 10, 23, 2, 30), [2, 2, 2, 2])):
        before = len(started(life))
        first = instant(begins, berlin)
        life.now = first - timedelta(hours=1)
        plan(life, first, "Europe/Berlin", repeats=Repeats.DAILY, until=first + 3 * DAY + timedelta(hours=2))
        live_until(life, first + 6 * DAY)
        times = [at.astimezone(berlin) for at in started(life)[before:]]
        assert hours == [at.hour for at in times]
        assert 4 == len({at.date() for at in times})
    assert [] == plans(life)


def test_weekdays_leave_the_weekend_out(life: Life) -> None:
    """Planned on a Friday: Friday, Monday, Tuesday."""
    friday = datetime(2026, 1, 9, 9, 0, tzinfo=UTC)
    plan(life, friday, repeats=Repeats.WEEKDAYS)
    live_until(life, friday + 4 * DAY)

    assert [9, 12, 13] == [at.day for at in started(life)]


def test_nothing_starts_before_its_time(life: Life) -> None:
    """A microsecond before, there is no call; at its time there is one, with its card."""
    at = life.now + timedelta(hours=1)
    plan(life, at)
    live_until(life, at - timedelta(microseconds=1))
    assert [] == calls(life)

    live_until(life, at)
    assert ["Standup"] == [call.title for call in calls(life)]
    assert at <= started(life)[0]


@pytest.mark.parametrize(("minutes_late", "starts"), [(10, True), (20, False)])
def test_after_downtime_a_call_starts_if_it_still_makes_sense_and_else_is_said_to_be_missed(
    life: Life,
    minutes_late: int,
    starts: bool,  # noqa: FBT001 - a parameter of a test
) -> None:
    """Up to 15 minutes late it starts; later the card says that it was missed, and offers to start it now."""
    at = life.now + timedelta(hours=1)
    plan(life, at, duration=timedelta(hours=1))
    life.now = at + timedelta(minutes=minutes_late)
    life.settle()

    assert (1 if starts else 0) == len(calls(life))
    assert bool(messages(life, "Missed: Startcall was not running")) is not starts
    if not starts:
        card = messages(life, "Missed")[0]
        assert "plan_start" in repr(card.blocks)
        plan_id = card.blocks[-1]["elements"][0]["value"]
        life.run(life.scheduling.start_now(plan_id, life.person(ALICE), life.delivery()))
        live_until(life, life.now + timedelta(seconds=5))
        assert 1 == len(calls(life))
        assert [] == messages(life, "Missed: ")


def test_a_daily_call_that_was_missed_for_days_starts_at_its_next_time(life: Life) -> None:
    """Three days without Startcall make no three calls; today's, five minutes late, is started."""
    at = life.now + timedelta(hours=1)
    plan(life, at, repeats=Repeats.DAILY)
    life.now = at + 3 * DAY + timedelta(minutes=5)
    life.advance_due()
    live_until(life, life.now + timedelta(minutes=1))

    assert 1 == len(calls(life))
    assert at + 4 * DAY == plans(life)[0].next_at


def test_people_are_reminded_once_in_the_thread_and_by_direct_message(life: Life) -> None:
    """Ten minutes before, whoever has not declined, also when the process dies meanwhile."""
    at = life.now + timedelta(hours=1)
    plan(life, at, invited=(BOB,))
    live_until(life, at - timedelta(minutes=10, seconds=1))
    assert [] == messages(life, "starts at")

    life.now = at - timedelta(minutes=10)
    life.slack.faults.add("chat.postMessage", "hang_after", delay_s=0.0)
    life.advance_and_die()
    live_until(life, at - timedelta(minutes=1))

    card = messages(life, "plan_yes")[0]
    assert [card.ts] == [one.thread_ts for one in messages(life, "starts at")]


def test_nobody_is_reminded_of_what_was_planned_for_in_a_moment(life: Life) -> None:
    """Its card has just been posted."""
    at = life.now + timedelta(minutes=5)
    plan(life, at)
    live_until(life, at + timedelta(minutes=1))

    assert [] == messages(life, "starts at")
    assert 1 == len(calls(life))


def test_a_reminder_reaches_everybody_who_has_not_declined(life: Life) -> None:
    """Each by a message of their own."""
    at = life.now + timedelta(hours=1)
    plan(life, at, invited=(BOB,))
    plan_id = plans(life)[0].id
    life.run(life.scheduling.answer(plan_id, life.person(ALICE), Coming.NO, life.delivery()))
    live_until(life, at - timedelta(minutes=9))

    workspace = life.slack.workspace
    told = {
        user
        for channel in workspace.channels.values()
        if channel.kind == "im" and any("starts at" in one.text for one in workspace.messages.get(channel.id, []))
        for user in channel.members
    }
    assert BOB in told
    assert ALICE not in told


@pytest.mark.parametrize("method", ["calls.add", "chat.postMessage"])
@pytest.mark.parametrize("kind", ["hang_after", "drop_before"])
def test_a_process_that_dies_while_a_planned_call_starts_makes_no_second_one(
    life: Life, method: str, kind: str
) -> None:
    """Its call goes on from the row."""
    at = life.now + timedelta(hours=1)
    plan(life, at, reminder=timedelta(0))
    life.now = at
    life.slack.faults.add(method, kind, delay_s=0.0 if kind == "hang_after" else 0.02)  # type: ignore[arg-type]
    life.advance_and_die()
    live_until(life, at + timedelta(minutes=2))

    assert 1 == len(calls(life))
    assert 1 == len(life.slack.workspace.calls)
    assert 1 == len([one for one in messages(life, "Standup") if one.blocks[0]["type"] == "call"])


def test_a_card_that_slack_takes_late_holds_up_no_start(life: Life) -> None:
    """While posting is refused for a while, the time comes all the same."""
    at = life.now + timedelta(minutes=2)
    life.slack.faults.add("chat.postMessage", "500", times=6)
    plan(life, at, reminder=timedelta(0))
    live_until(life, at + timedelta(minutes=10))

    assert 1 == len(calls(life))
    assert [] == plans(life)
    assert [] == messages(life, "plan_yes")


def test_a_copy_of_a_delivery_plans_nothing_more(life: Life) -> None:
    """Slack repeats what it has no answer to; three copies at once are one plan."""
    delivery, begins_at = life.delivery(), life.now + timedelta(hours=1)
    request = PlanRequest(life.person(ALICE), GENERAL, "Standup", begins_at=begins_at, zone="UTC")

    async def thrice() -> list[str | None]:
        replies = await asyncio.gather(*(life.scheduling.schedule(request, delivery) for _ in range(3)))
        return [reply.text for reply in replies]

    assert 1 == len(set(life.run(thrice())))
    assert 1 == len(plans(life))


def test_whoever_declined_is_not_invited_to_the_call(life: Life) -> None:
    """Whoever said that they come is, also without having been invited to the plan."""
    at = life.now + timedelta(hours=1)
    plan(life, at, invited=(BOB,))
    for user, coming in ((BOB, Coming.NO), (CAROL, Coming.YES)):
        life.run(life.scheduling.answer(plans(life)[0].id, life.person(user), coming, life.delivery()))
    live_until(life, at)

    assert [(CAROL,)] == [call.invited for call in calls(life)]
