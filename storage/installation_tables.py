"""The tables of installations, beside those of calls."""

from __future__ import annotations

from sqlalchemy import Column, Index, Integer, Table, Text

from storage.tables import Instant, metadata

installations = Table(
    "installations",
    metadata,
    Column("client_id", Text, primary_key=True),
    Column("enterprise_id", Text, primary_key=True),
    Column("team_id", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("app_id", Text, nullable=False),
    Column("bot_id", Text),
    Column("bot_user_id", Text, nullable=False),
    Column("scopes", Text, nullable=False),
    Column("installed_by", Text, nullable=False),
    Column("installed_at", Instant, nullable=False),
    Column("tokens", Text),
    Column("expires_at", Instant),
    Column("gone_at", Instant),
    Column("leased_until", Instant),
    Column("version", Integer, nullable=False),
)
Index("installations_of_team", installations.c.team_id)

is_there = installations.c.gone_at.is_(None) & installations.c.tokens.is_not(None)

is_shut_out = installations.c.gone_at.is_not(None) & (installations.c.scopes == "")
"""A workspace that its organisation's installation may not act in: since `gone_at`, and until then from `installed_at`.

Such a row is no installation: it has no tokens, and no scopes, which every installation has.
"""

organisation_members = Table(
    "organisation_members",
    metadata,
    Column("client_id", Text, primary_key=True),
    Column("team_id", Text, primary_key=True),
    Column("enterprise_id", Text, nullable=False),
)

install_states = Table(
    "install_states",
    metadata,
    Column("state", Text, primary_key=True),
    Column("browser", Text, nullable=False),
    Column("expires_at", Instant, nullable=False, index=True),
)
