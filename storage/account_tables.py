"""The tables of accounts that people connected, beside those of calls."""

from __future__ import annotations

from sqlalchemy import Column, Integer, Table, Text

from storage.tables import Instant, metadata

accounts = Table(
    "accounts",
    metadata,
    Column("team_id", Text, primary_key=True),
    Column("user_id", Text, primary_key=True),
    Column("provider", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("tokens", Text, nullable=False),
    Column("leased_until", Instant),
    Column("version", Integer, nullable=False),
    Column("renewed_at", Instant),
)

account_states = Table(
    "account_states",
    metadata,
    Column("state", Text, primary_key=True),
    Column("browser", Text, nullable=False),
    Column("team_id", Text, nullable=False),
    Column("user_id", Text, nullable=False),
    Column("provider", Text, nullable=False),
    Column("expires_at", Instant, nullable=False, index=True),
)
