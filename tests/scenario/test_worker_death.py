"""What works on calls dies of an error that nobody foresaw: it shows, and it is started again by itself."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest
from sqlalchemy import text

from sandbox.testing import wait_for
from storage.opening import open_engine
from tests.postgres import PostgresServer
from tests.world import GENERAL, World, cards, new_channel, running_world

NEVER = -9_000_000_000_000_000_000
"""Microseconds for which no calendar has a date: reading them fails as nobody foresaw."""

STARTED_AGAIN_S = 15.0

FETCH = "procrastinate_fetch_job_v2"
OTHER_FETCH = f"""
CREATE FUNCTION {FETCH}(character varying[], bigint) RETURNS TABLE (
    id bigint, status text, task_name text, priority int, lock text, queueing_lock text, args jsonb,
    scheduled_at timestamp, queue_name text, attempts int, worker_id bigint
) LANGUAGE sql AS $$ SELECT 1, 'todo', 'advance', 0, 'a', 'a', '{{}}'::jsonb, now()::timestamp, 'calls', 0, $2 $$
"""
"""Gives a time without a zone, which Procrastinate takes no job with."""


@pytest.fixture
async def world(tmp_path: Path, database_url: str) -> AsyncIterator[World]:
    """Run the app against a local Slack, on each database."""
    async with running_world(tmp_path, http=True, database_url=database_url) as running:
        yield running


async def run_sql(database_url: str, *statements: str) -> None:
    """Change the database behind the app's back.

    Args:
        statements: may name `:never`, a time of which no calendar has a date.
    """

    def run() -> None:
        engine = open_engine(database_url)
        with engine.begin() as connection:
            for statement in statements:
                connection.execute(text(statement), {"never": NEVER} if ":never" in statement else {})
        engine.dispose()

    await asyncio.to_thread(run)


async def reasons_not_ready(world: World) -> list[str]:
    """Return what the app says about being ready, which goes with the status."""
    async with aiohttp.ClientSession() as session, session.get(f"{world.server.address}/readyz") as response:
        answer = await response.json()
        assert (response.status == 200, response.status == 503) == (answer["ready"], not answer["ready"])
        return list(answer["reasons"])


async def wait_until_ready(world: World, *, ready: bool) -> list[str]:
    """Wait until the app says that it is ready, or that it is not; return its reasons."""
    async with asyncio.timeout(STARTED_AGAIN_S):
        while (not (reasons := await reasons_not_ready(world))) != ready:  # noqa: ASYNC110 - the server says it only when asked
            await asyncio.sleep(0.05)
    return reasons


async def test_a_sweep_that_died_shows_and_goes_on_by_itself(world: World, database_url: str) -> None:
    """The app says that it is not ready until work that only the sweep finds is done again."""
    await world.alice.command(GENERAL, "/startcall", "Weekly sync")
    await world.alice.command(new_channel(world.slack), "/startcall", "Damaged")
    await wait_for(lambda: len(cards(world.slack)) == 2)
    await world.settled()
    assert [] == await wait_until_ready(world, ready=True)

    await run_sql(database_url, "UPDATE calls SET due_at = :never WHERE title = 'Damaged'")
    reasons = await wait_until_ready(world, ready=False)
    await run_sql(
        database_url,
        "UPDATE calls SET due_at = NULL WHERE title = 'Damaged'",
        "UPDATE calls SET title = 'Retro', due_at = 1 WHERE title = 'Weekly sync'",
    )
    await wait_until_ready(world, ready=True)
    await wait_for(lambda: "calls.update" in world.methods(), STARTED_AGAIN_S)

    assert 1 == len(reasons)
    assert "started again by itself" in reasons[0]
    assert {"Retro", "Damaged"} == {call.title for call in world.slack.workspace.calls.values()}


@pytest.mark.postgres
@pytest.mark.parametrize("replacement", ["", OTHER_FETCH], ids=["gone", "answers_otherwise"])
async def test_a_worker_that_died_shows_and_is_started_again(
    tmp_path: Path, postgres_url: str, replacement: str
) -> None:
    """Somebody else changes the queue's schema: while no job can be had the app is not ready, and then it is again."""
    async with running_world(tmp_path, http=True, database_url=postgres_url) as world:
        assert [] == await wait_until_ready(world, ready=True)
        await run_sql(postgres_url, f"ALTER FUNCTION {FETCH} RENAME TO fetch_before", *filter(None, [replacement]))
        reasons = await wait_until_ready(world, ready=False)
        await world.alice.command(GENERAL, "/startcall", "Weekly sync")
        repair = f"ALTER FUNCTION fetch_before RENAME TO {FETCH}"
        await run_sql(postgres_url, f"DROP FUNCTION IF EXISTS {FETCH}", repair)
        await wait_until_ready(world, ready=True)
        await wait_for(lambda: len(world.cards(GENERAL)) == 1, STARTED_AGAIN_S)

    assert 1 == len(reasons)
    assert "started again by itself" in reasons[0]


@pytest.mark.postgres
async def test_calls_start_at_once_after_the_listening_connection_was_lost(
    tmp_path: Path, postgres_url: str, postgres_server: PostgresServer
) -> None:
    """A worker that is no longer told of jobs is replaced, and does not go on by asking every two seconds."""
    name = postgres_url.rpartition("/")[2]
    async with running_world(tmp_path, http=True, database_url=postgres_url) as world:
        await wait_until_ready(world, ready=True)
        await asyncio.to_thread(postgres_server.deafen, name, 1.0)
        await asyncio.sleep(4)
        await wait_until_ready(world, ready=True)
        for number in range(1, 4):
            await world.alice.command(new_channel(world.slack), "/startcall", f"Call {number}")
            await wait_for(lambda number=number: len(cards(world.slack)) == number, 0.5)  # type: ignore[misc]
            await asyncio.sleep(0.4)


async def test_a_call_that_can_be_neither_read_nor_set_aside_is_not_tried_in_every_turn(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """The others go on, the log says why, and the one is tried again after a pause."""
    url = f"sqlite:///{tmp_path}/calls.sqlite3"
    async with running_world(tmp_path, http=True, database_url=url) as world:
        await world.alice.command(GENERAL, "/startcall", "Weekly sync")
        await world.card(GENERAL)
        with caplog.at_level(logging.ERROR, logger="storage"):
            await run_sql(url, "UPDATE calls SET live_at = :never, due_at = 1")
            await wait_for(lambda: bool(caplog.records))
            await asyncio.sleep(2)
        await world.alice.command(new_channel(world.slack), "/startcall", "Another")
        await wait_for(lambda: len(cards(world.slack)) == 2)
        assert [] == await reasons_not_ready(world)

    assert len(caplog.records) <= 3
