"""What Slack says of people, what people chose, and the language of a call."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Make the tables, and let calls of before be spoken of in English."""
    op.add_column("calls", sa.Column("language", sa.Text, nullable=False, server_default="en"))
    op.create_table(
        "profiles",
        sa.Column("team_id", sa.Text, primary_key=True),
        sa.Column("user_id", sa.Text, primary_key=True),
        sa.Column("read_at", sa.BigInteger, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        *(sa.Column(name, sa.Text) for name in ("locale", "zone")),
        *(sa.Column(name, sa.Boolean, nullable=False) for name in ("is_admin", "is_guest", "is_stranger", "is_bot")),
    )
    op.create_table(
        "preferences",
        *(sa.Column(name, sa.Text, primary_key=True) for name in ("team_id", "holder", "holder_id")),
        sa.Column("chosen", sa.JSON, nullable=False),
    )
    op.create_table(
        "preference_changes",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
        *(sa.Column(name, sa.Text, nullable=False) for name in ("team_id", "holder", "holder_id", "name")),
        *(sa.Column(name, sa.Text) for name in ("before", "after")),
        sa.Column("changed_by", sa.Text, nullable=False),
        sa.Column("changed_at", sa.BigInteger, nullable=False),
    )
    op.create_index("preference_changes_newest", "preference_changes", ["team_id", "changed_at"])
