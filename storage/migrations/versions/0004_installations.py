"""Where the app is installed, which workspaces belong to an organisation, and who is on the way to install it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "installations",
        *(sa.Column(name, sa.Text, primary_key=True) for name in ("client_id", "enterprise_id", "team_id")),
        *(sa.Column(name, sa.Text, nullable=False) for name in ("name", "app_id")),
        sa.Column("bot_id", sa.Text),
        *(sa.Column(name, sa.Text, nullable=False) for name in ("bot_user_id", "scopes", "installed_by")),
        sa.Column("installed_at", sa.BigInteger, nullable=False),
        sa.Column("tokens", sa.Text),
        *(sa.Column(name, sa.BigInteger) for name in ("expires_at", "gone_at", "leased_until")),
        sa.Column("version", sa.Integer, nullable=False),
    )
    op.create_index("installations_of_team", "installations", ["team_id"])
    op.create_table(
        "organisation_members",
        *(sa.Column(name, sa.Text, primary_key=True) for name in ("client_id", "team_id")),
        sa.Column("enterprise_id", sa.Text, nullable=False),
    )
    op.create_table(
        "install_states",
        sa.Column("state", sa.Text, primary_key=True),
        sa.Column("browser", sa.Text, nullable=False),
        sa.Column("expires_at", sa.BigInteger, nullable=False),
    )
    op.create_index("ix_install_states_expires_at", "install_states", ["expires_at"])
