"""Several processes on one PostgreSQL: one effect of each delivery, and no work lost with a process."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Callable

import pytest

from sandbox.server import Sandbox
from sandbox.testing import wait_for
from storage.lease import LIMIT_S
from tests.durability.at_rest import left_to_do
from tests.durability.process import AppProcess
from tests.durability.replicas import replicas
from tests.postgres import PostgresServer
from tests.world import GENERAL, cards, new_channel

pytestmark = [pytest.mark.postgres, pytest.mark.timeout(120)]

TAKEN_OVER_S = LIMIT_S + 5.0
PAUSED_LONG_S = 60.0


def open_calls(slack: Sandbox) -> int:
    """Return how many calls are open at Slack."""
    return sum(not call.date_end for call in slack.workspace.calls.values())


async def is_at_rest(server: PostgresServer, url: str) -> None:
    """Wait until nothing is left to do for any call, and no job is left."""
    database = url.rpartition("/")[2]

    def is_busy() -> bool:
        return left_to_do(url) > 0 or server.sql("SELECT count(*) FROM procrastinate_jobs", database) != "0"

    async with asyncio.timeout(30):
        while await asyncio.to_thread(is_busy):  # noqa: ASYNC110 - another process's doing
            await asyncio.sleep(0.1)


async def test_a_delivery_that_comes_four_times_at_once_to_two_processes_has_one_effect(
    postgres_server: PostgresServer, postgres_url: str, record_property: Callable[[str, object], None]
) -> None:
    """Every copy gets the same answer, and Slack sees one call, one card, one joining and one end for each."""
    async with replicas(postgres_url, copies=4) as world:
        apps = [world.add(), world.add()]
        slack, alice = world.slack, world.slack.person("alice")
        try:
            await asyncio.gather(*(app.start() for app in apps))
            starts = (alice.command(new_channel(slack), "/startcall", f"Call {number}") for number in range(10))
            await asyncio.gather(*starts)
            await wait_for(lambda: len(cards(slack)) >= 10, 30)
            await is_at_rest(postgres_server, postgres_url)
            for card in cards(slack):
                await alice.click(card.channel_id, card.ts, "join_call")
                await alice.click(card.channel_id, card.ts, "end_call")
            await wait_for(lambda: open_calls(slack) == 0, 30)
            await is_at_rest(postgres_server, postgres_url)
        finally:
            await asyncio.gather(*(app.kill() for app in apps))

        record_property(
            "measured", f"{len(world.front.answers)} deliveries, four copies to each of two: one effect of each"
        )
        assert [1] * 30 == [len(answers) for answers in world.front.answers]
        assert len(cards(slack)) == 10
        assert len(slack.workspace.calls) == 10
        for method in ("calls.add", "chat.postMessage", "calls.end", "chat.update"):
            assert len(slack.api_calls(method)) == 10, method


async def hold_work(slack: Sandbox, app: AppProcess, method: str) -> None:
    """Start a call and return while a process waits for Slack's answer to a request about it."""
    await app.start()
    slack.faults.add(method, "hang_after")
    await slack.person("alice").command(GENERAL, "/startcall", "Weekly")
    await wait_for(lambda: len(slack.api_calls(method)) == 1)


@pytest.mark.parametrize("method", ["calls.add", "chat.postMessage"])
async def test_work_of_a_process_killed_for_good_is_taken_over_in_time(
    postgres_server: PostgresServer, postgres_url: str, method: str, record_property: Callable[[str, object], None]
) -> None:
    """Of two others one goes on, without intake, within the heartbeat limit and 5 s, and posts nothing twice."""
    async with replicas(postgres_url) as world:
        first, others = world.add(), [world.add("worker", takes_in=False) for _ in range(2)]
        try:
            await hold_work(world.slack, first, method)
            await asyncio.gather(*(other.start() for other in others))
            await first.kill()
            killed_at = asyncio.get_running_loop().time()
            await wait_for(lambda: len(cards(world.slack)) == 1, TAKEN_OVER_S)
            await is_at_rest(postgres_server, postgres_url)
            taken_s = asyncio.get_running_loop().time() - killed_at
        finally:
            await asyncio.gather(*(app.kill() for app in (first, *others)))

        record_property("measured", f"one of three killed in {method}: taken over and at rest after {taken_s:.1f} s")
        assert taken_s < TAKEN_OVER_S
        assert len(cards(world.slack)) == 1
        assert open_calls(world.slack) == 1


