"""What is advanced: calls, and scheduled calls; each by its own id and in its own way."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime

from calls.model import CallId
from calls.plan import PlanId, is_plan_id

WorkId = CallId | PlanId

Advance = Callable[[WorkId], Awaitable[datetime | None]]
"""Brings a call or plan forward as far as it can be now, and returns when it is due again, or None for never."""


def work_id_of(text: str) -> WorkId:
    """Return an id as what it is the id of."""
    return PlanId(text) if is_plan_id(text) else CallId(text)


def either(
    calls: Callable[[CallId], Awaitable[datetime | None]], plans: Callable[[PlanId], Awaitable[datetime | None]]
) -> Advance:
    """Return what advances calls in one way and plans in another."""

    async def advance(work_id: WorkId) -> datetime | None:
        return await (plans(PlanId(work_id)) if is_plan_id(work_id) else calls(CallId(work_id)))

    return advance
