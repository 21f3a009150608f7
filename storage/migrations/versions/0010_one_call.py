"""One open call for each place, what starters are asked back, and the sizes of conversations."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"

_OPEN = "state IN ('accepted', 'room_made', 'registered', 'live')"

_TAKE_PLACES = """
    UPDATE calls SET live_key = channel_id || coalesce(':' || thread_ts, '')
    WHERE state IN ('accepted', 'room_made', 'registered', 'live') AND NOT EXISTS (
        SELECT 1 FROM calls AS other
        WHERE other.state IN ('accepted', 'room_made', 'registered', 'live')
        AND other.team_id = calls.team_id AND other.channel_id = calls.channel_id
        AND coalesce(other.thread_ts, '') = coalesce(calls.thread_ts, '')
        AND (other.created_at > calls.created_at OR (other.created_at = calls.created_at AND other.id > calls.id))
    )
"""


def upgrade() -> None:
    """Add the columns, and let the newest open call of each place have it; others of before stay without."""
    op.add_column("calls", sa.Column("live_key", sa.Text))
    op.add_column("calls", sa.Column("silent", sa.Boolean, nullable=False, server_default=sa.false()))
    op.add_column("calls", sa.Column("question", sa.JSON))
    op.add_column("deliveries", sa.Column("asks", sa.Boolean, nullable=False, server_default=sa.false()))
    op.create_table(
        "conversations",
        *(sa.Column(name, sa.Text, primary_key=True) for name in ("team_id", "channel_id")),
        sa.Column("members", sa.Integer),
        sa.Column("is_general", sa.Boolean, nullable=False),
        sa.Column("read_at", sa.BigInteger, nullable=False),
    )
    op.execute(_TAKE_PLACES)
    still_open = sa.text(_OPEN)
    op.create_index(
        "calls_live",
        "calls",
        ["team_id", "live_key"],
        unique=True,
        sqlite_where=still_open,
        postgresql_where=still_open,
    )
