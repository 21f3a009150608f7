"""A copy that is made while the app runs under load, put into an empty place and started: all calls are there."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path

import pytest
from sqlalchemy import select

from sandbox.server import Sandbox
from sandbox.testing import wait_for
from storage.opening import open_engine
from storage.schema import differences
from storage.tables import calls
from tests.durability.at_rest import left_to_do
from tests.durability.process import AppProcess, app_and_slack, sqlite_url
from tests.postgres import PostgresServer
from tests.world import cards, new_channel

STARTS_BEFORE = 20

Copy = Callable[[AppProcess], Awaitable[None]]


async def load(slack: Sandbox, acknowledged: list[str], enough: asyncio.Event) -> None:
    """Start calls one after the other until it is enough, and note each; all of them must be acknowledged."""
    while not enough.is_set():
        title = f"Call {len(acknowledged)}"
        ack = await slack.person("alice").command(new_channel(slack), "/startcall", title)
        assert ack.is_ok
        acknowledged.append(title)
        await asyncio.sleep(0.01)


async def copied_under_load(app: AppProcess, slack: Sandbox, copy: Copy) -> list[str]:
    """Copy the database in the midst of many starts; return what was acknowledged before the copy was begun."""
    acknowledged: list[str] = []
    enough = asyncio.Event()
    starting = asyncio.create_task(load(slack, acknowledged, enough))
    await wait_for(lambda: starting.done() or len(acknowledged) >= STARTS_BEFORE)
    before = list(acknowledged)
    await copy(app)
    enough.set()
    await starting
    return before


def stored(database_url: str) -> list[str]:
    """Return the titles of all calls, once it is sure that the tables are today's."""
    engine = open_engine(database_url)
    try:
        assert [] == differences(engine)
        with engine.connect() as connection:
            return list(connection.execute(select(calls.c.title)).scalars())
    finally:
        engine.dispose()


async def goes_on_from(app: AppProcess, slack: Sandbox, database_url: str, before: list[str]) -> None:
    """Start the app on the copy, and see that its calls are whole, shown once, and worked on."""
    await app.terminate()
    restored = stored(database_url)
    assert set() == set(before) - set(restored)
    moved = AppProcess({**app.settings, "DATABASE_URL": database_url}, app.url)
    try:
        await moved.start()
        await wait_for(lambda: left_to_do(database_url) == 0, timeout_s=30)
        shown = Counter(card.blocks[0]["call_id"] for card in cards(slack))
        assert {1} == set(shown.values())
        ack = await slack.person("alice").command(new_channel(slack), "/startcall", "After")
        assert ack.is_ok
        await wait_for(lambda: len(cards(slack)) == len(shown) + 1)
    finally:
        await moved.kill()


async def ran(command: list[str], environment: Mapping[str, str] | None = None) -> None:
    """Run a program to its good end."""
    done = await asyncio.to_thread(
        subprocess.run, command, check=False, capture_output=True, text=True, env=environment
    )
    assert 0 == done.returncode, done.stderr


async def test_sqlite_is_copied_while_the_app_runs(tmp_path: Path) -> None:
    """`python app.py backup FILE`, then the file is put where an empty installation looks for it."""
    target = tmp_path / "backup.sqlite3"

    async def copy(app: AppProcess) -> None:
        environment = {**os.environ, **app.settings}  # noqa: TID251 - a child's own
        await ran([sys.executable, "app.py", "backup", str(target)], environment)

    async with app_and_slack(sqlite_url(tmp_path)) as (app, slack):
        before = await copied_under_load(app, slack, copy)
        empty = tmp_path / "elsewhere"
        empty.mkdir()
        target.rename(empty / "calls.sqlite3")
        await goes_on_from(app, slack, sqlite_url(empty), before)


@pytest.mark.postgres
async def test_postgresql_is_copied_while_the_app_runs(
    postgres_server: PostgresServer, postgres_url: str, tmp_path: Path
) -> None:
    """`pg_dump`, then `pg_restore` into an empty database."""
    programs, target, empty = postgres_server.programs, tmp_path / "startcall.dump", f"{postgres_url}_restored"

    async def copy(app: AppProcess) -> None:
        url = app.settings["DATABASE_URL"]
        await ran([str(programs / "pg_dump"), "--format=custom", f"--file={target}", url])

    async with app_and_slack(postgres_url) as (app, slack):
        before = await copied_under_load(app, slack, copy)
        await ran([str(programs / "createdb"), f"--maintenance-db={postgres_url}", empty.rpartition("/")[2]])
        await ran(
            [str(programs / "pg_restore"), "--no-owner", "--exit-on-error", f"--dbname={empty}", str(target)],
        )
        try:
            await goes_on_from(app, slack, empty, before)
        finally:
            postgres_server.sql(f"DROP DATABASE {empty.rpartition('/')[2]} WITH (FORCE)")
