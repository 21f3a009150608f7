"""What a scheduled call is: when it takes place, who comes, and what of it people have been shown.

A plan's row is its own checkpoint, as a call's is: what has to be done follows from it and the time, and
`calls.plan_steps` names the first difference. Each time a plan takes place, it makes one call.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import NewType, Self
from zoneinfo import ZoneInfo

from calls.model import CallId, ChannelId, Person, ResponseUrl, TeamId, UserId

PlanId = NewType("PlanId", str)
"""Our own id of a plan: `plan-` and 32 hexadecimal digits, so that it is never taken for a call's."""

_PREFIX = "plan-"


class PlanState(StrEnum):
    """How far a plan has come; the last three are final."""

    ASKED = "asked"
    PLANNED = "planned"
    OVER = "over"
    CANCELLED = "cancelled"
    FAILED = "failed"


class Repeats(StrEnum):
    """How often a plan takes place."""

    NEVER = "never"
    DAILY = "daily"
    WEEKDAYS = "weekdays"
    WEEKLY = "weekly"
    MONTHLY = "monthly"


class Coming(StrEnum):
    """What somebody answered."""

    YES = "yes"
    MAYBE = "maybe"
    NO = "no"


@dataclass(frozen=True, slots=True)
class PlanRequest:
    """A call that somebody wants to take place later, or what a plan is changed to.

    Args:
        typed: the time as it was typed, such as `at 15:00`; empty when `begins_at` is given.
        begins_at: when it takes place first.
        zone: whose clock it goes by; None when that is not known yet.
        until: when it takes place last at the latest; None for ever.
    """

    person: Person
    channel_id: ChannelId
    title: str
    typed: str = ""
    begins_at: datetime | None = None
    zone: str | None = None
    duration: timedelta = timedelta(minutes=30)
    repeats: Repeats = Repeats.NEVER
    until: datetime | None = None
    invited: tuple[UserId, ...] = ()
    provider: str | None = None
    reminder: timedelta = timedelta(minutes=10)
    response_url: str | None = None


@dataclass(frozen=True, slots=True)
class PlanPerson:
    """Somebody who is invited to a plan, or who has answered.

    Args:
        is_invited: whether whoever planned it wants them there.
        coming: what they answered, or None.
    """

    plan_id: PlanId
    user_id: UserId
    is_invited: bool = False
    coming: Coming | None = None


@dataclass(frozen=True, slots=True)
class Plan:
    """One scheduled call, or a series of them.

    Args:
        typed: the time as it was typed, until the zone of whoever typed it is known; empty afterwards.
        zone: the time zone by whose clock a series repeats; empty until it is known.
        begins_at: when it takes place first.
        next_at: when it takes place next, or took place last when it is over.
        until: when it takes place last at the latest; None for ever.
        skipped: when a series would have taken place and does not.
        reminder: how long before people are reminded; zero for not at all.
        reminded_for: the `next_at` that people have been reminded of, or need not be.
        started: the call that it last became.
        missed_at: when it last should have taken place while Startcall did not run.
        changed_by: who cancelled it.
        posted: whether its card is in the conversation.
        told: what the card last showed, as `calls.plan_steps.shown` gives it.
        show_at: before then the card is not changed again, so that many answers become one change.
        news_told: whether those who may come know that it was moved or cancelled.
        notice: a sentence that whoever planned it still has to be told, or empty.
        due_at: when something has to be done next; None when nothing ever has.
        language: what its card is written in.
    """

    id: PlanId
    display_id: str
    team_id: TeamId
    channel_id: ChannelId
    title: str
    planned_by: UserId
    created_at: datetime
    provider: str | None = None
    typed: str = ""
    zone: str = ""
    begins_at: datetime | None = None
    next_at: datetime | None = None
    duration: timedelta = timedelta(minutes=30)
    repeats: Repeats = Repeats.NEVER
    until: datetime | None = None
    skipped: tuple[datetime, ...] = ()
    reminder: timedelta = timedelta(minutes=10)
    reminded_for: datetime | None = None
    state: PlanState = PlanState.ASKED
    started: CallId | None = None
    missed_at: datetime | None = None
    changed_by: UserId | None = None
    posted: bool = False
    message_ts: str | None = None
    told: str = ""
    show_at: datetime | None = None
    news_told: bool = True
    notice: str = ""
    start_url: ResponseUrl | None = None
    due_at: datetime | None = None
    tries: int = 0
    language: str = "en"
    version: int = 0

    @property
    def is_waiting(self) -> bool:
        """Say whether it still takes place."""
        return self.state in {PlanState.ASKED, PlanState.PLANNED}

    @property
    def is_series(self) -> bool:
        """Say whether it takes place more than once."""
        return self.repeats is not Repeats.NEVER

    @property
    def is_kept_by_planner(self) -> bool:
        """Say whether its card is in the messages of whoever planned it with the app, where nobody else sees it."""
        return self.channel_id.startswith(("D", "U", "W"))

    @property
    def tz(self) -> ZoneInfo:
        """Return the zone by whose clock it repeats."""
        return ZoneInfo(self.zone or "UTC")

    @property
    def remind_at(self) -> datetime | None:
        """Return when people are to be reminded, or None when they were or need not be."""
        if self.next_at is None or not self.reminder or self.reminded_for == self.next_at:
            return None
        return self.next_at - self.reminder

    @property
    def latest_start(self) -> datetime | None:
        """Return until when a start that is late still makes sense."""
        return None if self.next_at is None else self.next_at + min(self.duration, LATE_MAX)

    def on(self, next_at: datetime, now: datetime) -> Self:
        """Return the plan as one that takes place next at a time; nobody is reminded whose reminder is past."""
        is_late = next_at - self.reminder <= now
        reminded_for = next_at if is_late else None
        return replace(self, state=PlanState.PLANNED, next_at=next_at, reminded_for=reminded_for)


LATE_MAX = timedelta(minutes=15)
"""A call that should have started longer ago than this is missed, not started."""


def new_plan_id() -> PlanId:
    """Return an id nobody can guess."""
    return PlanId(_PREFIX + secrets.token_hex(16))


def is_plan_id(text: str) -> bool:
    """Say whether an id is a plan's and not a call's."""
    return text.startswith(_PREFIX)


def call_id_of(plan: Plan) -> CallId:
    """Return the id of the call that a plan becomes next: the same whoever makes it, so that it is made once."""
    if plan.next_at is None:
        raise AssertionError(plan.id)
    named = f"{plan.id} {plan.next_at.isoformat()}"
    return CallId(hashlib.sha256(named.encode("ascii")).hexdigest()[:32])


def expected(plan: Plan, people: Sequence[PlanPerson]) -> tuple[UserId, ...]:
    """Return who may come: who planned it, who was invited and who answered, without those who said no."""
    asked = [person.user_id for person in people if person.coming is not Coming.NO]
    has_declined = any(person.user_id == plan.planned_by and person.coming is Coming.NO for person in people)
    return tuple(dict.fromkeys(asked if has_declined else [plan.planned_by, *asked]))
