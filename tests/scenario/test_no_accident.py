"""Nobody disturbs many people by accident, and guests start calls only where they may."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from calls.model import Person, TeamId, UserId
from calls.preferences import ChannelPreferences, Holder, WorkspacePreferences
from sandbox.server import Sandbox
from sandbox.testing import wait_for
from tests.choosing import Choosing
from tests.scenario.asking import buttons, press, question, questions
from tests.world import GENERAL, World, new_channel, running_world

LOOKS = ["conversations.info"]
STARTS = ["calls.add", "chat.postMessage"]


@pytest.fixture(params=["socket_mode", "http"])
async def big(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[World]:
    """Run the app in a workspace of 5,000 people, once it has had time to learn so."""
    async with running_world(tmp_path, http=request.param == "http", furnish=crowded) as running:
        await wait_for(lambda: running.slack.api_calls("conversations.list"))
        yield running


def crowded(slack: Sandbox) -> None:
    """Let 5,000 people into the general channel."""
    members = slack.workspace.channels[GENERAL].members
    members.update(f"U9{one:08}" for one in range(5_000 - len(members)))


async def choose(world: World, chosen: WorkspacePreferences) -> None:
    """Choose something for the workspace."""
    team_id = TeamId(world.slack.workspace.team.id)
    alice = Person(team_id, UserId(world.alice.user_id))
    await Choosing(world.server.database).choose(alice, Holder.WORKSPACE, team_id, chosen)


async def test_a_start_before_5000_people_is_asked_about_with_the_number(big: World) -> None:
    """Nothing is registered and nothing posted until the person says so; then the call starts as ever."""
    await big.alice.command(GENERAL, "/startcall", "Oops")
    asked = await question(big, GENERAL)
    text, labels = asked.text, buttons(asked)
    assert not set(STARTS) & set(big.methods())
    await press(big.alice, asked, "confirm_start_call")
    card = await big.card(GENERAL)

    assert "5,000 people in this conversation would see “Oops”, so it was not started yet." in text
    assert ["Start call", "Cancel"] == labels
    assert big.alice.user_id == asked.ephemeral_for
    assert STARTS == [method for method in big.methods() if method in STARTS]
    assert "<@U0ALICE0001> started the call “Oops”." == card.text


async def test_cancel_disturbs_nobody(big: World) -> None:
    """Neither Slack's call nor a card comes of it, and the person reads so."""
    await big.alice.command(GENERAL, "/startcall", "Oops")
    await press(big.alice, await question(big, GENERAL), "cancel_start_call")
    await wait_for(lambda: not questions(big, GENERAL))
    await big.settled()

    assert ["“Oops” was not started, and nobody was disturbed."] == big.told(GENERAL, big.alice.user_id)
    assert not set(STARTS) & set(big.methods())


async def test_the_number_is_asked_for_once_a_day(big: World) -> None:
    """A conversation known to be small starts a call with two requests, in a large workspace too."""
    channel_id = new_channel(big.slack)
    await big.alice.command(channel_id, "/startcall", "One")
    await big.card(channel_id)
    assert [*LOOKS, *STARTS] == big.methods()
    await big.alice.command(channel_id, "/startcall", "end")
    await wait_for(lambda: "chat.update" in big.methods())
    await big.settled()
    before = len(big.methods())
    await big.alice.command(channel_id, "/startcall", "Two")
    await big.card(channel_id, 2)

    assert STARTS == big.methods()[before:]


async def test_in_a_small_workspace_nobody_is_looked_up_or_asked(world: World) -> None:
    """Where everybody together is not many, a start is two requests from the first one on."""
    channel_id = new_channel(world.slack)
    await world.alice.command(channel_id, "/startcall", "One")
    await world.card(channel_id)

    assert STARTS == world.methods()


async def test_a_channel_can_choose_its_own_number(world: World) -> None:
    """Where three are many already, three are asked about; the number is looked up as the workspace is larger."""
    team_id = TeamId(world.slack.workspace.team.id)
    alice = Person(team_id, UserId(world.alice.user_id))
    await Choosing(world.server.database).choose(alice, Holder.CHANNEL, GENERAL, ChannelPreferences(asks_above=2))
    await world.alice.command(GENERAL, "/startcall", "Oops")

    assert "people in this conversation would see “Oops”" in (await question(world, GENERAL)).text
    assert [] == world.cards(GENERAL)


async def test_a_silent_start_asks_and_mentions_nobody(big: World) -> None:
    """The card comes at once, without a mention in what is notified, and invited people are not mentioned on it."""
    await big.alice.command(GENERAL, "/startcall", "Open house @bob silent")
    card = await big.card(GENERAL)

    assert STARTS == big.methods()
    assert "The call “Open house” is running." == card.text
    assert "U0BOB" not in str(card.blocks)
    assert "nobody is rung or mentioned" in big.told(GENERAL, big.alice.user_id)[0]


