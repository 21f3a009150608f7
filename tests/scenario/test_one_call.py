"""One call in each conversation at a time: whoever wants another is asked, and two at the same instant make one."""

from __future__ import annotations

import asyncio

import pytest
from sqlalchemy import select, text

from calls.model import Person, TeamId, UserId
from calls.preferences import Holder, Who, WorkspacePreferences
from sandbox.person import Person as Somebody
from sandbox.testing import wait_for
from sandbox.workspace import CallRecord, Message
from storage.tables import calls
from tests.choosing import Choosing
from tests.scenario.asking import buttons, press, question, questions
from tests.world import GENERAL, World


def by_title(world: World) -> dict[str | None, CallRecord]:
    """Return the calls at Slack by their titles."""
    return {call.title: call for call in world.slack.workspace.calls.values()}


async def ask_again(world: World, person: Somebody, title: str = "Retro") -> Message:
    """Start a call in a conversation where one is running already, and return what is asked."""
    await world.alice.command(GENERAL, "/startcall", "Weekly sync")
    await world.card(GENERAL)
    await person.command(GENERAL, "/startcall", title)
    return await question(world, GENERAL)


async def test_a_second_start_is_asked_about_and_starts_nothing(world: World) -> None:
    """The person alone sees which call is running, by whom, and what can be done; Slack is asked nothing more."""
    asked = await ask_again(world, world.bob)

    assert world.bob.user_id == asked.ephemeral_for
    assert "“Weekly sync” is already running here, started by <@U0ALICE0001>" in asked.text
    assert "“Retro” was not started yet" in asked.text
    assert ["Join", "Replace it", "Start another", "Cancel"] == buttons(asked)
    assert ["calls.add", "chat.postMessage"] == world.methods()


async def test_join_below_the_question_shows_the_person_as_in_the_running_call(world: World) -> None:
    """The question's own message is not taken for the card, which stays the one it was."""
    asked = await ask_again(world, world.bob)
    await press(world.bob, asked, "join_call")
    await wait_for(lambda: "calls.participants.add" in world.methods())
    await world.settled()
    await world.bob.command(GENERAL, "/startcall", "end")
    card = await world.card(GENERAL)
    await wait_for(lambda: "chat.update" in world.methods())

    assert 1 == len(world.slack.workspace.calls)
    assert "end_call" not in world.buttons(card)
    assert any("You are in “Weekly sync”" in text for text in world.told(GENERAL, world.bob.user_id))


async def test_replace_ends_the_running_call_and_starts_the_new_one(world: World) -> None:
    """Both cards follow, and the question gives way to what was done."""
    asked = await ask_again(world, world.bob)
    await press(world.bob, asked, "replace_call")
    await world.card(GENERAL, 2)
    at_slack = by_title(world)
    await wait_for(lambda: at_slack["Weekly sync"].date_end > 0)
    await wait_for(lambda: not questions(world, GENERAL))

    assert 0 == at_slack["Retro"].date_end
    assert ["Ending “Weekly sync” and starting “Retro” in its place."] == world.told(GENERAL, world.bob.user_id)


async def test_start_another_lets_both_run(world: World) -> None:
    """Afterwards the first one still has the place: a third start is asked about that one."""
    asked = await ask_again(world, world.bob)
    await press(world.bob, asked, "confirm_start_call")
    await world.card(GENERAL, 2)
    await world.alice.command(GENERAL, "/startcall", "Third")
    third = await question(world, GENERAL)

    assert [0, 0] == [call.date_end for call in by_title(world).values()]
    assert "“Weekly sync” is already running" in third.text


async def test_cancel_starts_nothing_and_a_second_press_says_so(world: World) -> None:
    """Whoever presses twice, or another button afterwards, reads that it was answered, and nothing happens."""
    asked = await ask_again(world, world.bob)
    blocks = list(asked.blocks)
    await press(world.bob, asked, "cancel_start_call")
    await wait_for(lambda: not questions(world, GENERAL))
    asked.blocks[:] = blocks
    await press(world.bob, asked, "confirm_start_call")
    await wait_for(lambda: "answered already" in world.told(GENERAL, world.bob.user_id)[-1])
    await world.settled()

    assert 1 == len(world.cards(GENERAL))


async def test_replace_never_ends_a_call_that_was_not_named(world: World) -> None:
    """The call that was asked about is over and another has begun: the person is asked about that one."""
    asked = await ask_again(world, world.bob)
    await world.alice.command(GENERAL, "/startcall", "end")
    await wait_for(lambda: by_title(world)["Weekly sync"].date_end > 0)
    await world.alice.command(GENERAL, "/startcall", "Planning")
    await world.card(GENERAL, 2)
    await press(world.bob, asked, "replace_call")
    await wait_for(lambda: "“Planning” is already running" in questions(world, GENERAL)[-1].text)

    assert 0 == by_title(world)["Planning"].date_end
    assert {"Weekly sync", "Planning"} == set(by_title(world))


