"""Find the time in a line that plans a call: `Standup @bob with zoom at 15:00 for 20 min`."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta

from calls.durations import parse_duration
from calls.when import parse_when

_BEGINS = re.compile(r"(?<!\S)(?:at|on|in|today|tonight|tomorrow|this|next)(?=\s)", re.IGNORECASE)
_LASTS = re.compile(r"(?<!\S)for\s+(?=\S)", re.IGNORECASE)
_SCHEDULE = re.compile(r"schedule(?:\s+|$)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class PlanLine:
    """A line that plans a call.

    Args:
        rest: what is left without the time: title, people and meeting system.
        typed: the time, such as `at 15:00`.
        duration: how long it is to take, or None when that was not said.
    """

    rest: str
    typed: str
    duration: timedelta | None = None


@dataclass(frozen=True, slots=True)
class PlanDialog:
    """A line that asks for the dialog."""


def parse_plan_line(typed: str) -> PlanLine | PlanDialog | None:
    """Return what a line plans, or None when it plans nothing.

    The time is what the line ends with, from its first to its last word; so `Meet at the office` plans nothing. A
    line in quotes is a title, whatever it says.
    """
    text = typed.replace("\u00a0", " ").strip()
    if text.lower() == "schedule":
        return PlanDialog()
    bare = _SCHEDULE.sub("", text, count=1) if _SCHEDULE.match(text) else text
    return _timed(bare)


def _timed(text: str) -> PlanLine | None:
    """Return a line by the longest time that it ends with, before or after how long it takes."""
    found = _ending_with_time(text)
    if found is not None:
        rest, duration = _ending_with_length(found.rest)
        return PlanLine(rest, found.typed, duration)
    rest, duration = _ending_with_length(text)
    found = None if duration is None else _ending_with_time(rest)
    return None if found is None else PlanLine(found.rest, found.typed, duration)


def _ending_with_time(text: str) -> PlanLine | None:
    for match in _BEGINS.finditer(text):
        typed = text[match.start() :]
        if parse_when(typed) is not None:
            return PlanLine(text[: match.start()].rstrip(), " ".join(typed.split()))
    return None


def _ending_with_length(text: str) -> tuple[str, timedelta | None]:
    for match in _LASTS.finditer(text):
        duration = parse_duration(text[match.end() :])
        if duration is not None:
            return text[: match.start()].rstrip(), duration
    return text, None
