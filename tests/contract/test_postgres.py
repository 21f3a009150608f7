"""What several processes on one PostgreSQL rely on; each `Database` here stands for a process."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import OperationalError
from sqlalchemy.pool import PoolProxiedConnection

from calls.errors import ConfigError
from calls.ids import new_call_id
from calls.model import Call, CallId, ChannelId, Delivery, Notice, Reply, TeamId, UserId
from calls.ports import Transaction
from doctor.database import check_database
from doctor.report import State
from storage import schema
from storage.database import Database
from storage.opening import open_engine
from storage.postgres import is_postgres, libpq_url, open_postgres

pytestmark = pytest.mark.postgres

NOW = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
TEAM, HERE, ALICE = TeamId("T1"), ChannelId("C1"), UserId("U1")


def a_call() -> Call:
    """Return a new call."""
    return Call(new_call_id(), "4K7-9QM", TEAM, HERE, "Weekly", ALICE, "link", NOW, due_at=NOW)


@pytest.fixture
def engine(postgres_url: str) -> Engine:
    """Return an engine of a database with today's tables."""
    found = open_engine(postgres_url)
    schema.upgrade(found)
    return found


@pytest.fixture
async def databases(engine: Engine, postgres_url: str) -> AsyncIterator[list[Database]]:
    """Return the same database as three processes see it."""
    found = [Database(one, lambda: NOW) for one in (engine, open_engine(postgres_url), open_engine(postgres_url))]
    yield found
    for database in found:
        database.close()


async def test_changes_of_one_call_by_many_processes_are_all_kept(databases: list[Database]) -> None:
    """What one reads and writes in a transaction, no other changes in between."""
    call = a_call()
    await databases[0].write(lambda transaction: transaction.add_call(call))

    def count(transaction: Transaction) -> None:
        stored = transaction.call(call.id)
        assert stored is not None
        transaction.save_call(replace(stored, tries=stored.tries + 1))

    await asyncio.gather(*(database.write(count) for database in databases for _ in range(30)))

    stored = await databases[0].read(lambda transaction: transaction.call(call.id))
    assert stored is not None
    assert (stored.tries, stored.version) == (90, 90)


async def test_a_call_found_in_a_list_is_found_again_when_another_process_changed_it(databases: list[Database]) -> None:
    """A conflict between processes is nobody's error: the work is done again on what is true now."""
    await databases[0].write(lambda transaction: transaction.add_call(a_call()))

    def count(transaction: Transaction) -> None:
        stored = transaction.open_calls(TEAM, HERE)[0]
        transaction.save_call(replace(stored, tries=stored.tries + 1))

    await asyncio.gather(databases[0].write(count), databases[1].write(count), databases[2].write(count))

    stored = await databases[0].read(lambda transaction: transaction.open_calls(TEAM, HERE)[0])
    assert stored.tries == 3


async def test_copies_of_a_delivery_in_several_processes_have_one_effect(databases: list[Database]) -> None:
    """Every copy of every delivery gets the reply of the one that came first."""

    def work(transaction: Transaction) -> Reply:
        call = a_call()
        transaction.add_call(call)
        return Reply("Starting.", call.id)

    for number in range(20):
        delivery = Delivery(TEAM, f"command:{number}")
        replies = await asyncio.gather(*(one.accept(delivery, work) for one in databases for _ in range(2)))
        assert len(set(replies)) == 1

    assert len(await databases[0].read(lambda transaction: transaction.open_calls(TEAM))) == 20


async def test_processes_that_start_together_make_the_tables_once(postgres_url: str) -> None:
    """Whoever comes second waits, and finds the work done."""
    engines = [open_engine(postgres_url) for _ in range(4)]
    await asyncio.gather(*(asyncio.to_thread(schema.upgrade, one) for one in engines))

    assert schema.differences(engines[0]) == []
    for one in engines:
        one.dispose()


async def test_a_commit_whose_answer_was_lost_is_not_done_twice(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The connection breaks just after the commit: what was stored is stored once, and is known to be."""
    database = Database(engine, lambda: NOW)
    call = a_call()
    commits = []
    commit = engine.dialect.do_commit

    def commit_and_break(connection: PoolProxiedConnection) -> None:
        commit(connection)
        commits.append(connection)
        if len(commits) == 1:
            lost = OSError("the server closed the connection")
            raise OperationalError("COMMIT", None, lost, connection_invalidated=True)

    monkeypatch.setattr(engine.dialect, "do_commit", commit_and_break)

    def work(transaction: Transaction) -> CallId:
        if transaction.call(call.id) is None:
            transaction.add_call(call)
        transaction.add_notice(Notice(call.id, TEAM, HERE, ALICE, "Once."))
        return call.id

    assert await database.write(work) == call.id
    assert len(commits) == 1
    assert len(await database.read(lambda transaction: transaction.notices(call.id))) == 1
    database.close()


async def test_a_server_out_of_reach_is_said_in_words() -> None:
    """The start stops with an error for whoever runs the app, without the password."""
    with pytest.raises(ConfigError, match="database_not_usable") as caught:
        schema.upgrade(open_postgres("postgresql://startcall:hunter2@127.0.0.1:1/startcall"))
    assert "hunter2" not in str(caught.value)


@pytest.mark.parametrize("scheme", ["postgres", "postgresql"])
def test_both_spellings_of_an_address_are_taken(scheme: str) -> None:
    """Hosts give either; the port, the options and an encoded password arrive."""
    address = f"{scheme}://u:p%40ss@db.example.com:5433/startcall?sslmode=require"
    assert is_postgres(address)
    assert libpq_url(address) == "postgresql://u:p%40ss@db.example.com:5433/startcall?sslmode=require"
    url = open_postgres(address).url
    assert (url.password, url.port, url.database) == ("p@ss", 5433, "startcall")


def test_the_doctor_says_how_the_database_is(engine: Engine, postgres_url: str) -> None:
    """Today's tables are good, those of a newer version and a server out of reach are not, and no password is shown."""
    good = check_database(postgres_url)
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    newer = check_database(postgres_url)
    away = check_database("postgresql://startcall:hunter2@127.0.0.1:1/startcall")
    engine.dispose()

    assert [State.OK, State.BAD, State.BAD] == [finding.state for finding in (good, newer, away)]
    assert "newer version" in newer.sentence
    assert "hunter2" not in str(away)