async def test_replace_is_for_those_who_may_end_the_running_call(world: World) -> None:
    """Whoever may not reads who may, and both calls stay as they are."""
    team_id = TeamId(world.slack.workspace.team.id)
    alice = Person(team_id, UserId(world.alice.user_id))
    await Choosing(world.server.database).choose(
        alice, Holder.WORKSPACE, team_id, WorkspacePreferences(ends=Who.STARTER)
    )
    asked = await ask_again(world, world.bob)
    await press(world.bob, asked, "replace_call")
    await wait_for(lambda: not questions(world, GENERAL))
    await world.settled()

    assert 0 == by_title(world)["Weekly sync"].date_end
    assert 1 == len(world.cards(GENERAL))
    assert "<@U0ALICE0001>" in world.told(GENERAL, world.bob.user_id)[-1]


async def test_the_call_asked_about_has_ended_meanwhile(world: World) -> None:
    """Then whatever starts the call just starts it, in the place that is free again."""
    asked = await ask_again(world, world.bob)
    await world.alice.command(GENERAL, "/startcall", "end")
    await wait_for(lambda: by_title(world)["Weekly sync"].date_end > 0)
    await press(world.bob, asked, "replace_call")
    await world.card(GENERAL, 2)
    await world.alice.command(GENERAL, "/startcall", "Third")

    assert "“Retro” is already running" in (await question(world, GENERAL)).text


async def test_a_thread_is_a_conversation_of_its_own(world: World) -> None:
    """A call about a message does not keep the channel from having one; a second about the same message does."""
    message = await world.bob.say(GENERAL, "The build is red")
    assert message is not None
    await world.alice.command(GENERAL, "/startcall", "Weekly sync")
    await world.card(GENERAL)
    await world.bob.message_shortcut("start_call_about_message", GENERAL, message.ts)
    await world.card(GENERAL, 2)
    assert not questions(world, GENERAL)
    await world.alice.message_shortcut("start_call_about_message", GENERAL, message.ts)
    asked = await question(world, GENERAL)

    assert "“The build is red” is already running" in asked.text
    assert 2 == len(world.cards(GENERAL))


@pytest.mark.parametrize("name", ["alice--bob", "mpdm-alice--bob--carol-1"])
async def test_direct_messages_have_one_call_too(world: World, name: str) -> None:
    """In a conversation of two or of a few, the second start is asked about as in a channel."""
    channel_id = world.channel(name)
    await world.alice.command(channel_id, "/startcall", "Just us")
    await world.card(channel_id)
    await world.bob.command(channel_id, "/startcall", "Also us")

    assert "“Just us” is already running" in (await question(world, channel_id)).text


async def test_from_the_dialog_the_question_comes_as_a_direct_message(world: World) -> None:
    """Whoever uses the dialog may be looking at any conversation, so the question names the one it is about."""
    await world.alice.command(GENERAL, "/startcall", "Weekly sync")
    await world.card(GENERAL)
    await world.bob.global_shortcut("start_call")
    await wait_for(lambda: world.slack.workspace.views)
    view = list(world.slack.workspace.views.values())[-1]
    await world.bob.submit(view.id, {"title": "Retro", "channel": GENERAL})
    await wait_for(lambda: any(questions(world, one) for one in world.slack.workspace.messages))
    asked = next(questions(world, one)[0] for one in world.slack.workspace.messages if questions(world, one))
    text_asked = asked.text
    await press(world.bob, asked, "replace_call")
    await world.card(GENERAL, 2)

    assert asked.channel_id.startswith("D")
    assert f"already running in <#{GENERAL}>" in text_asked


async def test_a_question_that_nobody_answers_is_let_go_of(world: World) -> None:
    """Later the buttons start nothing, and nothing is left to do."""
    asked = await ask_again(world, world.bob)
    long_ago = "UPDATE calls SET created_at = 1, due_at = 1 WHERE state = 'waiting'"
    await world.server.database.change(lambda connection: connection.execute(text(long_ago)))
    async with asyncio.timeout(5):
        while "withdrawn" not in await states(world):  # noqa: ASYNC110 - the database tells nobody
            await asyncio.sleep(0.05)
    await press(world.bob, asked, "confirm_start_call")
    await wait_for(lambda: "too long ago" in world.told(GENERAL, world.bob.user_id)[-1])

    assert 1 == len(world.cards(GENERAL))


async def states(world: World) -> list[str]:
    """Return the states of all calls."""
    return await world.server.database.ask(lambda connection: list(connection.execute(select(calls.c.state)).scalars()))
