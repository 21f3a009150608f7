"""Times as people type them: understood as a whole or not at all, in their own zone, and never in the past."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from calls.durations import parse_duration
from calls.when import When, instant, parse_when, resolve

BERLIN, NEW_YORK, TOKYO = ZoneInfo("Europe/Berlin"), ZoneInfo("America/New_York"), ZoneInfo("Asia/Tokyo")
ZONES = st.sampled_from([BERLIN, NEW_YORK, TOKYO, ZoneInfo("Australia/Lord_Howe"), ZoneInfo("Asia/Kathmandu")])
MOMENTS = st.datetimes(datetime(2026, 1, 1), datetime(2030, 1, 1)).map(lambda naive: naive.replace(tzinfo=UTC))  # noqa: DTZ001 - Hypothesis wants them so
CLOCKS = st.times().map(lambda shown: shown.replace(second=0, microsecond=0, tzinfo=None, fold=0))
NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)  # a Friday; 10:00 in Berlin


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("at 15:00", "2026-11-20T15:00"),
        ("at 9:30", "2026-11-21T09:30"),
        ("at 9.30", "2026-11-21T09:30"),
        ("at 3pm", "2026-11-20T15:00"),
        ("at 3 PM", "2026-11-20T15:00"),
        ("at 9:15 a.m. tomorrow", "2026-11-21T09:15"),
        ("at 12am", "2026-11-21T00:00"),
        ("at noon", "2026-11-20T12:00"),
        ("at 17h", "2026-11-20T17:00"),
        ("at 17h30", "2026-11-20T17:30"),
        ("at 15 Uhr", "2026-11-20T15:00"),
        ("tomorrow at 10", "2026-11-21T10:00"),
        ("at 10 tomorrow", "2026-11-21T10:00"),
        ("on Friday at 15:00", "2026-11-20T15:00"),
        ("at 9:00 on fri", "2026-11-27T09:00"),
        ("next friday 15:00", "2026-11-27T15:00"),
        ("on monday at 9", "2026-11-23T09:00"),
        ("at 2026-12-01 15:00", "2026-12-01T15:00"),
        ("on 1 December at 15:00", "2026-12-01T15:00"),
        ("on December 1st, 2027 at 15:00", "2027-12-01T15:00"),
        ("on 1.2. at 15:00", "2027-02-01T15:00"),
        ("in 20 min", "2026-11-20T10:20"),
        ("in 1h30", "2026-11-20T11:30"),
        ("in half an hour", "2026-11-20T10:30"),
        ("in a quarter of an hour", "2026-11-20T10:15"),
        ("in 2 days at 9:30", "2026-11-22T09:30"),
        ("in 1 week at 9:00", "2026-11-27T09:00"),
        ("tonight at 20:00", "2026-11-20T20:00"),
        ("at 9 o'clock tomorrow", "2026-11-21T09:00"),
        ("this friday at 15:00", "2026-11-20T15:00"),
        ("on the 3rd of december 2026 at 9:30 pm", "2026-12-03T21:30"),
    ],
)
def test_what_people_type_is_read_in_their_zone(typed: str, meant: str) -> None:
    """Ten in the morning of a Friday in Berlin."""
    when = parse_when(typed)

    assert when is not None
    found = resolve(when, NOW, BERLIN)
    assert found is not None
    assert meant == found.astimezone(BERLIN).strftime("%Y-%m-%dT%H:%M")


@pytest.mark.parametrize(
    "typed",
    [
        *("at the office", "at 5", "at 25:00", "at 10:60", "at 13pm", "at 0am", "in the kitchen", "in 20", "in 2026"),
        *("on Friday", "tomorrow", "at tomorrow", "at 10:00 10:00", "at 10:00 sharp", "on friday monday 10:00"),
        *("at 10:00 and then", "attic 10:00", "in 20 minutestime", "at 30 february 10:00", "", "at", "in", "on may"),
        *("at 1/12 10:00", "in 500 days", "in 0 min", "in -5 min", "in 5 min 5 min", "in 5 min 1 h"),
        *("in 2 hours at 9:00", "in 2 days at 9:00 tomorrow", "tonight", "the 10:00 club", "3 of 10:00"),
    ],
)
def test_what_is_no_time_as_a_whole_is_none(typed: str) -> None:
    """It stays a title."""
    assert parse_when(typed) is None


@pytest.mark.parametrize("typed", ["at 9:00 today", "at 2026-11-20 09:59", "on 2020-01-01 at 10:00"])
def test_a_time_that_is_over_is_said_to_be(typed: str) -> None:
    """It is neither taken as it is nor moved in silence."""
    when = parse_when(typed)

    assert when is not None
    assert resolve(when, NOW, BERLIN) is None


@given(typed=st.text(max_size=40), now=MOMENTS, zone=ZONES)
def test_no_text_breaks_it_and_none_is_read_as_the_past(typed: str, now: datetime, zone: ZoneInfo) -> None:
    """Whatever is typed."""
    for text in (typed, f"at {typed}", f"in {typed}"):
        when = parse_when(text)
        found = None if when is None else resolve(when, now, zone)
        assert found is None or found > now


@given(clock=CLOCKS, now=MOMENTS, zone=ZONES)
def test_a_clock_time_is_the_next_one_and_comes_back(clock: time, now: datetime, zone: ZoneInfo) -> None:
    """It lies within a day, or within the day on which the clock is put forward or back."""
    when = parse_when(f"at {clock:%H:%M}")

    assert When(clock=clock) == when
    found = resolve(when, now, zone)
    assert found is not None
    assert now < found <= now + timedelta(days=1, hours=2)
    shown = found.astimezone(zone)
    exists = shown.replace(tzinfo=None) == shown.astimezone(UTC).astimezone(zone).replace(tzinfo=None)
    assert exists
    assert shown.time() == clock or instant(datetime.combine(shown.date(), clock), zone) == found


@given(clock=CLOCKS, day=st.dates(date(2031, 1, 1), date(2040, 1, 1)), now=MOMENTS, zone=ZONES)
def test_a_day_and_a_clock_time_come_back(clock: time, day: date, now: datetime, zone: ZoneInfo) -> None:
    """In every way in which they can be written."""
    twelve = f"{clock:%I:%M%p}"
    for typed in (
        *(f"at {day} {clock:%H:%M}", f"on {day:%d %B %Y} at {clock:%H:%M}", f"on {day:%b %d %Y} {twelve}"),
        f"at {clock:%H.%M} on {day:%d.%m.%Y}",
    ):
        when = parse_when(typed)
        assert when is not None, typed
        assert resolve(when, now, zone) == instant(datetime.combine(day, clock), zone)


@given(seconds=st.integers(1, 366 * 86_400), now=MOMENTS, zone=ZONES)
def test_a_length_of_time_comes_back(seconds: int, now: datetime, zone: ZoneInfo) -> None:
    """Written with its units, the larger first."""
    minutes, second = divmod(seconds, 60)
    hours, minute = divmod(minutes, 60)
    parts = ((hours, "h"), (minute, "min"), (second, "seconds"))
    typed = " ".join(f"{number} {unit}" for number, unit in parts if number)

    assert timedelta(seconds=seconds) == parse_duration(typed)
    assert now + timedelta(seconds=seconds) == resolve(When(after=timedelta(seconds=seconds)), now, zone)


def test_a_time_the_clock_skips_is_as_much_later_and_of_one_shown_twice_the_first_is_meant() -> None:
    """As calendars have it, by RFC 5545."""
    skipped = instant(datetime(2027, 3, 28, 2, 30), BERLIN)  # noqa: DTZ001 - what a clock shows
    twice = instant(datetime(2026, 10, 25, 2, 30), BERLIN)  # noqa: DTZ001 - what a clock shows

    assert datetime(2027, 3, 28, 1, 30, tzinfo=UTC) == skipped
    assert datetime(2026, 10, 25, 0, 30, tzinfo=UTC) == twice