async def test_a_thread_of_a_large_channel_disturbs_only_those_in_it(big: World) -> None:
    """A call about a message goes to its thread, which only those who follow it see."""
    message = await big.bob.say(GENERAL, "The build is red")
    assert message is not None
    await big.alice.message_shortcut("start_call_about_message", GENERAL, message.ts)
    await big.card(GENERAL)

    assert STARTS == big.methods()


async def test_from_the_dialog_many_people_are_asked_about_too(big: World) -> None:
    """The question comes as a direct message that names the conversation."""
    await big.bob.global_shortcut("start_call")
    await wait_for(lambda: big.slack.workspace.views)
    await big.bob.submit(list(big.slack.workspace.views)[-1], {"title": "Oops", "channel": GENERAL})
    await wait_for(lambda: any(questions(big, one) for one in big.slack.workspace.messages))
    asked = next(questions(big, one)[0] for one in big.slack.workspace.messages if questions(big, one))

    assert f"5,000 people in <#{GENERAL}> would see “Oops”" in asked.text
    assert [] == big.cards(GENERAL)


async def test_where_slack_does_not_say_the_number_the_call_starts(big: World) -> None:
    """In a private conversation that the app is not in nobody can be counted, and a start is not held up for that."""
    big.slack.faults.add("conversations.info", "error", error="channel_not_found")
    channel_id = new_channel(big.slack)
    await big.alice.command(channel_id, "/startcall", "Just us")
    await big.card(channel_id)

    assert [*LOOKS, *STARTS] == big.methods()


async def test_slack_that_is_busy_delays_the_look_and_not_the_question(big: World) -> None:
    """A look that fails for a while is tried again, and 5,000 people are still not disturbed unasked."""
    big.slack.faults.add("conversations.info", "500")
    await big.alice.command(GENERAL, "/startcall", "Oops")
    asked = await question(big, GENERAL)

    assert "5,000 people" in asked.text
    assert [] == big.cards(GENERAL)


@pytest.mark.parametrize("way", ["command", "message_shortcut", "dialog"])
@pytest.mark.parametrize("standing", ["is_restricted", "is_stranger"])
async def test_whoever_may_not_start_calls_reads_so_by_every_way(world: World, way: str, standing: str) -> None:
    """It is checked where the call is made, and Slack hears nothing of it."""
    await choose(world, WorkspacePreferences(guests_start=False, strangers_start=False))
    setattr(world.slack.workspace.users[world.bob.user_id], standing, True)
    await start_by(world, way)
    words = "Guests cannot start calls" if standing == "is_restricted" else "People from other organisations cannot"
    await wait_for(lambda: any(words in text for text in world.told(GENERAL, world.bob.user_id)))
    await world.settled()
    await world.bob.command(GENERAL, "/startcall", "Again, now that it is known")

    assert words in world.told(GENERAL, world.bob.user_id)[-1]
    assert not set(STARTS) & set(world.methods())
    assert 1 == world.methods().count("users.info")


async def start_by(world: World, way: str) -> None:
    """Let Bob try to start a call."""
    if way == "command":
        await world.bob.command(GENERAL, "/startcall", "Not mine")
    elif way == "message_shortcut":
        message = await world.bob.say(GENERAL, "The build is red")
        assert message is not None
        await world.bob.message_shortcut("start_call_about_message", GENERAL, message.ts)
    else:
        await world.bob.global_shortcut("start_call")
        await wait_for(lambda: world.slack.workspace.views)
        await world.bob.submit(list(world.slack.workspace.views)[-1], {"title": "Not mine", "channel": GENERAL})


async def test_somebody_unknown_is_looked_up_where_not_everybody_may_start(world: World) -> None:
    """Only where guests may not start calls, and only after the acknowledgement; a member's call then starts."""
    await choose(world, WorkspacePreferences(guests_start=False))
    await world.bob.command(GENERAL, "/startcall", "Mine")
    await world.card(GENERAL)

    assert ["users.info", *STARTS] == world.methods()


async def test_where_slack_does_not_say_who_somebody_is_nothing_starts(world: World) -> None:
    """A workspace that keeps guests from starting calls is not let down because a look-up was refused."""
    await choose(world, WorkspacePreferences(guests_start=False))
    world.slack.faults.add("users.info", "error", error="missing_scope")
    await world.bob.command(GENERAL, "/startcall", "Mine")
    await wait_for(lambda: world.told(GENERAL, world.bob.user_id))
    await world.settled()

    assert "Slack did not say whether you may" in world.told(GENERAL, world.bob.user_id)[0]
    assert [] == world.cards(GENERAL)
