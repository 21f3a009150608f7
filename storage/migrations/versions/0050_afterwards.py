"""What becomes of a call after its end: its recap, and indexes for the history of conversations and people."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0050"
down_revision = "0010"


def upgrade() -> None:
    """Add the columns; calls that were over before get no recap."""
    op.add_column("calls", sa.Column("recap_state", sa.Text, nullable=False, server_default="none"))
    op.add_column("calls", sa.Column("recap_card_url", sa.Text))
    op.add_column("calls", sa.Column("recap_ts", sa.Text))
    op.add_column("calls", sa.Column("recap_told", sa.Integer, nullable=False, server_default="0"))
    op.execute("UPDATE calls SET recap_state = 'left_out' WHERE state IN ('ended', 'failed')")
