"""A call that was ended by mistake goes on for two minutes: once, in the same room, for whoever may end it."""

from __future__ import annotations

import asyncio

from calls.preferences import Who, WorkspacePreferences
from sandbox.testing import wait_for
from sandbox.workspace import Message
from tests.scenario.ringing import call_of, card_line, pass_s
from tests.scenario.test_permissions import choose
from tests.world import GENERAL, World


async def ended(world: World) -> Message:
    """Have Bob start a call and end it, and return its card."""
    await world.bob.command(GENERAL, "/startcall", "Weekly sync")
    card = await world.card(GENERAL)
    await world.bob.click(GENERAL, card.ts, "end_call")
    await wait_for(lambda: world.buttons(world.cards(GENERAL)[0]) == ["reopen_call"])
    await world.settled()
    return world.cards(GENERAL)[0]


async def test_a_reopened_call_is_a_new_card_with_the_same_link(world: World) -> None:
    """Slack gets a call of its own, as an ended one stays ended; the old card loses its button at once."""
    card = await ended(world)
    await world.alice.click(GENERAL, card.ts, "reopen_call")
    again = await world.card(GENERAL, 2)
    await wait_for(lambda: world.buttons(world.cards(GENERAL)[0]) == [])

    first, second = world.slack.workspace.calls.values()
    assert first.join_url == second.join_url
    assert first.id != second.id
    assert "Weekly sync" == second.title
    assert world.bob.user_id == second.created_by
    assert f"Reopened by <@{world.alice.user_id}>" in card_line(again)
    assert "end_call" in world.buttons(again)


async def test_pressed_by_many_at_once_it_goes_on_once(world: World) -> None:
    """The others read that it goes on already."""
    card = await ended(world)
    people = [world.slack.person(name) for name in ("alice", "bob", "carol", "dave")]
    await asyncio.gather(*(person.click(GENERAL, card.ts, "reopen_call") for person in people))
    await world.card(GENERAL, 2)
    told = [text for person in people for text in world.told(GENERAL, person.user_id)]

    assert 2 == len(world.slack.workspace.calls)
    assert 3 == sum("goes on already" in text for text in told)


async def test_after_two_minutes_the_button_goes(world: World) -> None:
    """And a press that was on its way comes too late."""
    card = await ended(world)
    alice = world.alice
    await pass_s(world, 121)
    await wait_for(lambda: world.buttons(world.cards(GENERAL)[0]) == [])

    assert "Ended by" in card_line(world.cards(GENERAL)[0])
    assert 1 == len(world.cards(GENERAL))
    assert [] == world.told(GENERAL, alice.user_id)
    assert card.ts == world.cards(GENERAL)[0].ts


async def test_only_those_who_may_end_may_reopen(world: World) -> None:
    """Others are told who may."""
    await choose(world, WorkspacePreferences(ends=Who.STARTER))
    card = await ended(world)
    dave = world.slack.person("dave")
    await dave.click(GENERAL, card.ts, "reopen_call")
    await wait_for(lambda: bool(world.told(GENERAL, dave.user_id)))

    assert "can be ended by whoever started it" in world.told(GENERAL, dave.user_id)[0]
    assert 1 == len(world.slack.workspace.calls)


async def test_a_reopened_call_can_be_ended_and_reopened_again(world: World) -> None:
    """Each time in the room that was first made."""
    card = await ended(world)
    await world.bob.click(GENERAL, card.ts, "reopen_call")
    second = await world.card(GENERAL, 2)
    await world.bob.click(GENERAL, second.ts, "end_call")
    await wait_for(lambda: world.buttons(world.cards(GENERAL)[1]) == ["reopen_call"])
    await world.settled()
    await world.bob.click(GENERAL, second.ts, "reopen_call")
    await world.card(GENERAL, 3)

    assert 1 == len({call.join_url for call in world.slack.workspace.calls.values()})
    assert (await call_of(world)).sequel.room_of is not None
