"""The pasted link that a call was made of, under which its card is; one for each link and conversation at a time."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"

_OPEN = "state IN ('accepted', 'room_made', 'registered', 'live') AND unfurl_ts IS NOT NULL"


def upgrade() -> None:
    """Add the columns; no call of before was made of a link."""
    for name in ("unfurl_ts", "unfurl_url"):
        op.add_column("calls", sa.Column(name, sa.Text))
    has_card = sa.text(_OPEN)
    op.create_index(
        "calls_of_link_once",
        "calls",
        ["team_id", "channel_id", "room_id"],
        unique=True,
        sqlite_where=has_card,
        postgresql_where=has_card,
    )
