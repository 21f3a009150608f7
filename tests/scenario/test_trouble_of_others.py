"""What went wrong in other call apps for chats when calls were started, one test for each."""

from __future__ import annotations

import asyncio

import pytest

from sandbox.testing import wait_for
from tests.scenario.asking import question
from tests.world import GENERAL, World, cards


async def test_double_startcall_within_100_ms_makes_one_call(world: World) -> None:
    """People were split between two calls by a race: here one starts, and the other person is asked."""
    starts = (person.command(GENERAL, "/startcall", "Standup") for person in (world.alice, world.bob))
    await asyncio.gather(*starts)
    await question(world, GENERAL)
    await world.card(GENERAL)

    assert 1 == len(world.slack.workspace.calls)


async def test_two_invitees_get_one_room(world: World) -> None:
    """Each person who was named once got a room of their own: here both are in one call's invitation."""
    await world.alice.command(GENERAL, "/startcall", "Lunch @bob @carol")
    card = await world.card(GENERAL)

    assert 1 == len(world.slack.workspace.calls)
    assert "Invited: <@U0BOB000001>, <@U0CAROL0001>" in str(card.blocks)


async def test_at_nobody_starts_a_call_with_that_title(world: World) -> None:
    """A handle nobody has once made the command fail without a word."""
    await world.alice.command(GENERAL, "/startcall", "@nobody")
    await world.card(GENERAL)

    assert ["@nobody"] == [call.title for call in world.slack.workspace.calls.values()]


@pytest.mark.parametrize(
    "title", ["helpdesk", "server-migration sync", "end of sprint", "list of things", "invite-only", "a/b #c ?d é “x”"]
)
async def test_a_title_that_begins_like_a_command_or_has_signs_in_it_is_the_title(world: World, title: str) -> None:
    """Such titles once printed help, changed a setting, or broke the room's address."""
    await world.alice.command(GENERAL, "/startcall", title)
    await world.card(GENERAL)

    (call,) = world.slack.workspace.calls.values()
    assert title == call.title
    assert call.join_url.startswith("http")


async def test_a_command_answered_late_and_sent_again_starts_one_call(world: World) -> None:
    """Whoever types the line again because nothing seems to happen gets no second call, but is told of the first."""
    world.slack.faults.add("calls.add", "delay", delay_s=0.5)
    await world.alice.command(GENERAL, "/startcall", "Standup")
    await world.alice.command(GENERAL, "/startcall", "Standup")
    asked = await question(world, GENERAL)
    await wait_for(lambda: len(cards(world.slack)) == 1)

    assert "“Standup” is already running here" in asked.text
    assert 1 == len(world.slack.workspace.calls)
