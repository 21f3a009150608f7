"""When a series takes place: the rules of calendars, by the clock of the zone it was planned in.

A daily call at 10:00 stays at 10:00 when the clock is put forward or back. Source: https://www.rfc-editor.org/rfc/rfc5545
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from dateutil.rrule import DAILY, FR, MO, MONTHLY, TH, TU, WE, WEEKLY, rrule

from calls.plan import Plan, Repeats
from calls.when import instant

LONGEST_SEARCH = timedelta(days=366 * 8)
"""How far ahead the next time is looked for: a 29 February comes within 8 years."""

_WORKDAYS = (MO, TU, WE, TH, FR)


def next_time(plan: Plan, after: datetime) -> datetime | None:
    """Return when a plan takes place first after an instant, or None when it never does again."""
    if plan.begins_at is None:
        return None
    if not plan.is_series:
        return plan.begins_at if plan.begins_at > after else None
    shown = after.astimezone(plan.tz).replace(tzinfo=None)
    # A time that the clock skips is moved forward, so its rule is looked for from a day before.
    walls = rule_of(plan).xafter(shown - timedelta(days=1))
    for wall in walls:
        found = instant(wall, plan.tz)
        if found > after + LONGEST_SEARCH or (plan.until is not None and found > plan.until):
            return None
        if found > after and found not in plan.skipped:
            return found
    return None


def rule_of(plan: Plan) -> rrule:
    """Return the rule of a series, in what the clock of its zone shows.

    The 29th to 31st of a month are left out where a month has no such day, as calendars do.
    """
    if plan.begins_at is None:
        raise AssertionError(plan.id)
    begins = plan.begins_at.astimezone(plan.tz).replace(tzinfo=None)
    match plan.repeats:
        case Repeats.WEEKDAYS:
            return rrule(WEEKLY, dtstart=begins, byweekday=_WORKDAYS)
        case Repeats.DAILY:
            return rrule(DAILY, dtstart=begins)
        case Repeats.WEEKLY:
            return rrule(WEEKLY, dtstart=begins)
        case Repeats.MONTHLY:
            return rrule(MONTHLY, dtstart=begins)
        case Repeats.NEVER:
            return rrule(DAILY, dtstart=begins, count=1)


def calendar_rule(plan: Plan) -> str:
    """Return the rule as calendars write it, such as `FREQ=WEEKLY;BYDAY=MO,TU`; empty for a plan that is no series."""
    if not plan.is_series:
        return ""
    rule = f"FREQ={plan.repeats.upper()}"
    if plan.repeats is Repeats.WEEKDAYS:
        rule = "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR"
    return rule if plan.until is None else f"{rule};UNTIL={plan.until.astimezone(UTC):%Y%m%dT%H%M%SZ}"
