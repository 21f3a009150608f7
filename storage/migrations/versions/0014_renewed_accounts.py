"""When the tokens of people's own accounts were last renewed."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"


def upgrade() -> None:
    """Add the column; of accounts from before it is not known, so they are renewed soon."""
    op.add_column("accounts", sa.Column("renewed_at", sa.BigInteger))
