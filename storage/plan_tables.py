"""The tables of scheduled calls."""

from __future__ import annotations

from sqlalchemy import JSON, Boolean, Column, ForeignKey, Index, Integer, Table, Text

from calls.plan import PlanState
from storage.partial_indexes import is_one_of, partial_index
from storage.tables import Instant, metadata

plans = Table(
    "plans",
    metadata,
    Column("id", Text, primary_key=True),
    Column("display_id", Text, nullable=False),
    Column("team_id", Text, nullable=False),
    Column("channel_id", Text, nullable=False),
    Column("title", Text, nullable=False),
    Column("planned_by", Text, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("provider", Text),
    Column("typed", Text, nullable=False),
    Column("zone", Text, nullable=False),
    Column("begins_at", Instant),
    Column("next_at", Instant),
    Column("duration_s", Integer, nullable=False),
    Column("repeats", Text, nullable=False),
    Column("until", Instant),
    Column("skipped", JSON, nullable=False),
    Column("reminder_s", Integer, nullable=False),
    Column("reminded_for", Instant),
    Column("state", Text, nullable=False),
    Column("started", Text),
    Column("missed_at", Instant),
    Column("changed_by", Text),
    Column("posted", Boolean, nullable=False),
    Column("message_ts", Text),
    Column("told", Text, nullable=False),
    Column("show_at", Instant),
    Column("news_told", Boolean, nullable=False),
    Column("notice", Text, nullable=False),
    Column("start_url", Text),
    Column("start_url_expires_at", Instant),
    Column("due_at", Instant),
    Column("tries", Integer, nullable=False),
    Column("language", Text, nullable=False),
    Column("version", Integer, nullable=False),
)

is_waiting = is_one_of(plans.c.state, (PlanState.ASKED, PlanState.PLANNED))

partial_index("plans_due", plans.c.due_at, where=plans.c.due_at.is_not(None))
partial_index("plans_waiting", plans.c.team_id, plans.c.channel_id, where=is_waiting)

plan_people = Table(
    "plan_people",
    metadata,
    Column("plan_id", Text, ForeignKey("plans.id", ondelete="CASCADE"), primary_key=True),
    Column("user_id", Text, primary_key=True),
    Column("is_invited", Boolean, nullable=False),
    Column("coming", Text),
    Index("plan_people_of_person", "user_id"),
)
