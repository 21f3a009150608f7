"""Two processes start a call in the same conversation at the same instant: the database lets one of them."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest

from sandbox.testing import wait_for
from tests.durability.replicas import replicas
from tests.durability.test_replicas import is_at_rest
from tests.postgres import PostgresServer
from tests.scenario.asking import asked_in
from tests.world import GENERAL, cards, new_channel

pytestmark = pytest.mark.postgres

ROUNDS = 12
AT_ONCE = 4


async def test_starts_at_the_same_instant_make_one_call(
    postgres_server: PostgresServer, postgres_url: str, record_property: Callable[[str, object], None]
) -> None:
    """In each of many channels four people start a call at once over two processes: one card, and three questions."""
    async with replicas(postgres_url, copies=0) as world:
        apps, slack = [world.add(), world.add()], world.slack
        people = [slack.person(name) for name in ("alice", "bob", "carol", "dave")]
        channels = [new_channel(slack) for _ in range(ROUNDS)]
        try:
            await asyncio.gather(*(app.start() for app in apps))
            for channel_id in channels:
                starts = (person.command(channel_id, "/startcall", f"By {person.user_id}") for person in people)
                answers = await asyncio.gather(*starts)
                assert [True] * AT_ONCE == [answer.is_ok for answer in answers]
            await wait_for(lambda: len(cards(slack)) >= ROUNDS, 30)
            await is_at_rest(postgres_server, postgres_url)
        finally:
            await asyncio.gather(*(app.kill() for app in apps))

        record_property("measured", f"{ROUNDS} times {AT_ONCE} starts at once over two processes: one call each time")
        for channel_id in channels:
            assert 1 == len(cards(slack, channel_id))
            assert AT_ONCE - 1 == len(asked_in(slack, channel_id))
        assert ROUNDS == len(slack.workspace.calls)


async def test_regression_the_same_command_twice_within_a_tenth_of_a_second_over_two_processes(
    postgres_server: PostgresServer, postgres_url: str
) -> None:
    """Somebody whose finger slipped gets one call and one question, whichever process each command reaches."""
    async with replicas(postgres_url, copies=0) as world:
        apps, slack = [world.add(), world.add()], world.slack
        alice, channels = slack.person("alice"), [new_channel(slack) for _ in range(ROUNDS)]
        try:
            await asyncio.gather(*(app.start() for app in apps))
            for channel_id in channels:
                first = asyncio.create_task(alice.command(channel_id, "/startcall", "Retro"))
                await asyncio.sleep(0.05)
                answers = [await alice.command(channel_id, "/startcall", "Retro"), await first]
                assert [True, True] == [answer.is_ok for answer in answers]
            await wait_for(lambda: len(cards(slack)) >= ROUNDS, 30)
            await is_at_rest(postgres_server, postgres_url)
        finally:
            await asyncio.gather(*(app.kill() for app in apps))

        assert [1] * ROUNDS == [len(cards(slack, channel_id)) for channel_id in channels]
        assert [1] * ROUNDS == [len(asked_in(slack, channel_id)) for channel_id in channels]
        assert ROUNDS == len(slack.workspace.calls)


async def test_replacing_at_the_same_instant_leaves_one_call(
    postgres_server: PostgresServer, postgres_url: str
) -> None:
    """Two people replace the same call at once: one does, and the other is asked about the new one."""
    async with replicas(postgres_url, copies=0) as world:
        apps, slack = [world.add(), world.add()], world.slack
        try:
            await asyncio.gather(*(app.start() for app in apps))
            await slack.person("alice").command(GENERAL, "/startcall", "First")
            await wait_for(lambda: len(cards(slack)) == 1, 20)
            people = [slack.person(name) for name in ("bob", "carol")]
            for person in people:
                await person.command(GENERAL, "/startcall", f"By {person.user_id}")
            asked = {message.ephemeral_for: message for message in asked_in(slack, GENERAL)}
            presses = (person.click(GENERAL, asked[person.user_id].ts, "replace_call") for person in people)
            answers = await asyncio.gather(*presses)
            await wait_for(lambda: len(cards(slack)) == 2, 20)
            await is_at_rest(postgres_server, postgres_url)
            await wait_for(lambda: len(asked_in(slack, GENERAL)) == 1, 20)
        finally:
            await asyncio.gather(*(app.kill() for app in apps))

        assert [True, True] == [answer.is_ok for answer in answers]
        assert 1 == sum(not call.date_end for call in slack.workspace.calls.values())
        assert "“By U0" in asked_in(slack, GENERAL)[0].text


async def test_a_copy_of_a_start_that_was_asked_about_gets_the_same_question(
    postgres_server: PostgresServer, postgres_url: str
) -> None:
    """Slack delivers it four times to each of two processes: every copy is answered with the same buttons."""
    async with replicas(postgres_url, copies=4) as world:
        apps, slack = [world.add(), world.add()], world.slack
        try:
            await asyncio.gather(*(app.start() for app in apps))
            await slack.person("alice").command(GENERAL, "/startcall", "First")
            await wait_for(lambda: len(cards(slack)) == 1, 20)
            await slack.person("bob").command(GENERAL, "/startcall", "Second")
            await is_at_rest(postgres_server, postgres_url)
        finally:
            await asyncio.gather(*(app.kill() for app in apps))

        assert [1, 1] == [len(answers) for answers in world.front.answers]
        assert 1 == len(cards(slack))
        assert 1 == len(asked_in(slack, GENERAL))
