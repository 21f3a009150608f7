"""When to ask a meeting system who is in."""

from __future__ import annotations

from datetime import datetime, timedelta

from calls.meetings import Capability
from calls.model import Call

LOOK_AFTER = timedelta(seconds=45)
"""How often a meeting system that tells by itself is asked all the same, so that what it failed to tell heals."""

LOOK_AFTER_YOUNG = timedelta(seconds=5)
LOOK_AFTER_OLD = timedelta(seconds=20)
YOUNG = timedelta(minutes=5)
"""A meeting system that tells nothing by itself is asked more often, most often while people arrive."""


def next_look(capabilities: Capability, call: Call, now: datetime) -> datetime | None:
    """Return when a call's meeting system is to be asked next who is in; None for one that cannot say."""
    if Capability.POLL not in capabilities:
        return None
    if capabilities & (Capability.WEBHOOK | Capability.STREAM):
        return now + LOOK_AFTER
    return now + (LOOK_AFTER_YOUNG if now - call.created_at < YOUNG else LOOK_AFTER_OLD)
