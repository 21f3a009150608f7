"""Find calls by Slack's id, and those that are old enough to be deleted, without reading all there are."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    """Make the indexes."""
    is_final = sa.text("state IN ('ended', 'failed', 'withdrawn')")
    op.create_index(
        "calls_final", "calls", ["ended_at", "created_at"], sqlite_where=is_final, postgresql_where=is_final
    )
    has_slack_id = sa.text("slack_call_id IS NOT NULL")
    op.create_index(
        "calls_at_slack", "calls", ["slack_call_id"], sqlite_where=has_slack_id, postgresql_where=has_slack_id
    )
