"""Until when people had paused their notifications before they came into a call."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    """Add the columns; nobody's notifications were ever paused."""
    op.add_column("statuses", sa.Column("snooze_state", sa.Text, nullable=False, server_default="at_rest"))
    for name in ("snooze_before_s", "snooze_ours_s"):
        op.add_column("statuses", sa.Column(name, sa.BigInteger, nullable=False, server_default="0"))
