"""Scheduled calls, and who comes to them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "plans",
        sa.Column("id", sa.Text, primary_key=True),
        *(sa.Column(name, sa.Text, nullable=False) for name in ("display_id", "team_id", "channel_id", "title")),
        sa.Column("planned_by", sa.Text, nullable=False),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.Column("provider", sa.Text),
        *(sa.Column(name, sa.Text, nullable=False) for name in ("typed", "zone")),
        *(sa.Column(name, sa.BigInteger) for name in ("begins_at", "next_at")),
        sa.Column("duration_s", sa.Integer, nullable=False),
        sa.Column("repeats", sa.Text, nullable=False),
        sa.Column("until", sa.BigInteger),
        sa.Column("skipped", sa.JSON, nullable=False),
        sa.Column("reminder_s", sa.Integer, nullable=False),
        sa.Column("reminded_for", sa.BigInteger),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("started", sa.Text),
        sa.Column("missed_at", sa.BigInteger),
        sa.Column("changed_by", sa.Text),
        sa.Column("posted", sa.Boolean, nullable=False),
        sa.Column("message_ts", sa.Text),
        sa.Column("told", sa.Text, nullable=False),
        sa.Column("show_at", sa.BigInteger),
        sa.Column("news_told", sa.Boolean, nullable=False),
        sa.Column("notice", sa.Text, nullable=False),
        sa.Column("start_url", sa.Text),
        *(sa.Column(name, sa.BigInteger) for name in ("start_url_expires_at", "due_at")),
        sa.Column("tries", sa.Integer, nullable=False),
        sa.Column("language", sa.Text, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
    )
    due, waiting = sa.text("due_at IS NOT NULL"), sa.text("state IN ('asked', 'planned')")
    op.create_index("plans_due", "plans", ["due_at"], sqlite_where=due, postgresql_where=due)
    op.create_index("plans_waiting", "plans", ["team_id", "channel_id"], sqlite_where=waiting, postgresql_where=waiting)
    op.create_table(
        "plan_people",
        sa.Column("plan_id", sa.Text, sa.ForeignKey("plans.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("user_id", sa.Text, primary_key=True),
        sa.Column("is_invited", sa.Boolean, nullable=False),
        sa.Column("coming", sa.Text),
    )
    op.create_index("plan_people_of_person", "plan_people", ["user_id"])
