"""Socket Mode outlives its connections: no gap, and nothing in flight left without an answer."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from sandbox.delivery.socket_mode import Break
from sandbox.testing import wait_for
from tests.world import GENERAL, World, running_world

BREAKS: tuple[Break, ...] = ("close", "fin", "rst", "silence")
IN_FLIGHT = 20


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    """Run the app on Socket Mode, with both of its connections open."""
    async with running_world(tmp_path, http=False) as running:
        await both_are_open(running)
        yield running


async def both_are_open(world: World) -> None:
    """Wait until Slack has two connections to deliver over."""
    await wait_for(lambda: world.slack.socket_mode.connections == 2)


async def list_calls(world: World) -> float:
    """Type a command and return how long its answer took, in seconds."""
    began_s = asyncio.get_running_loop().time()
    answer = await world.alice.command(GENERAL, "/startcall", "list")
    assert answer.is_ok, answer
    return asyncio.get_running_loop().time() - began_s


@pytest.mark.parametrize("how", BREAKS)
async def test_the_end_of_one_connection_is_no_gap(world: World, how: Break) -> None:
    """Whatever ends it, the other one takes over at once, and a new one takes its place."""
    await world.slack.socket_mode.break_one(how)

    answered_s = [await list_calls(world) for _ in range(5)]

    assert max(answered_s) < 1
    await wait_for(lambda: world.slack.socket_mode.connections == 2, 10)


@pytest.mark.parametrize("how", BREAKS)
async def test_what_is_in_flight_when_a_connection_ends_is_answered(world: World, how: Break) -> None:
    """An acknowledgement goes over whichever connection is left."""
    commands = [asyncio.create_task(list_calls(world)) for _ in range(IN_FLIGHT)]
    await asyncio.sleep(0)
    await world.slack.socket_mode.break_one(how)

    await asyncio.gather(*commands)


@pytest.mark.parametrize("how", ["close", "fin", "rst"])
async def test_without_any_connection_there_is_a_new_one_within_a_second(world: World, how: Break) -> None:
    """When both end at once, people wait for no longer than that."""
    began_s = asyncio.get_running_loop().time()
    for _ in range(2):
        await world.slack.socket_mode.break_one(how)
    await wait_for(lambda: world.slack.socket_mode.connections > 0)

    assert asyncio.get_running_loop().time() - began_s < 1
    await list_calls(world)


async def test_silence_is_noticed_within_ten_seconds(world: World) -> None:
    """A connection that is there in name only is replaced."""
    began_s = asyncio.get_running_loop().time()
    for _ in range(2):
        await world.slack.socket_mode.break_one("silence")
    await wait_for(lambda: world.slack.socket_mode.connections > 0, 15)

    assert asyncio.get_running_loop().time() - began_s < 10


@pytest.mark.parametrize("reason", ["warning", "refresh_requested"])
async def test_an_announced_end_is_no_gap(world: World, reason: str) -> None:
    """New connections are open before Slack ends the old ones, which are listened to until then."""
    commands = [asyncio.create_task(list_calls(world)) for _ in range(IN_FLIGHT)]
    await world.slack.socket_mode.disconnect(reason, close=False)
    await wait_for(lambda: world.slack.socket_mode.connections == 4)
    await asyncio.gather(*commands)

    assert await list_calls(world) < 1


async def test_the_app_is_not_ready_while_no_connection_is_open(world: World) -> None:
    """Whoever asks whether it can take work hears that it cannot, and that it can again."""
    assert [] == await world.server.reasons_not_ready()
    world.slack.faults.add("apps.connections.open", "500", times=6)
    world.slack.socket_mode.drop()
    await wait_for(lambda: world.server.socket_mode is not None and world.server.socket_mode.connections == 0)

    assert ["Socket Mode is not connected yet."] == await world.server.reasons_not_ready()
    await wait_for(lambda: world.slack.socket_mode.connections == 2, 15)
    assert [] == await world.server.reasons_not_ready()


async def test_a_refusal_for_good_ends_both_connections(world: World, caplog: pytest.LogCaptureFixture) -> None:
    """Nobody would read what Slack sends over the other; whoever asks hears why, and it is not tried again."""
    world.slack.faults.add("apps.connections.open", "error", error="invalid_auth")
    commands = [asyncio.create_task(list_calls(world)) for _ in range(IN_FLIGHT)]
    await world.slack.socket_mode.break_one("close")
    await wait_for(lambda: world.server.connection.refusal is not None)

    assert 0 == await world.server.count_sockets()
    await wait_for(lambda: world.slack.socket_mode.connections == 0)
    await asyncio.gather(*commands)
    (reason,) = await world.server.reasons_not_ready()
    assert "refused the app-level token (invalid_auth)" in reason
    assert reason in caplog.text
    assert 3 == len(world.slack.api_calls("apps.connections.open"))
