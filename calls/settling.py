"""Decide what becomes of a call somebody wants to start: it starts, they are asked first, or they may not."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

from calls.model import Call, CallState
from calls.place import place_of
from calls.ports import Transaction
from calls.preferences import Effective
from calls.question import Question, Running, Why
from calls.sizes import people_reached
from calls.words import starting


@dataclass(frozen=True, slots=True)
class Refused:
    """A call that must not start; says why."""

    text: str


@dataclass(frozen=True, slots=True)
class Known:
    """What is known outside of the database when a start is decided on.

    Args:
        asked: whether Slack was asked for what was not known, so that it is not asked again.
        opens: returns what a button to join a call opens, or None.
    """

    now: datetime
    opens: Callable[[Call], str | None]
    asked: bool = False


def settled(transaction: Transaction, call: Call, counts: Effective, known: Known) -> Call | Refused:
    """Return the call as it is to be stored: started, or waiting with a question.

    Args:
        counts: what counts for its starter where it takes place.
    """
    refused = _refused_person(transaction, call, counts, known)
    if refused is not None:
        return refused if isinstance(refused, Refused) else _waiting(call, refused, known.now)
    running = transaction.live_call(call.team_id, place_of(call))
    if running is not None:
        return _waiting(call, about_running(running, known.opens), known.now)
    many = _too_many(transaction, call, counts, known)
    return started(call, known.now) if many is None else _waiting(call, many, known.now)


def started(call: Call, now: datetime, *, beside: bool = False) -> Call:
    """Return a call as one that starts now.

    Args:
        beside: whether another call has its place and keeps it.
    """
    place = None if beside else place_of(call)
    state = CallState.ACCEPTED if call.room is None else CallState.ROOM_MADE
    return replace(call, state=state, live_key=place, question=None, created_at=now, due_at=now, tries=0)


def about_running(running: Call, opens: Callable[[Call], str | None]) -> Question:
    """Return the question what to do beside a running call."""
    about = Running(running.id, running.title, running.started_by, opens(running))
    return Question(Why.RUNNING, running=about)


def _waiting(call: Call, question: Question, now: datetime) -> Call:
    direct = call.question is not None and call.question.direct
    return replace(call, state=CallState.WAITING, live_key=None, question=replace(question, direct=direct), due_at=now)


def _refused_person(transaction: Transaction, call: Call, counts: Effective, known: Known) -> Refused | Question | None:
    """Return why somebody may not start calls, or a question when it has to be found out first."""
    if counts.guests_start and counts.strangers_start:
        return None
    profile = transaction.profile(call.team_id, call.started_by)
    if profile is None:
        return Refused(starting.standing_unknown()) if known.asked else Question(Why.UNKNOWN_PERSON)
    if profile.is_stranger and not counts.strangers_start:
        return Refused(starting.strangers_may_not())
    if profile.is_guest and not profile.is_stranger and not counts.guests_start:
        return Refused(starting.guests_may_not())
    return None


def _too_many(transaction: Transaction, call: Call, counts: Effective, known: Known) -> Question | None:
    """Return a question when a card would be seen by more people than may be disturbed unasked."""
    # Slack shows what is said in a thread only to those who follow it, and knows who is in a direct message.
    if call.silent or call.thread_ts is not None or call.is_direct_message:
        return None
    sizes = transaction.conversations(call.team_id, call.channel_id)
    members = people_reached(sizes, call.channel_id, counts.asks_above, known.now)
    if members is None:
        return None if known.asked else Question(Why.UNKNOWN_SIZE)
    return Question(Why.MANY, members=members) if members > counts.asks_above else None
