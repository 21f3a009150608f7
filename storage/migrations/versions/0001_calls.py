"""The first schema: calls, their people, what is still to be told, the deliveries taken, and Slack's budgets."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

_WATCH = ("came_at", "empty_since", "looked_at", "look_at", "tell_at", "keep_at")
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
        sa.Column("stays_until", sa.BigInteger),
        *(sa.Column(name, sa.Text) for name in ("same_as", "email")),
    )
    _make_joining()
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


def _make_joining() -> None:
    op.create_table(
        "sessions",
        sa.Column("call_id", sa.Text, sa.ForeignKey("calls.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("key", sa.Text, nullable=False),
        sa.Column("present", sa.Boolean, nullable=False),
        *(sa.Column(name, sa.BigInteger, nullable=False) for name in ("changed_at", "heard_at")),
    )
    op.create_index("sessions_of_person", "sessions", ["call_id", "key"])
    op.create_table(
        "visitors",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("call_id", sa.Text, sa.ForeignKey("calls.id", ondelete="CASCADE"), nullable=False),
        *(sa.Column(name, sa.Text, nullable=False) for name in ("key", "name")),
        *(sa.Column(name, sa.Text) for name in ("slack_id", "avatar_url")),
        sa.Column("is_host", sa.Boolean, nullable=False),
        sa.UniqueConstraint("call_id", "key", name="visitors_once"),
    )
    op.create_table(
        "links",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("call_id", sa.Text, sa.ForeignKey("calls.id", ondelete="CASCADE"), nullable=False),
        sa.Column("made_by", sa.Text, nullable=False),
        *(sa.Column(name, sa.BigInteger, nullable=False) for name in ("made_at", "expires_at")),
        sa.Column("slack_id", sa.Text),
        *(sa.Column(name, sa.BigInteger) for name in ("used_at", "revoked_at")),
    )
    op.create_index("ix_links_call_id", "links", ["call_id"])


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
        *(sa.Column(f"room_{name}", sa.Text) for name in ("id", "join_url", "display_id", "desktop_url", "memo")),
        sa.Column("join_url", sa.Text),
        sa.Column("join_token", sa.Text, nullable=False),
        *(sa.Column(f"watch_{name}", sa.BigInteger) for name in _WATCH),
        sa.Column("watch_turn_out", sa.JSON, nullable=False),
        sa.Column("artifacts", sa.JSON, nullable=False),
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
        *(sa.Column(name, sa.Boolean, nullable=False) for name in ("wait_told", "claims_offered")),
        sa.Column("stuck_code", sa.Text),
    )
    stuck = sa.text("stuck_code IS NOT NULL")
    op.create_index("calls_stuck", "calls", ["stuck_code"], sqlite_where=stuck, postgresql_where=stuck)
    due, still_open = sa.text("due_at IS NOT NULL"), sa.text(_OPEN)
    op.create_index("calls_due", "calls", ["due_at"], sqlite_where=due, postgresql_where=due)
    op.create_index(
        "calls_open", "calls", ["team_id", "channel_id"], sqlite_where=still_open, postgresql_where=still_open
    )
    op.create_index("calls_in_room", "calls", ["provider", "room_id"])
    op.create_index("calls_of_join_token", "calls", ["join_token"])
