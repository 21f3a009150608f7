"""What a plan still needs: one missing step at a time, as `calls.workflows` does for calls."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import datetime, timedelta
from enum import Enum, auto

from calls.plan import Plan, PlanPerson, PlanState

GATHERED = timedelta(seconds=1)
"""How far apart the changes of one card are at least."""


class PlanStep(Enum):
    """One piece of work on one plan."""

    LEARN = auto()
    TELL = auto()
    START = auto()
    MISS = auto()
    POST = auto()
    REMIND = auto()
    TELL_NEWS = auto()
    SHOW = auto()


def next_plan_step(plan: Plan, people: Sequence[PlanPerson], now: datetime) -> PlanStep | None:
    """Return what a plan needs next, or None when all is as it should be at the moment."""
    if plan.state is PlanState.ASKED:
        return PlanStep.LEARN
    if plan.notice:
        return PlanStep.TELL
    if plan.state is PlanState.PLANNED:
        return _next_of_planned(plan, now) or _next_of_card(plan, people, now)
    if plan.state is PlanState.CANCELLED and plan.posted and not plan.news_told:
        return PlanStep.TELL_NEWS
    return _next_of_card(plan, people, now) if plan.posted else None


def next_plan_due(plan: Plan, people: Sequence[PlanPerson]) -> datetime | None:
    """Return when a plan that needs nothing at the moment has to be looked at again, or None for never."""
    times = [plan.next_at, plan.remind_at] if plan.state is PlanState.PLANNED else []
    if plan.posted and plan.told != shown(plan, people):
        times.append(plan.show_at)
    return min((time for time in times if time is not None), default=None)


def rescheduled(plan: Plan, people: Sequence[PlanPerson], now: datetime) -> datetime | None:
    """Return when a plan is due: now when something is missing."""
    return next_plan_due(plan, people) if next_plan_step(plan, people, now) is None else now


def shown(plan: Plan, people: Sequence[PlanPerson]) -> str:
    """Return everything that decides how a card looks, in a short form that differs whenever the card does."""
    answers = [(person.user_id, person.is_invited, person.coming) for person in people]
    about = (plan.title, plan.state, plan.next_at, plan.repeats, plan.until, plan.duration, plan.reminder, plan.zone)
    facts = (*about, plan.started, plan.missed_at, plan.changed_by, sorted(answers, key=str))
    return hashlib.sha256(repr(facts).encode()).hexdigest()[:16]


def _next_of_planned(plan: Plan, now: datetime) -> PlanStep | None:
    if plan.next_at is not None and plan.latest_start is not None and plan.next_at <= now:
        return PlanStep.START if now <= plan.latest_start else PlanStep.MISS
    if not plan.posted:
        return PlanStep.POST
    if not plan.news_told:
        return PlanStep.TELL_NEWS
    return PlanStep.REMIND if plan.remind_at is not None and plan.remind_at <= now else None


def _next_of_card(plan: Plan, people: Sequence[PlanPerson], now: datetime) -> PlanStep | None:
    is_gathering = plan.show_at is not None and now < plan.show_at
    return None if is_gathering or plan.told == shown(plan, people) else PlanStep.SHOW
