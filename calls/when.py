"""Understand times as people type them: `at 15:00`, `at 9:30am tomorrow`, `on Friday at 10`, `in 20 min`.

Words are decided on as a whole: what is not a time from its first to its last word is none, and stays a title. What
a clock shows is read in the zone of whoever typed it, once that is known; so understanding and resolving are two
steps.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from calls.durations import parse_duration

_WEEKDAYS: Final = {
    name: number
    for number, names in enumerate(
        (
            "mon monday",
            "tue tues tuesday",
            "wed wednesday",
            "thu thurs thursday",
            "fri friday",
            "sat saturday",
            "sun sunday",
        )
    )
    for name in names.split()
}
_MONTHS: Final = {
    name: number
    for number, names in enumerate(
        (
            *("jan january", "feb february", "mar march", "apr april", "may", "jun june"),
            *("jul july", "aug august", "sep sept september", "oct october", "nov november", "dec december"),
        ),
        start=1,
    )
    for name in names.split()
}
_CLOCK = re.compile(r"(\d{1,2})(?:[:.h](\d{2}))?\s?(am|pm|a\.m\.|p\.m\.|h|uhr|o'clock)?", re.IGNORECASE)
_ISO_DATE = re.compile(r"(\d{4})-(\d{2})-(\d{2})")
_DOTTED_DATE = re.compile(r"(\d{1,2})\.(\d{1,2})\.(\d{4})?")
_DAY_OF_MONTH = re.compile(r"(\d{1,2})(?:st|[nr]d|th|\.)?")
_NAMED: Final = {"noon": time(12), "midnight": time(0)}
_LEADS: Final = frozenset({"at", "on", "the"})
_DAY: Final = timedelta(days=1)
_WORDS_MAX: Final = 10
_HOURS: Final = 24
_NOON: Final = 12
_LEAP_YEAR: Final = 2000


@dataclass(frozen=True, slots=True)
class When:
    """A time as it was typed: either so long from now, or what a clock shows on some day.

    Args:
        after: from now.
        clock: what the clock shows.
        days: from today: 0 for `today`, 1 for `tomorrow`.
        weekday: 0 for Monday.
        is_next: whether a weekday was typed with `next`, and so is not today.
        day: month and day, in `year`; in the year 2000 when no year was typed.
        year: as typed.
    """

    after: timedelta | None = None
    clock: time | None = None
    days: int | None = None
    weekday: int | None = None
    is_next: bool = False
    day: date | None = None
    year: int | None = None

    @property
    def names_a_day(self) -> bool:
        """Say whether a day was typed."""
        return (self.days, self.weekday, self.day) != (None, None, None)


def parse_when(typed: str) -> When | None:
    """Return the time that words are from beginning to end, or None.

    Args:
        typed: with the `at`, `on` or `in` it begins with; `tomorrow at 10` needs none.
    """
    words = typed.lower().replace(",", " ").split()
    if not words or len(words) > _WORDS_MAX:
        return None
    if words[0] == "in":
        return _of_length(words[1:])
    return _of_clock_and_day(words)


def _of_length(words: list[str]) -> When | None:
    """Return a time so long from now, or what the clock shows so many days from now: `in 2 days at 9:30`."""
    after = parse_duration(" ".join(words))
    if after is not None:
        return When(after=after)
    if "at" not in words:
        return None
    at = words.index("at")
    length, found = parse_duration(" ".join(words[:at])), _of_clock_and_day(words[at:])
    is_of_days = length is not None and length % _DAY == timedelta(0)
    if length is None or found is None or not is_of_days or found.names_a_day:
        return None
    return replace(found, days=length.days)


def resolve(when: When, now: datetime, zone: ZoneInfo) -> datetime | None:
    """Return the instant that is meant, always later than now; None when what was typed is over.

    A clock time without a day is the next time the clock shows it, a weekday the next one, and a date without a year
    the next one.

    Args:
        now: in UTC.
        zone: where the clock hangs.
    """
    if when.after is not None:
        return now + when.after
    if when.clock is None:
        return None
    today = now.astimezone(zone).date()
    instants = (instant(datetime.combine(day, when.clock), zone) for day in _days(when, today))
    return next((found for found in instants if found > now), None)


def zone_named(name: str | None) -> ZoneInfo | None:
    """Return a time zone by its name as in `Europe/Berlin`, or None for none and for one that is not known here."""
    try:
        return None if not name else ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None


def instant(wall: datetime, zone: ZoneInfo) -> datetime:
    """Return when a clock shows a time.

    A time that the clock skips is as much later as the clock is put forward, and of a time that it shows twice the
    first is meant.

    Args:
        wall: without a zone.

    Source: https://www.rfc-editor.org/rfc/rfc5545#section-3.3.5
    """
    return wall.replace(tzinfo=zone, fold=0).astimezone(UTC)


def _days(when: When, today: date) -> list[date]:
    """Return the days that can be meant, the nearest first."""
    if when.days is not None:
        return [today + timedelta(days=when.days)]
    if when.weekday is not None:
        ahead = (when.weekday - today.weekday()) % 7
        nearest = today + timedelta(days=7 if when.is_next and ahead == 0 else ahead)
        return [nearest, nearest + timedelta(days=7)]
    if when.day is None:
        return [today + timedelta(days=days) for days in range(3)]
    if when.year is not None:
        return [when.day]
    years = range(today.year, today.year + 9)
    return [day for day in (_date(year, when.day.month, when.day.day) for year in years) if day is not None]


def _of_clock_and_day(words: list[str]) -> When | None:
    """Return a time of day and a day, in either order and each once."""
    found: When | None = When()
    while words and found is not None:
        while words[0] in _LEADS and len(words) > 1:
            words = words[1:]
        found, words = _next_part(found, words)
    if found is None or found.clock is None:
        return None
    return found


Reader = Callable[[When, list[str]], "tuple[When, int] | None"]


def _next_part(found: When, words: list[str]) -> tuple[When | None, list[str]]:
    """Take the next part from the words; longer readings first."""
    for reader in (_read_date, _read_day, _read_clock):
        read = reader(found, words)
        if read is not None:
            return read[0], words[read[1] :]
    return None, words


def _read_day(found: When, words: list[str]) -> tuple[When, int] | None:
    if found.names_a_day:
        return None
    if words[0] in {"today", "tonight", "tomorrow"}:
        return replace(found, days=int(words[0] == "tomorrow")), 1
    if words[0] in {"next", "this"} and len(words) > 1 and words[1] in _WEEKDAYS:
        return replace(found, weekday=_WEEKDAYS[words[1]], is_next=words[0] == "next"), 2
    return (replace(found, weekday=_WEEKDAYS[words[0]]), 1) if words[0] in _WEEKDAYS else None


def _read_date(found: When, words: list[str]) -> tuple[When, int] | None:
    """Read `2026-12-01`, `1.12.2026`, `1 December`, `December 1st 2026`."""
    if found.names_a_day:
        return None
    iso, dotted = _ISO_DATE.fullmatch(words[0]), _DOTTED_DATE.fullmatch(words[0])
    if iso is not None:
        return _dated(found, (int(iso[1]), int(iso[2]), int(iso[3])), 1)
    if dotted is not None:
        return _dated(found, (int(dotted[3]) if dotted[3] else None, int(dotted[2]), int(dotted[1])), 1)
    if len(words) > 2 and words[1] == "of" and _DAY_OF_MONTH.fullmatch(words[0]):  # noqa: PLR2004 - `3rd of December`
        read = _read_date(found, [words[0], *words[2:]])
        return None if read is None else (read[0], read[1] + 1)
    for month, day in ((0, 1), (1, 0)):
        if len(words) > 1 and words[month] in _MONTHS and _DAY_OF_MONTH.fullmatch(words[day]):
            year = int(words[2]) if len(words) > 2 and re.fullmatch(r"2\d{3}", words[2]) else None  # noqa: PLR2004 - the third word
            number = int(re.sub(r"\D", "", words[day]))
            return _dated(found, (year, _MONTHS[words[month]], number), 2 if year is None else 3)
    return None


def _dated(found: When, parts: tuple[int | None, int, int], words: int) -> tuple[When, int] | None:
    year, month, number = parts
    day = _date(_LEAP_YEAR if year is None else year, month, number)
    return None if day is None else (replace(found, day=day, year=year), words)


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _read_clock(found: When, words: list[str]) -> tuple[When, int] | None:
    """Read `15:00`, `9.30`, `17h`, `9 am`, `15 Uhr`, `noon`; an hour alone only where a day says that it is one."""
    if found.clock is not None:
        return None
    if words[0] in _NAMED:
        return replace(found, clock=_NAMED[words[0]]), 1
    for taken in (2, 1):
        match = _CLOCK.fullmatch(" ".join(words[:taken])) if len(words) >= taken else None
        clock = None if match is None else _clock(match)
        if match is None or clock is None:
            continue
        says_so = match[2] is not None or match[3] is not None
        if says_so or found.names_a_day or _day_follows(words[taken:]):
            return replace(found, clock=clock), taken
    return None


def _day_follows(words: list[str]) -> bool:
    if words and words[0] == "on":
        words = words[1:]
    return bool(words) and (_read_day(When(), words) or _read_date(When(), words)) is not None


def _clock(match: re.Match[str]) -> time | None:
    hour, minute, kind = int(match[1]), int(match[2] or 0), (match[3] or "").replace(".", "").lower()
    if kind in {"am", "pm"}:
        if not 1 <= hour <= _NOON:
            return None
        hour = hour % _NOON + (_NOON if kind == "pm" else 0)
    return time(hour, minute) if hour < _HOURS and minute < 60 else None  # noqa: PLR2004 - minutes of an hour