@pytest.mark.parametrize("method", ["calls.add", "chat.postMessage"])
async def test_a_process_that_was_paused_while_another_took_over_does_nothing_more(
    postgres_server: PostgresServer,
    postgres_url: str,
    method: str,
    record_property: Callable[[str, object], None],
    *,
    is_long: bool,
) -> None:
    """When it goes on it gets its answer from Slack, and neither stores it nor sends the next request."""
    paused_s = PAUSED_LONG_S if is_long else 0.0
    async with replicas(postgres_url) as world:
        first, second = world.add(), world.add("worker", takes_in=False)
        slack = world.slack
        try:
            await hold_work(slack, first, method)
            await second.start()
            first.signal(signal.SIGSTOP)
            paused_at = asyncio.get_running_loop().time()
            await wait_for(lambda: len(cards(slack)) == 1, TAKEN_OVER_S)
            await is_at_rest(postgres_server, postgres_url)
            await asyncio.sleep(paused_at + paused_s - asyncio.get_running_loop().time())
            before = len(slack.api_calls())
            slack.faults.clear()
            first.signal(signal.SIGCONT)
            paused_s = asyncio.get_running_loop().time() - paused_at
            await asyncio.sleep(5)
            await is_at_rest(postgres_server, postgres_url)
            sent_late = slack.api_calls()[before:]
            await slack.person("alice").click(GENERAL, cards(slack)[0].ts, "end_call")
            await wait_for(lambda: open_calls(slack) == 0, 10)
        finally:
            await asyncio.gather(first.kill(), second.kill())

        record_property(
            "measured",
            f"paused for {paused_s:.0f} s in {method}: {len(sent_late)} late requests, 1 card, ended by hand",
        )
        assert sent_late == []
        assert len(cards(slack)) == 1


async def test_a_restart_of_the_database_under_load_loses_and_doubles_nothing(
    postgres_server: PostgresServer, postgres_url: str, record_property: Callable[[str, object], None]
) -> None:
    """Every command that was taken is on one card, and every one that was not said so."""
    async with replicas(postgres_url, copies=0) as world:
        apps = [world.add(), world.add()]
        slack, alice = world.slack, world.slack.person("alice")
        taken: list[str] = []

        async def start(number: int) -> None:
            await asyncio.sleep(number * 0.04)
            ack = await alice.command(new_channel(slack), "/startcall", f"Call {number}")
            if ack.is_ok and not ack.payload:
                taken.append(f"Call {number}")

        async def restart() -> None:
            for wait_s in (1.0, 2.0):
                await asyncio.sleep(wait_s)
                await asyncio.to_thread(postgres_server.restart)

        try:
            await asyncio.gather(*(app.start() for app in apps))
            await asyncio.gather(restart(), *(start(number) for number in range(150)))
            await is_at_rest(postgres_server, postgres_url)
        finally:
            await asyncio.gather(*(app.kill() for app in apps))

        titles = [str(slack.workspace.calls[card.blocks[0]["call_id"]].title) for card in cards(slack)]
        record_property("measured", f"restarted twice: {len(taken)} of 150 starts taken, {len(titles)} cards")
        assert sorted(taken) == sorted(titles)
        assert len(slack.workspace.calls) == len(titles)


