"""Understand lengths of time as people type them: `20 min`, `1h30`, `1.5 hours`, `half an hour`."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Final

LONGEST: Final = timedelta(days=366)
"""A length above this is taken for no length of time, but for words of a title."""

_UNIT_S: Final = {
    **dict.fromkeys(("s", "sec", "secs", "second", "seconds"), 1),
    **dict.fromkeys(("m", "min", "mins", "minute", "minutes"), 60),
    **dict.fromkeys(("h", "hr", "hrs", "hour", "hours", "std"), 3_600),
    **dict.fromkeys(("d", "day", "days"), 86_400),
    **dict.fromkeys(("w", "week", "weeks"), 604_800),
}
_IN_WORDS: Final = {
    "half an hour": 1_800,
    "half hour": 1_800,
    "an hour": 3_600,
    "an hour and a half": 5_400,
    "quarter of an hour": 900,
    "a quarter of an hour": 900,
    "a minute": 60,
    "a day": 86_400,
    "a week": 604_800,
}
_PART = re.compile(r"(\d{1,6}(?:[.,]\d{1,3})?)\s*([a-z]+)(?:\s*(?:and|,)?\s+|(?=\d)|$)")
_HOURS_AND_MINUTES = re.compile(r"(\d{1,3})\s*h\s*([0-5]\d)(?:\s*m(?:in)?)?")


def parse_duration(typed: str) -> timedelta | None:
    """Return a length of time, or None when the words are not one from beginning to end.

    Returns:
        Whole seconds above zero, `LONGEST` at most.
    """
    text = " ".join(typed.lower().replace("\u00a0", " ").split())
    seconds = _IN_WORDS.get(text) or _hours_and_minutes_s(text) or _parts_s(text)
    length = timedelta(seconds=seconds)
    return length if timedelta(0) < length <= LONGEST else None


def _hours_and_minutes_s(text: str) -> int:
    match = _HOURS_AND_MINUTES.fullmatch(text)
    return 0 if match is None else int(match[1]) * 3_600 + int(match[2]) * 60


def _parts_s(text: str) -> int:
    """Return the seconds of numbers with units, each unit once and the larger first; 0 when there is anything else."""
    total, end, below = 0, 0, float("inf")
    for match in _PART.finditer(text):
        unit_s = _UNIT_S.get(match[2], 0)
        if match.start() != end or not 0 < unit_s < below:
            return 0
        total += round(float(match[1].replace(",", ".")) * unit_s)
        end, below = match.end(), unit_s
    return total if end == len(text) else 0
