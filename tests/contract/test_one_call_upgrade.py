"""What the migration to one call for each place makes of calls that ran before."""

from __future__ import annotations

from pathlib import Path

import sqlalchemy as sa
from alembic import command
from alembic.config import Config

from calls.place import place_in
from storage import schema
from storage.opening import open_engine
from storage.tables import calls

MIGRATIONS = Path(schema.__file__).parent / "migrations"
BEFORE = {
    "team_id": "T1",
    "display_id": "4K7-9QM",
    "title": "Weekly",
    "started_by": "U1",
    "provider": "link",
    "join_token": "t",
    **dict.fromkeys(("invited", "watch_turn_out", "artifacts"), "[]"),
    **dict.fromkeys(("tries", "registrations", "version"), 0),
    **dict.fromkeys(("posted", "slack_ended", "end_shown", "wait_told", "claims_offered"), False),
}
RUNNING = (
    ("older", "C1", None, "live", 1),
    ("newer", "C1", None, "live", 2),
    ("ended", "C1", None, "ended", 3),
    ("thread", "C1", "17.01", "accepted", 1),
    ("twin_a", "C2", None, "live", 5),
    ("twin_b", "C2", None, "live", 5),
)


def upgrade_to(connection: sa.Connection, revision: str) -> None:
    """Run the migrations up to one."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["connection"] = connection
    command.upgrade(config, revision)


def test_the_newest_running_call_of_each_conversation_gets_its_place(database_url: str) -> None:
    """Several may be running in one conversation; the others go on beside it, and the upgrade refuses nothing."""
    engine = open_engine(database_url)
    names = ("id", "channel_id", "thread_ts", "state", "created_at", *BEFORE)
    with engine.execution_options(writes=True).begin() as connection:
        upgrade_to(connection, "0002")
        for id_, channel_id, thread_ts, state, created_at in RUNNING:
            values = {"id": id_, "channel_id": channel_id, "thread_ts": thread_ts, "state": state}
            statement = f"INSERT INTO calls ({', '.join(names)}) VALUES ({', '.join(f':{name}' for name in names)})"  # noqa: S608 - names of columns
            connection.execute(sa.text(statement), {**BEFORE, **values, "created_at": created_at})
    schema.upgrade(engine)

    with engine.connect() as connection:
        rows = connection.execute(sa.select(calls.c.id, calls.c.live_key).where(calls.c.live_key.is_not(None)))
        places = {row.id: row.live_key for row in rows}
    engine.dispose()
    assert {"newer": place_in("C1"), "thread": place_in("C1", "17.01"), "twin_b": place_in("C2")} == places  # type: ignore[arg-type]
