"""Among very many calls, nothing that somebody waits for is looked for in all of them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from sqlalchemy import Connection, Table, func, select

from benchmarks.filling import Fill, fill_calls
from benchmarks.hot_queries import explain
from calls.clock import now
from calls.ids import new_call_id
from calls.model import Call, CallState, ChannelId, Room, TeamId, UserId
from storage.database import Database
from storage.opening import open_engine
from storage.schema import upgrade
from storage.tables import calls, participants

FILL = Fill(finished=2_000, live=50)


def a_live_call() -> Call:
    """Return a call as it is once its card is up."""
    began_at = now()
    call = Call(
        new_call_id(), "4K7-9QM", TeamId("T1"), ChannelId("C1"), "Weekly", UserId("U1"), "link", began_at, live_key="C1"
    )
    room = Room("room", "https://meet.example.com/room")
    return replace(call, state=CallState.LIVE, live_at=began_at, room=room, slack_call_id="R1", posted=True)


def rows_in(connection: Connection, table: Table) -> int:
    """Return how many rows a table has."""
    return int(connection.execute(select(func.count()).select_from(table)).scalar_one())


async def test_no_query_reads_all_calls(tmp_path: Path) -> None:
    """Each has an index, which the database says it uses, whatever else there is in the table."""
    url = f"sqlite:///{tmp_path}/calls.sqlite3"
    engine = open_engine(url)
    upgrade(engine)
    database = Database(engine, now)
    await database.write(lambda transaction: transaction.add_call(a_live_call()))
    fill_calls(engine, FILL)
    numbers = await database.ask(lambda connection: [rows_in(connection, of) for of in (calls, participants)])
    database.close()

    assert [1 + 2_000 + 50, 2 * (1 + 2_000 + 50)] == numbers
    found = await explain("million", "SQLite", url)
    assert 0 == found.ours, found.note


async def test_a_call_is_found_by_its_id_at_slack(tmp_path: Path) -> None:
    """The newest one, and none for an id that nobody gave."""
    engine = open_engine(f"sqlite:///{tmp_path}/calls.sqlite3")
    upgrade(engine)
    database = Database(engine, now)
    call = a_live_call()
    await database.write(lambda transaction: transaction.add_call(call))

    assert call == await database.read(lambda transaction: transaction.call_at_slack("R1"))
    assert None is await database.read(lambda transaction: transaction.call_at_slack("R2"))
    database.close()
