"""The first schema: calls, their people, what is still to be told, the deliveries taken, and Slack's budgets."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

_OPEN = "state IN ('accepted', 'room_made', 'registered', 'live')"


def upgrade() -> None:
    """Make the tables."""
    _make_calls()
    op.create_table(
        "participants",
        sa.Column("call_id", sa.Text, sa.ForeignKey("calls.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("key", sa.Text, primary_key=True),
        sa.Column("present", sa.Boolean, nullable=False),
        sa.Column("told", sa.Boolean, nullable=False),
        sa.Column("joined_at", sa.BigInteger, nullable=False),
        sa.Column("left_at", sa.BigInteger),
        sa.Column("slack_id", sa.Text),
        sa.Column("external_id", sa.Text),
        sa.Column("display_name", sa.Text),
        sa.Column("avatar_url", sa.Text),
    )
    op.create_table(
        "notices",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("call_id", sa.Text, sa.ForeignKey("calls.id", ondelete="CASCADE"), nullable=False),
        sa.Column("team_id", sa.Text, nullable=False),
        sa.Column("channel_id", sa.Text, nullable=False),
        sa.Column("user_id", sa.Text, nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("response_url", sa.Text),
        sa.Column("response_url_expires_at", sa.BigInteger),
    )
    op.create_index("ix_notices_call_id", "notices", ["call_id"])
    op.create_table(
        "deliveries",
        sa.Column("team_id", sa.Text, primary_key=True),
        sa.Column("key", sa.Text, primary_key=True),
        sa.Column("received_at", sa.BigInteger, nullable=False),
        sa.Column("text", sa.Text),
        sa.Column("call_id", sa.Text),
        sa.Column("is_done", sa.Boolean, nullable=False),
    )
    op.create_index("ix_deliveries_received_at", "deliveries", ["received_at"])
    op.create_table(
        "budgets",
        sa.Column("key", sa.Text, primary_key=True),
        sa.Column("line", sa.JSON, nullable=False),
        sa.Column("used_at", sa.BigInteger, nullable=False),
    )
    op.create_index("ix_budgets_used_at", "budgets", ["used_at"])


def _make_calls() -> None:
    op.create_table(
        "calls",
        sa.Column("id", sa.Text, primary_key=True),
        *(sa.Column(name, sa.Text, nullable=False) for name in ("display_id", "team_id", "channel_id")),
        sa.Column("thread_ts", sa.Text),
        *(sa.Column(name, sa.Text, nullable=False) for name in ("title", "started_by")),
        sa.Column("invited", sa.JSON, nullable=False),
        *(sa.Column(name, sa.Text, nullable=False) for name in ("provider", "state")),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        *(sa.Column(name, sa.BigInteger) for name in ("live_at", "ended_at")),
        *(sa.Column(name, sa.Text) for name in ("ended_by", "end_reason", "error_code")),
        *(sa.Column(f"room_{name}", sa.Text) for name in ("id", "join_url", "display_id", "desktop_url")),
        *(sa.Column(name, sa.Text) for name in ("slack_call_id", "title_told")),
        sa.Column("posted", sa.Boolean, nullable=False),
        sa.Column("message_ts", sa.Text),
        *(sa.Column(name, sa.Boolean, nullable=False) for name in ("slack_ended", "end_shown")),
        sa.Column("start_url", sa.Text),
        sa.Column("start_url_expires_at", sa.BigInteger),
        sa.Column("card_url", sa.Text),
        sa.Column("card_url_expires_at", sa.BigInteger),
        sa.Column("due_at", sa.BigInteger),
        *(sa.Column(name, sa.Integer, nullable=False) for name in ("tries", "registrations", "version")),
        sa.Column("wait_told", sa.Boolean, nullable=False),
        sa.Column("stuck_code", sa.Text),
    )
    stuck = sa.text("stuck_code IS NOT NULL")
    op.create_index("calls_stuck", "calls", ["stuck_code"], sqlite_where=stuck, postgresql_where=stuck)
    due, still_open = sa.text("due_at IS NOT NULL"), sa.text(_OPEN)
    op.create_index("calls_due", "calls", ["due_at"], sqlite_where=due, postgresql_where=due)
    op.create_index(
        "calls_open", "calls", ["team_id", "channel_id"], sqlite_where=still_open, postgresql_where=still_open
    )
