"""When nothing is left to do for any call but to end it if it should last for a day."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import func, select

from calls.clock import now
from calls.model import CallState
from storage.opening import open_engine
from storage.tables import calls

SOON = timedelta(hours=1)
"""Longer than anything is put off, and shorter than a call may last."""


def left_to_do(database_url: str) -> int:
    """Return how many calls need something now or soon."""
    engine = open_engine(database_url)
    try:
        with engine.connect() as connection:
            # A call that waits for an answer, or can be reopened, has nothing to do but to let go of that some time.
            is_needed = (calls.c.state != CallState.WAITING) & ~calls.c.sequel_is_offered
            is_soon = calls.c.due_at <= now() + SOON
            query = select(func.count()).select_from(calls).where(is_soon, is_needed | (calls.c.due_at <= now()))
            return int(connection.execute(query).scalar_one())
    finally:
        engine.dispose()
