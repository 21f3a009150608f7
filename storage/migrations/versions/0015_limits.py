"""Who started what lately, which calls are waiting to begin, and who had people rung."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"

_STARTING = "state IN ('waiting', 'accepted', 'room_made', 'registered')"


def upgrade() -> None:
    """Add the indexes by which limits are kept."""
    op.create_index("calls_started", "calls", ["team_id", "started_by", "created_at"])
    starting = sa.text(_STARTING)
    op.create_index("calls_starting", "calls", ["team_id"], sqlite_where=starting, postgresql_where=starting)
    op.create_index("invitations_by_person", "invitations", ["invited_by", "rung_at"])
