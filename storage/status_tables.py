"""The table of people's statuses, beside those of calls."""

from __future__ import annotations

from sqlalchemy import JSON, BigInteger, Boolean, Column, Integer, Table, Text

from storage.partial_indexes import partial_index
from storage.tables import Instant, metadata

statuses = Table(
    "statuses",
    metadata,
    Column("id", Text, primary_key=True),
    Column("team_id", Text, nullable=False),
    Column("user_id", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("before", JSON, nullable=False),
    Column("ours", JSON, nullable=False),
    Column("leaves", Boolean, nullable=False),
    Column("due_at", Instant),
    Column("tries", Integer, nullable=False),
    Column("snooze_state", Text, nullable=False, server_default="at_rest"),
    Column("snooze_before_s", BigInteger, nullable=False, server_default="0"),
    Column("snooze_ours_s", BigInteger, nullable=False, server_default="0"),
)

partial_index("statuses_due", statuses.c.due_at, where=statuses.c.due_at.is_not(None))
