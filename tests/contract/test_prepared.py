"""A statement that is made once gives what SQLAlchemy itself would give."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import Connection, bindparam, insert, select, update
from sqlalchemy.exc import IntegrityError, OperationalError

from calls.ids import new_call_id
from calls.model import Call, ChannelId, Room, TeamId, UserId
from storage import rows
from storage.database import Database
from storage.prepared import Prepared, drive
from storage.tables import calls
from tests.contract.storing import NOW

ADD = Prepared(insert(calls))
FIND = Prepared(select(calls).where(calls.c.id == bindparam("call_id")))
RENAME = Prepared(update(calls).where(calls.c.id == bindparam("call_id")))

CALL = Call(
    new_call_id(),
    "4K7-9QM",
    TeamId("T1"),
    ChannelId("C1"),
    "Ärger ☎ 電話 'quoted' \x00",
    UserId("U1"),
    "link",
    NOW - timedelta(microseconds=1),
    invited=(UserId("U1"), UserId("U2")),
    room=Room("r", "https://meet.example.com/r"),
    silent=True,
    live_key="C1",
)


@pytest.fixture
def title(database_url: str) -> str:
    """Return a title that the database can hold: PostgreSQL holds no null character."""
    return CALL.title if database_url.startswith("sqlite") else CALL.title.rstrip("\x00")


async def test_every_kind_of_value_is_stored_and_found_as_by_sqlalchemy(storage: Database, title: str) -> None:
    """Times, truth values, JSON, texts and what is missing come back as they went in, by either way."""
    call = replace(CALL, title=title)

    def work(connection: Connection) -> None:
        ADD.run(connection, rows.call_values(call))
        by_sqlalchemy = connection.execute(select(calls).where(calls.c.id == call.id)).one()
        prepared = FIND.one_or_none(connection, {"call_id": call.id})
        assert call == rows.call_of(by_sqlalchemy)
        assert tuple(by_sqlalchemy) == tuple(prepared)  # type: ignore[arg-type]

    await storage.change(work)


async def test_rows_are_found_and_changed_by_each_value_that_is_given(storage: Database, title: str) -> None:
    """The same statement is run with other values each time, and says how many rows it changed."""
    one, other = replace(CALL, title=title), replace(CALL, id=new_call_id(), title=title, live_key=None)

    def work(connection: Connection) -> None:
        for call in (one, other):
            ADD.run(connection, rows.call_values(call))
        assert 1 == RENAME.run(connection, {"call_id": other.id, "title": "Other"})
        assert 0 == RENAME.run(connection, {"call_id": new_call_id(), "title": "None"})
        found = [FIND.one_or_none(connection, {"call_id": call.id}) for call in (one, other)]
        assert [title, "Other"] == [row.title for row in found if row is not None]
        assert [] == list(FIND.all(connection, {"call_id": new_call_id()}))
        assert FIND.one_or_none(connection, {"call_id": new_call_id()}) is None

    await storage.change(work)


async def test_what_the_database_refuses_is_an_error_of_sqlalchemys(storage: Database, title: str) -> None:
    """So that whoever handles its errors handles these, too."""
    call = replace(CALL, title=title)

    def twice(connection: Connection) -> None:
        ADD.run(connection, rows.call_values(call))
        with pytest.raises(IntegrityError), connection.begin_nested():
            ADD.run(connection, rows.call_values(call))

    await storage.change(twice)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_a_statement_that_sqlite_cannot_run_is_an_error_of_sqlalchemys(storage: Database) -> None:
    """A missing table is an operational error, as with SQLAlchemy."""

    def work(connection: Connection) -> None:
        with pytest.raises(OperationalError):
            drive(connection, "SELECT 1 FROM nothing_of_this_name")

    await storage.change(work)
