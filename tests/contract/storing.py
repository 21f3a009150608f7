"""An empty database of calls whose clock stands still, for each kind of database."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime

import pytest

from storage import schema
from storage.database import Database
from storage.opening import open_engine

NOW = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)


@pytest.fixture
async def storage(database_url: str) -> AsyncIterator[Database]:
    """Return an empty store."""
    engine = open_engine(database_url)
    schema.upgrade(engine)
    database = Database(engine, lambda: NOW)
    yield database
    database.close()
