"""What Slack showed beside people's names before they came into a call."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "statuses",
        sa.Column("id", sa.Text, primary_key=True),
        *(sa.Column(name, sa.Text, nullable=False) for name in ("team_id", "user_id", "state")),
        *(sa.Column(name, sa.JSON, nullable=False) for name in ("before", "ours")),
        sa.Column("leaves", sa.Boolean, nullable=False),
        sa.Column("due_at", sa.BigInteger),
        sa.Column("tries", sa.Integer, nullable=False),
    )
    is_due = sa.text("due_at IS NOT NULL")
    op.create_index("statuses_due", "statuses", ["due_at"], sqlite_where=is_due, postgresql_where=is_due)
