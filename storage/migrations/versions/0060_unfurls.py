"""The pasted link that a call was made of, under which its card is."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0060"
down_revision = "0010"


def upgrade() -> None:
    """Add the columns; no call of before was made of a link."""
    for name in ("unfurl_ts", "unfurl_url"):
        op.add_column("calls", sa.Column(name, sa.Text))
