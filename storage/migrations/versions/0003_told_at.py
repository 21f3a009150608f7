"""When Slack was last told of comings and goings, so that two in a row may be told at once."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Add the column; a call that is running begins as one of which Slack was told nothing yet."""
    op.add_column("calls", sa.Column("watch_told_at", sa.BigInteger))
