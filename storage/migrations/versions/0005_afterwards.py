"""What becomes of a call after its end: its recap, and indexes for the history of conversations and people."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"

_INDEXES = {
    "calls_past": ["team_id", "channel_id", "created_at"],
    "calls_past_of_team": ["team_id", "created_at"],
    "calls_past_of_person": ["started_by", "created_at"],
}


def upgrade() -> None:
    """Add the columns; calls that were over before get no recap."""
    op.add_column("calls", sa.Column("recap_state", sa.Text, nullable=False, server_default="none"))
    op.add_column("calls", sa.Column("recap_card_url", sa.Text))
    op.add_column("calls", sa.Column("recap_ts", sa.Text))
    op.add_column("calls", sa.Column("recap_told", sa.Integer, nullable=False, server_default="0"))
    op.execute("UPDATE calls SET recap_state = 'left_out' WHERE state IN ('ended', 'failed')")
    over = sa.text("state = 'ended'")
    for name, columns in _INDEXES.items():
        op.create_index(name, "calls", columns, sqlite_where=over, postgresql_where=over)
    op.create_index("participants_of_person", "participants", ["slack_id", "joined_at"])
    op.create_table(
        "charts",
        sa.Column("team_id", sa.Text, primary_key=True),
        sa.Column("counts", sa.JSON, nullable=False),
        sa.Column("last_week_at", sa.BigInteger, nullable=False),
        sa.Column("file_id", sa.Text, nullable=False),
        sa.Column("drawn_at", sa.BigInteger, nullable=False),
    )
