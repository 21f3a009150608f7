"""A plan as a file that calendars read.

Source: https://www.rfc-editor.org/rfc/rfc5545
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from calls.plan import Plan
from calls.recurrence import calendar_rule

PRODUCT = "-//Startcall//Startcall//EN"


def calendar_file(plan: Plan, now: datetime) -> bytes:
    """Return the file; the same plan's newer file changes the entry that an older one made."""
    # Few people ask for one, and its import takes 0.1 s that no start should take longer for.
    import icalendar  # noqa: PLC0415

    if plan.begins_at is None or plan.next_at is None:
        raise AssertionError(plan.id)
    begins_at = (plan.begins_at if plan.is_series else plan.next_at).astimezone(plan.tz)
    event = icalendar.Event()
    for name, value in _properties(plan, begins_at, now):
        event.add(name, value)
    if plan.is_series:
        event.add("rrule", icalendar.vRecur.from_ical(calendar_rule(plan)))
    if plan.reminder:
        event.add_component(_alarm(plan, icalendar.Alarm()))
    calendar = icalendar.Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add_component(event)
    calendar.add_missing_timezones(first_date=begins_at.date(), last_date=(begins_at + timedelta(days=3_660)).date())
    return bytes(calendar.to_ical())


def _properties(plan: Plan, begins_at: datetime, now: datetime) -> list[tuple[str, object]]:
    return [
        ("uid", f"{plan.id}@startcall"),
        ("sequence", plan.version),
        ("dtstamp", now.astimezone(UTC)),
        ("summary", plan.title),
        ("dtstart", begins_at),
        ("dtend", (begins_at.astimezone(UTC) + plan.duration).astimezone(plan.tz)),
        *(("exdate", skipped.astimezone(plan.tz)) for skipped in plan.skipped),
    ]


def _alarm(plan: Plan, alarm: Any) -> Any:  # noqa: ANN401 - the library's class, imported late
    alarm.add("action", "DISPLAY")
    alarm.add("description", plan.title)
    alarm.add("trigger", -plan.reminder)
    return alarm
