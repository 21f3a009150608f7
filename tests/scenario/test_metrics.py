"""`GET /metrics`: what happened is counted once, names nobody, and is told whatever is down."""

from __future__ import annotations

import aiohttp
import pytest
from sqlalchemy import text

from calls.errors import StorageError
from listeners.socket_mode import CONNECTIONS
from sandbox.testing import wait_for
from tests.scraping import Samples, grown, number, scrape
from tests.world import GENERAL, World

LABELS = {"kind", "result", "reason", "step", "method", "code", "provider", "le"}
OF_THE_LANGUAGE = {"implementation", "major", "minor", "patchlevel", "version"}


async def life(world: World, title: str) -> None:
    """Start a call and end it."""
    await world.alice.command(GENERAL, "/startcall", title)
    await world.card(GENERAL, len(world.cards(GENERAL)) + 1)
    await world.alice.command(GENERAL, "/startcall", "end")
    await wait_for(lambda: "calls.end" in world.methods()[-2:])
    await world.settled()


async def look(world: World) -> Samples:
    """Return what is told now."""
    return await scrape(world.server.address)


async def test_a_calls_life_is_counted(world: World) -> None:
    """Two commands, three steps to start and the requests they take are each counted once."""
    before = await look(world)
    await life(world, "Weekly sync")
    after = await look(world)

    assert 2 == grown(before, after, "startcall_ack_seconds_count", kind="command", result="taken")
    assert [1, 1, 1, 1] == [
        grown(before, after, "startcall_steps_total", step=step, result="done")
        for step in ("make_room", "register", "post", "end_at_slack")
    ]
    assert [1, 1, 1] == [
        grown(before, after, "startcall_slack_requests_total", method=method, code="ok")
        for method in ("calls.add", "chat.postMessage", "calls.end")
    ]
    assert 1 == grown(before, after, "startcall_slack_request_seconds_count", method="calls.add")
    assert 1 <= grown(before, after, "startcall_provider_request_seconds_count", provider="link", result="ok")
    assert 2 <= grown(before, after, "startcall_wakeups_total", result="done")


async def test_how_much_there_is_to_do_is_told(world: World) -> None:
    """Calls that run, are due and were set aside are numbers of the database's, not of this process's memory."""
    await world.alice.command(GENERAL, "/startcall", "Weekly sync")
    await world.card(GENERAL)
    samples = await look(world)

    assert 1 == number(samples, "startcall_calls_running")
    assert 0 == number(samples, "startcall_calls_set_aside")
    assert 1 == number(samples, "startcall_database_up")
    assert ("startcall_queue_depth", ()) in samples
    assert 0 <= number(samples, "startcall_queue_age_seconds") < 60


async def test_connections_are_told_only_where_slack_delivers_over_them(world: World) -> None:
    """An alert on no connection must not go off where none is wanted."""
    socket_mode = world.server.socket_mode
    await wait_for(lambda: socket_mode is None or socket_mode.connections == CONNECTIONS)
    samples = await look(world)
    told = samples.get(("startcall_socket_mode_connections", ()))

    assert (None if socket_mode is None else CONNECTIONS) == told


async def test_refusals_of_slack_are_counted_by_code(world: World) -> None:
    """A limit, and a code that nobody knows, which must not become a label."""
    world.slack.faults.add("calls.add", "429", retry_after_s=1)
    before = await look(world)
    await life(world, "Weekly sync")
    world.slack.faults.add("calls.add", "error", error="brand_new_code")
    await world.alice.command(GENERAL, "/startcall", "Another")
    await world.settled()
    after = await look(world)

    assert 1 == grown(before, after, "startcall_slack_requests_total", method="calls.add", code="ratelimited")
    assert 1 == grown(before, after, "startcall_slack_requests_total", method="calls.add", code="other")
    assert 1 <= grown(before, after, "startcall_slack_wait_seconds_count", method="calls.add")


async def test_labels_are_few_and_name_nobody(world: World) -> None:
    """However many people, calls and channels there are, the number of lines stays the same."""
    await life(world, "First")
    first = await look(world)
    for count in range(3):
        await world.bob.command(GENERAL, "/startcall", f"Call {count}")
        await world.card(GENERAL, 2 + count)
        await world.bob.command(GENERAL, "/startcall", "end")
        await world.settled()
    second = await look(world)
    workspace = world.slack.workspace
    values = {value for _, labels in second for _, value in labels}
    nobody = {*workspace.users, *workspace.channels, *workspace.calls, "First", "Call 1", "Weekly sync"}

    assert set() == values & nobody
    assert {name for _, labels in second for name, _ in labels} <= LABELS | OF_THE_LANGUAGE
    assert set() == {key for key in second.keys() - first.keys() if "bucket" not in key[0]}


@pytest.mark.parametrize("world", ["http"], indirect=True)
async def test_requests_that_are_not_slacks_are_counted(world: World) -> None:
    """Whoever probes, or a wrong signing secret, shows."""
    before = await look(world)
    async with aiohttp.ClientSession() as session:
        for _ in range(3):
            async with session.post(f"{world.server.address}/slack/events", data={"command": "/startcall"}) as answer:
                assert 401 == answer.status
    after = await look(world)

    assert 3 == grown(before, after, "startcall_deliveries_refused_total", reason="signature")
    assert 0 == grown(before, after, "startcall_ack_seconds_count", kind="command", result="taken")


async def test_made_up_kinds_and_meeting_systems_make_no_lines(world: World) -> None:
    """Nobody outside can make up labels."""
    before = await look(world)
    async with aiohttp.ClientSession() as session:
        for name in ("nobody", "x" * 40):
            async with session.post(f"{world.server.address}/hooks/{name}", data=b"{}") as answer:
                assert 404 == answer.status
    after = await look(world)

    assert set() == {key for key in after.keys() - before.keys() if key[0].startswith("startcall_hooks")}


async def test_a_database_that_is_down_does_not_stop_metrics(world: World) -> None:
    """What is counted here is told all the same, and what is not known is left out."""
    database = world.server.database
    # Until it has looked for calls that were set aside, as it does at its start.
    assert [] == await world.server.reasons_not_ready()
    await database.change(lambda connection: connection.execute(text("ALTER TABLE calls RENAME TO c")))
    with pytest.raises(StorageError):
        await database.next_due_at()
    samples = await look(world)
    await database.change(lambda connection: connection.execute(text("ALTER TABLE c RENAME TO calls")))

    assert 0 == number(samples, "startcall_database_up")
    assert ("startcall_queue_depth", ()) not in samples
    assert ("process_start_time_seconds", ()) in samples
    assert 1 == number(await look(world), "startcall_database_up")
