"""What is advanced: calls, scheduled calls, and people's statuses; each by its own id and in its own way."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime

from calls.model import CallId
from calls.plan import PlanId, is_plan_id
from calls.status import StatusId, is_status_id

WorkId = CallId | PlanId | StatusId

Advance = Callable[[WorkId], Awaitable[datetime | None]]
"""Brings a call, plan or status forward as far as it can be now; returns when it is due again, or None for never."""


def work_id_of(text: str) -> WorkId:
    """Return an id as what it is the id of."""
    if is_status_id(text):
        return StatusId(text)
    return PlanId(text) if is_plan_id(text) else CallId(text)


def either(
    calls: Callable[[CallId], Awaitable[datetime | None]],
    plans: Callable[[PlanId], Awaitable[datetime | None]],
    statuses: Callable[[StatusId], Awaitable[datetime | None]],
) -> Advance:
    """Return what advances calls, plans and statuses, each in its own way."""

    async def advance(work_id: WorkId) -> datetime | None:
        if is_status_id(work_id):
            return await statuses(StatusId(work_id))
        return await (plans(PlanId(work_id)) if is_plan_id(work_id) else calls(CallId(work_id)))

    return advance
