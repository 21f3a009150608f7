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

PUT_OFF_MAX = timedelta(minutes=5)
"""Longer than a step that failed is put off, and shorter than a question waits for its answer."""


def left_to_do(database_url: str) -> int:
    """Return how many calls need something now or soon."""
    engine = open_engine(database_url)
    try:
        with engine.connect() as connection:
            # A call that can be reopened for two minutes has nothing left to do but to stop offering that, and one that
            # waits for an answer, to be let go of some time.
            is_soon = calls.c.due_at <= now() + SOON
            for_an_answer = (calls.c.state == CallState.WAITING) & (calls.c.due_at > now() + PUT_OFF_MAX)
            is_needed = ~(calls.c.sequel_is_offered | for_an_answer) | (calls.c.due_at <= now())
            query = select(func.count()).select_from(calls).where(is_soon, is_needed)
            return int(connection.execute(query).scalar_one())
    finally:
        engine.dispose()
