"""What a call still needs, and in which order: one missing step at a time.

`next_step` compares what should be true of a call with what Slack and the provider were told, and names the
first difference. Nothing else decides the order of work, so a crash needs no log: the row says where to go on.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum, auto

from calls.model import Call, CallState, EndReason, Participant

START_DEADLINE = timedelta(minutes=10)
"""A call that is not on its card by then is given up when it fails; nobody is waiting for it any more."""

START_TRIES = 6
"""How often one step of a start fails in a row before the call is given up: waiting in a long line is no failure."""

_BACKOFF_S = (1, 2, 5, 10, 30, 60)


TRIES_MAX = 12
"""After so many failures of one step, about 8 minutes, a call is set aside until somebody sees to it."""


@dataclass(frozen=True, slots=True)
class EndRules:
    """When a call ends by itself.

    Args:
        empty: how long nobody has to be in a room that somebody was in.
        longest: how long a call lasts at most.
    """

    empty: timedelta = timedelta(minutes=2)
    longest: timedelta = timedelta(hours=24)


class Step(Enum):
    """One piece of work on one call."""

    MAKE_ROOM = auto()
    REGISTER = auto()
    POST = auto()
    RENAME = auto()
    ADD_PEOPLE = auto()
    REMOVE_PEOPLE = auto()
    END_AT_SLACK = auto()
    END_ROOM = auto()
    SHOW_END = auto()


def next_step(call: Call, participants: Sequence[Participant]) -> Step | None:
    """Return what a call needs next, or None when all is as it should be."""
    if call.state.is_final:
        # A card posted by response_url is redrawn when somebody presses a button that it still shows.
        return Step.SHOW_END if call.posted and not call.end_shown else None
    if call.state is CallState.ENDING:
        return _next_of_ending(call)
    return _next_of_starting(call) or _next_of_live(call, participants)


def _next_of_starting(call: Call) -> Step | None:
    if call.room is None:
        return Step.MAKE_ROOM
    if call.slack_call_id is None:
        return Step.REGISTER
    return None if call.posted else Step.POST


def _next_of_live(call: Call, participants: Sequence[Participant]) -> Step | None:
    if call.title != call.title_told:
        return Step.RENAME
    if to_add(participants):
        return Step.ADD_PEOPLE
    return Step.REMOVE_PEOPLE if to_remove(participants) else None


def _next_of_ending(call: Call) -> Step:
    if call.room is not None and not call.slack_ended:
        # Registering first finds a call that an unanswered calls.add may have left open at Slack.
        return Step.REGISTER if call.slack_call_id is None else Step.END_AT_SLACK
    return Step.SHOW_END if call.posted and not call.end_shown else Step.END_ROOM


def to_add(participants: Sequence[Participant]) -> list[Participant]:
    """Return who is in the call and is not shown at Slack."""
    return [person for person in participants if person.present and not person.told]


def to_remove(participants: Sequence[Participant]) -> list[Participant]:
    """Return who is shown at Slack and is no longer in the call."""
    return [person for person in participants if person.told and not person.present]


def final_state(call: Call) -> CallState:
    """Return the state an ending call comes to rest in."""
    return CallState.FAILED if call.end_reason is EndReason.FAILED_TO_START else CallState.ENDED


def retry_at(call: Call, now: datetime, at_least_s: float = 0.0) -> datetime:
    """Return when the present step may be tried again.

    Args:
        at_least_s: what Slack asked us to wait, in seconds.
    """
    wait_s = _BACKOFF_S[min(call.tries, len(_BACKOFF_S) - 1)]
    return now + timedelta(seconds=max(float(wait_s), at_least_s))


def is_given_up(call: Call, now: datetime) -> bool:
    """Say whether a call that failed once more took too long to start."""
    return call.is_starting and now > call.created_at + START_DEADLINE and call.tries + 1 >= START_TRIES
