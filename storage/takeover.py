"""What the wake-ups read and change in the database besides Procrastinate's own queries."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ColumnElement, Connection, column, delete, exists, func, literal_column, or_, select, table
from sqlalchemy.dialects.postgresql import JSONB

from calls.work import WorkId, work_id_of
from storage.plan_tables import plans
from storage.status_tables import statuses
from storage.tables import calls

_workers = table("procrastinate_workers", column("id"), column("last_heartbeat"))
_jobs = table(
    "procrastinate_jobs", column("id"), column("lock"), column("status"), column("worker_id"), column("args", JSONB)
)

_ownerless = (_jobs.c.status == literal_column("'doing'")) & _jobs.c.worker_id.is_(None)


def lock_of(call_id: WorkId) -> str:
    """Return the name under which only one job of a call runs at a time."""
    return f"call:{call_id}"


def needs_take_over(connection: Connection, limit_s: float) -> bool:
    """Say whether a worker shows no sign of life, or work belongs to nobody.

    Args:
        limit_s: after how long a worker is given up, in seconds.
    """
    silent = exists().where(_is_silent(limit_s)).select_from(_workers)
    return bool(connection.execute(select(or_(silent, exists().where(_ownerless).select_from(_jobs)))).scalar_one())


def take_over(connection: Connection, limit_s: float) -> list[WorkId]:
    """Take their work from workers that show no sign of life, and return the calls it is about.

    Args:
        limit_s: after how long a worker is given up, in seconds.
    """
    connection.execute(delete(_workers).where(_is_silent(limit_s)))
    # A job is only a hint that a call is due, so it is replaced and not run again: a job that went back to waiting
    # would clash with one that has come to wait for the same call meanwhile.
    gone = connection.execute(delete(_jobs).where(_ownerless).returning(_jobs.c.args["call_id"].astext))
    return [work_id_of(call_id) for (call_id,) in gone]


def _is_silent(limit_s: float) -> ColumnElement[bool]:
    return _workers.c.last_heartbeat < func.now() - func.make_interval(0, 0, 0, 0, 0, 0, limit_s)


def waiting(connection: Connection, until: datetime, limit: int) -> list[tuple[WorkId, datetime]]:
    """Return what is due by a time and has no job, with when it is due, the longest due first."""
    found: list[tuple[WorkId, datetime]] = []
    for of in (calls, plans, statuses):
        has_job = exists(select(1).where(_jobs.c.lock == literal_column(f"'call:' || {of.name}.id")))
        query = select(of.c.id, of.c.due_at).where(of.c.due_at <= until, ~has_job).order_by(of.c.due_at).limit(limit)
        found += [(work_id_of(row.id), row.due_at) for row in connection.execute(query)]
    return sorted(found, key=lambda work: work[1])[:limit]


FINISH = """
WITH finished AS (DELETE FROM procrastinate_jobs WHERE id = %(job_id)s RETURNING lock, queue_name)
SELECT pg_notify(
    'procrastinate_queue_v1#' || finished.queue_name,
    json_build_object('type', 'job_inserted', 'job_id', next.id)::text
)
FROM finished JOIN procrastinate_jobs AS next ON next.lock = finished.lock AND next.status = 'todo'
"""
"""Forget a job that is done; one of the same call that waited for its end is announced, as a new one would be."""
