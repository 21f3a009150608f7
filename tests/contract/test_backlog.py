"""How much there is to do, as both databases say it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from calls.backlog import Backlog
from calls.errors import StorageError
from calls.ids import new_call_id
from calls.model import Call, CallState, ChannelId, TeamId, UserId
from storage import tables
from storage.backlog import read_backlog
from storage.database import Database
from tests.contract.storing import NOW

CALL = Call(new_call_id(), "4K7-9QM", TeamId("T1"), ChannelId("C1"), "Weekly", UserId("U1"), "link", NOW)


async def store(storage: Database, call: Call) -> None:
    """Store a call under an id of its own."""
    await storage.write(lambda transaction: transaction.add_call(replace(call, id=new_call_id())))


async def test_nothing_to_do_is_zero(storage: Database) -> None:
    """An empty database, and one whose calls have all come to rest."""
    assert Backlog(0, 0, 0.0, 0) == await read_backlog(storage, NOW)

    await store(storage, replace(CALL, state=CallState.ENDED))

    assert Backlog(0, 0, 0.0, 0) == await read_backlog(storage, NOW)


async def test_each_call_is_counted_where_it_belongs(storage: Database) -> None:
    """Running ones, those that are due by now, the age of the oldest, and those that were set aside."""
    await store(storage, replace(CALL, state=CallState.LIVE, due_at=NOW + timedelta(hours=1)))
    await store(storage, replace(CALL, state=CallState.LIVE, due_at=NOW - timedelta(seconds=3)))
    await store(storage, replace(CALL, state=CallState.ENDING, due_at=NOW - timedelta(seconds=90)))
    await store(storage, replace(CALL, state=CallState.LIVE, stuck_code="token_revoked"))

    assert Backlog(running=3, due=2, oldest_due_s=90.0, set_aside=1) == await read_backlog(storage, NOW)


async def test_a_database_that_is_gone_is_said(storage: Database) -> None:
    """Not answered by numbers that look like no work."""
    await storage.change(tables.metadata.drop_all)

    with pytest.raises(StorageError):
        await read_backlog(storage, NOW)
