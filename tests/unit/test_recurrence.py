# ruff: noqa: DTZ001 - Hypothesis wants its bounds without a zone
"""When series take place, and what calendars are told of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import icalendar
import pytest
from hypothesis import given
from hypothesis import strategies as st

from calls.calendar_file import calendar_file
from calls.model import ChannelId, TeamId, UserId
from calls.plan import Plan, PlanId, PlanState, Repeats
from calls.recurrence import next_time

NOW = datetime(2026, 3, 20, 9, 0, tzinfo=UTC)
ZONES = st.sampled_from(["Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Tokyo"])
MOMENTS = st.datetimes(datetime(2026, 1, 1), datetime(2029, 1, 1)).map(
    lambda naive: naive.replace(tzinfo=UTC, second=0, microsecond=0)
)


def a_plan(begins_at: datetime, zone: str, repeats: Repeats, **changes: object) -> Plan:
    """Return a plan."""
    found = Plan(PlanId("plan-1"), "4K7-9QM", TeamId("T1"), ChannelId("C1"), "Weekly; sync, all", UserId("U1"), NOW)
    values = {
        "begins_at": begins_at,
        "next_at": begins_at,
        "zone": zone,
        "repeats": repeats,
        "state": PlanState.PLANNED,
    }
    return replace(found, **{**values, **changes})  # type: ignore[arg-type]


@given(
    begins_at=MOMENTS,
    after=MOMENTS,
    zone=ZONES,
    repeats=st.sampled_from([each for each in Repeats if each is not Repeats.NEVER]),
)
def test_the_next_time_is_the_first_one_after_and_by_the_same_clock(
    begins_at: datetime, after: datetime, zone: str, repeats: Repeats
) -> None:
    """It is never before the beginning, and nothing lies between it and the instant."""
    plan = a_plan(begins_at, zone, repeats)
    found = next_time(plan, after)

    assert found is not None
    assert found > after
    assert found >= begins_at
    assert found == next_time(plan, found - timedelta(seconds=1))
    shown, first = found.astimezone(ZoneInfo(zone)), begins_at.astimezone(ZoneInfo(zone))
    assert abs((shown.hour * 60 + shown.minute) - (first.hour * 60 + first.minute)) in {0, 30, 60}


def test_a_month_without_the_day_is_left_out_as_calendars_do() -> None:
    """A plan for the 31st takes place seven times a year."""
    plan = a_plan(datetime(2026, 1, 31, 10, 0, tzinfo=UTC), "UTC", Repeats.MONTHLY)
    months, at = [], datetime(2026, 1, 1, tzinfo=UTC)
    while (found := next_time(plan, at)) is not None and found.year == 2026:
        months.append(found.month)
        at = found

    assert [1, 3, 5, 7, 8, 10, 12] == months


def test_a_series_ends_and_leaves_out_what_was_skipped() -> None:
    """After its last day there is no next time."""
    begins_at = datetime(2026, 3, 23, 10, 0, tzinfo=UTC)
    plan = a_plan(
        begins_at, "UTC", Repeats.DAILY, until=begins_at + timedelta(days=2), skipped=(begins_at + timedelta(days=1),)
    )

    assert begins_at + timedelta(days=2) == next_time(plan, begins_at)
    assert next_time(plan, begins_at + timedelta(days=2)) is None


@pytest.mark.parametrize("repeats", list(Repeats))
def test_a_calendar_reads_the_same_times_as_ours(repeats: Repeats) -> None:
    """Title, time, zone with its changes, rule and reminder come back from the file."""
    berlin = ZoneInfo("Europe/Berlin")
    plan = a_plan(datetime(2026, 3, 23, 9, 0, tzinfo=UTC), "Europe/Berlin", repeats)
    calendar = icalendar.Calendar.from_ical(calendar_file(plan, NOW))
    event = calendar.walk("VEVENT")[0]

    assert "Weekly; sync, all" == str(event["summary"])
    assert plan.begins_at == event.decoded("dtstart")
    assert "10:00" == f"{event.decoded('dtstart').astimezone(berlin):%H:%M}"
    assert ["Europe/Berlin"] == [str(zone["tzid"]) for zone in calendar.walk("VTIMEZONE")]
    assert (repeats is not Repeats.NEVER) is ("rrule" in event)
    assert [timedelta(minutes=-10)] == [alarm.decoded("trigger") for alarm in event.walk("VALARM")]
