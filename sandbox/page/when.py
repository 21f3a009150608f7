"""Say points in time and lengths of time the way people do, in the viewer's own zone."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

_TOKEN = re.compile(r"\{(\w+)\}")
_MINUTE_S = 60
_HOUR_S = 3_600


@lru_cache(maxsize=64)
def zone(name: str) -> ZoneInfo:
    """Return a time zone by its IANA name; UTC when this machine does not know it."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        return ZoneInfo("UTC")


def moment(at_s: float, tz: ZoneInfo) -> datetime:
    """Return Unix seconds as a point in time in a zone."""
    return datetime.fromtimestamp(at_s, UTC).astimezone(tz)


def clock(at: datetime) -> str:
    """Return the time of day, such as 09:05."""
    return f"{at:%H:%M}"


def long_day(at: datetime) -> str:
    """Return a day in full, such as Saturday, 21 November 2026."""
    return f"{at:%A}, {at.day} {at:%B %Y}"


def day_name(at: datetime, now: datetime) -> str:
    """Return Today, Yesterday, or the day in words with the year only when it is another one."""
    if at.date() == now.date():
        return "Today"
    if at.date() == (now - timedelta(days=1)).date():
        return "Yesterday"
    return f"{at:%A}, {at.day} {at:%B}" if at.year == now.year else long_day(at)


def duration_words(seconds: int) -> str:
    """Return a length of time in words, such as `1 hour 5 minutes`.

    Args:
        seconds: the length in seconds; below zero counts as zero.
    """
    seconds = max(0, seconds)
    if seconds < _MINUTE_S:
        return _count(seconds, "second")
    hours, minutes = divmod(seconds // _MINUTE_S, 60)
    parts = [_count(hours, "hour")] if hours else []
    if minutes:
        parts.append(_count(minutes, "minute"))
    return " ".join(parts)


def _count(number: int, unit: str) -> str:
    return f"{number} {unit}" if number == 1 else f"{number} {unit}s"


_TOKENS: dict[str, Callable[[datetime], str]] = {
    "date_num": lambda at: f"{at:%Y-%m-%d}",
    "date": lambda at: f"{at:%B} {at.day}, {at.year}",
    "date_short": lambda at: f"{at:%b} {at.day}, {at.year}",
    "date_long": lambda at: f"{at:%A}, {at:%B} {at.day}, {at.year}",
    "time": clock,
    "time_secs": lambda at: f"{at:%H:%M:%S}",
}


def slack_date(seconds: str, template: str, tz: ZoneInfo) -> str | None:
    """Fill in the format of a `<!date^…>`, or return None when it makes no sense.

    Source: https://docs.slack.dev/messaging/formatting-message-text (date formatting)
    """
    try:
        at = moment(int(seconds), tz)
    except (ValueError, OverflowError, OSError):
        return None

    def fill(match: re.Match[str]) -> str:
        name = match[1].replace("_pretty", "")
        return _TOKENS[name](at) if name in _TOKENS else match[0]

    return _TOKEN.sub(fill, template)
