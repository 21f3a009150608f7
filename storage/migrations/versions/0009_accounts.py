"""Accounts at meeting systems that people connected to their own name."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "accounts",
        *(sa.Column(name, sa.Text, primary_key=True) for name in ("team_id", "user_id", "provider")),
        *(sa.Column(name, sa.Text, nullable=False) for name in ("name", "tokens")),
        sa.Column("leased_until", sa.BigInteger),
        sa.Column("version", sa.Integer, nullable=False),
    )
    op.create_table(
        "account_states",
        sa.Column("state", sa.Text, primary_key=True),
        *(sa.Column(name, sa.Text, nullable=False) for name in ("browser", "team_id", "user_id", "provider")),
        sa.Column("expires_at", sa.BigInteger, nullable=False),
    )
    op.create_index("ix_account_states_expires_at", "account_states", ["expires_at"])