async def test_a_process_that_is_stopped_hands_over(
    postgres_server: PostgresServer, postgres_url: str, record_property: Callable[[str, object], None]
) -> None:
    """SIGTERM with 30 starts in flight ends in time with status 0, and all 30 get their cards."""
    async with replicas(postgres_url, copies=0) as world:
        first, second = world.add(), world.add("worker", takes_in=False)
        slack, alice = world.slack, world.slack.person("alice")
        slack.faults.add("calls.add", "delay", delay_s=0.5, times=30)
        try:
            await asyncio.gather(first.start(), second.start())
            starts = (alice.command(new_channel(slack), "/startcall", f"Call {number}") for number in range(30))
            await asyncio.gather(*starts)
            stopped_at = asyncio.get_running_loop().time()
            status = await first.terminate()
            stop_s = asyncio.get_running_loop().time() - stopped_at
            await is_at_rest(postgres_server, postgres_url)
        finally:
            await asyncio.gather(first.kill(), second.kill())

        record_property("measured", f"handed over to another process: ended after {stop_s:.1f} s")
        assert (status, stop_s < 10.0) == (0, True)
        assert len(cards(slack)) == 30
        assert len(slack.workspace.calls) == 30


async def test_a_worker_that_has_to_start_again_cuts_off_no_request(
    postgres_server: PostgresServer, postgres_url: str
) -> None:
    """A slow Slack still does what it was sent, so nobody else may go on before its answer is there."""
    name = postgres_url.rpartition("/")[2]
    async with replicas(postgres_url) as world:
        first, second = world.add(), world.add("worker", takes_in=False)
        slack = world.slack
        slack.faults.add("chat.postMessage", "delay", delay_s=8)
        try:
            await asyncio.gather(first.start(), second.start())
            await slack.person("alice").command(GENERAL, "/startcall", "Weekly")
            await wait_for(lambda: slack.faults.planned == 0)
            await asyncio.to_thread(postgres_server.deafen, name, 1.0)
            await wait_for(lambda: len(cards(slack)) == 1, 30)
            await asyncio.sleep(5)
            await is_at_rest(postgres_server, postgres_url)
        finally:
            await asyncio.gather(first.kill(), second.kill())

        assert len(cards(slack)) == 1
        assert len(slack.api_calls("chat.postMessage")) == 1


@pytest.mark.parametrize("server_runs", [True, False])
async def test_the_operator_ends_a_call_beside_a_server_and_without_one(
    postgres_server: PostgresServer, postgres_url: str, *, server_runs: bool
) -> None:
    """The command is one more process that works, so it needs no server and disturbs none."""
    async with replicas(postgres_url) as world:
        app = world.add()
        command = world.add("calls", "end", "?", takes_in=False)
        try:
            await app.start()
            await world.slack.person("alice").command(GENERAL, "/startcall", "Left over")
            await wait_for(lambda: len(cards(world.slack)) == 1)
            await is_at_rest(postgres_server, postgres_url)
            if not server_runs:
                await app.kill()
            command.arguments = ("calls", "end", next(iter(world.slack.workspace.calls)))
            status = await command.run()
            await is_at_rest(postgres_server, postgres_url)
        finally:
            await app.kill()

        assert status == 0
        assert open_calls(world.slack) == 0
        assert len(world.slack.api_calls("chat.update")) == 1


async def test_a_wait_that_slack_asked_for_ends_in_time(
    postgres_server: PostgresServer, postgres_url: str, record_property: Callable[[str, object], None]
) -> None:
    """A timer is only a time in the row, and still rings within a second, in whichever process."""
    async with replicas(postgres_url, copies=0) as world:
        apps = [world.add(), world.add()]
        slack = world.slack
        slack.faults.add("chat.postMessage", "429", retry_after_s=4)
        try:
            await asyncio.gather(*(app.start() for app in apps))
            await slack.person("alice").command(GENERAL, "/startcall", "Weekly")
            await wait_for(lambda: len(slack.api_calls("chat.postMessage")) == 1)
            refused_at = asyncio.get_running_loop().time()
            await wait_for(lambda: len(cards(slack)) == 1, 10)
            waited_s = asyncio.get_running_loop().time() - refused_at
            await is_at_rest(postgres_server, postgres_url)
        finally:
            await asyncio.gather(*(app.kill() for app in apps))

        record_property("measured", f"Retry-After of 4 s: sent again after {waited_s:.2f} s")
        assert 3.9 < waited_s < 5.0
        assert len(slack.api_calls("chat.postMessage")) == 2
