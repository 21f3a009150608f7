"""A call can be started from anywhere, and ends in a card or in one sentence that says what to do."""

from __future__ import annotations

import pytest

from sandbox.testing import wait_for
from tests.world import GENERAL, World

MEMBERLESS = ["alice--bob", "project-x", "mpdm-alice--bob--carol-1"]


@pytest.mark.parametrize("name", MEMBERLESS)
async def test_where_the_app_is_no_member_the_card_comes_by_response_url(world: World, name: str) -> None:
    """Direct messages, group messages and private channels get the whole card, which can be used and ended."""
    channel_id = world.channel(name)

    await world.alice.command(channel_id, "/startcall", "Just us")
    card = await world.card(channel_id)
    call = next(iter(world.slack.workspace.calls.values()))
    await world.bob.click(channel_id, card.ts, "join_call")
    await wait_for(lambda: [{"slack_id": world.bob.user_id}] == call.active)
    await world.bob.click(channel_id, card.ts, "end_call")
    await wait_for(lambda: call.date_end > 0)
    await world.settled()

    assert card.ephemeral_for is None
    assert 1 == len(world.cards(channel_id))
    assert ["call", "context"] == [block["type"] for block in world.cards(channel_id)[0].blocks]
    assert [] == world.told(channel_id, world.bob.user_id)


async def test_a_public_channel_needs_no_membership(world: World) -> None:
    """In #random, where the app is no member, a start is two requests as everywhere."""
    await world.alice.command(world.channel("random"), "/startcall", "Coffee")
    await world.card(world.channel("random"))

    assert ["calls.add", "chat.postMessage"] == world.methods()


async def test_a_card_ended_by_command_is_mended_by_the_next_press(world: World) -> None:
    """A card that no address can change still ends at Slack; pressing one of its buttons redraws it and says why."""
    channel_id = world.channel("alice--bob")
    await world.alice.command(channel_id, "/startcall", "Just us")
    card = await world.card(channel_id)
    await world.alice.command(channel_id, "/startcall", "end")
    await wait_for(lambda: "calls.end" in world.methods())
    await world.settled()
    assert "actions" in [block["type"] for block in world.cards(channel_id)[0].blocks]

    await world.bob.click(channel_id, card.ts, "join_call")
    await wait_for(lambda: "actions" not in [block["type"] for block in world.cards(channel_id)[0].blocks])
    await wait_for(lambda: bool(world.told(channel_id, world.bob.user_id)))

    assert ["That call has ended. Start a new one with `/startcall`."] == world.told(channel_id, world.bob.user_id)
    assert 1 == world.methods().count("calls.end")


async def test_an_archived_channel_ends_in_one_sentence_and_no_open_call(world: World) -> None:
    """A call that can be shown nowhere is ended at Slack again, and its starter is told why."""
    channel_id = world.channel("old-news")
    await world.alice.command(channel_id, "/startcall", "Too late")
    await wait_for(lambda: "calls.end" in world.methods())
    await world.settled()
    await wait_for(lambda: bool(world.told(channel_id, world.alice.user_id)))

    told = world.told(channel_id, world.alice.user_id)
    assert [] == world.cards(channel_id)
    assert 1 == len(told)
    assert "archived" in told[0]
    assert all(call.date_end > 0 for call in world.slack.workspace.calls.values())


async def test_a_missing_scope_is_named_to_the_person(world: World) -> None:
    """Without calls:write nothing is started, and the sentence names the permission and who can give it."""
    world.slack.installation.scopes.discard("calls:write")

    await world.alice.command(GENERAL, "/startcall", "Weekly sync")
    await wait_for(lambda: bool(world.told(GENERAL, world.alice.user_id)))
    await world.settled()

    told = world.told(GENERAL, world.alice.user_id)
    assert 1 == len(told)
    assert "calls:write" in told[0]
    assert ["calls.add"] == [name for name in world.methods() if name.startswith("calls.")]


async def test_the_message_shortcut_puts_the_card_into_the_thread(world: World) -> None:
    """The title is the message's, and the card answers it."""
    message = await world.bob.say(GENERAL, "Shall we talk about <the plan> & more?")
    assert message is not None

    await world.alice.message_shortcut("start_call_about_message", GENERAL, message.ts)
    card = await world.card(GENERAL)

    assert message.ts == card.thread_ts
    assert ["Shall we talk about <the plan> & more?"] == [c.title for c in world.slack.workspace.calls.values()]


async def test_the_global_shortcut_starts_a_call_anywhere_with_people_invited(world: World) -> None:
    """The dialog takes a title, a conversation and people; the card mentions them so that they are notified."""
    await world.alice.global_shortcut("start_call")
    await wait_for(lambda: bool(world.slack.workspace.modals.get(world.alice.user_id)))
    view_id = world.slack.workspace.modals[world.alice.user_id][-1]

    chosen = {"title": "Plan", "channel": world.channel("project-x"), "people": [world.bob.user_id]}
    errors = await world.alice.submit(view_id, chosen)
    card = await world.card(world.channel("project-x"))

    assert errors is None
    assert [] == world.slack.workspace.modals.get(world.alice.user_id, [])
    assert f"Invited: <@{world.bob.user_id}>" in str(card.blocks)


async def test_a_silent_start_from_the_dialog_rings_and_mentions_nobody(world: World) -> None:
    """The checkbox does what the word does in a command, and is not ticked to begin with."""
    await world.alice.global_shortcut("start_call")
    await wait_for(lambda: bool(world.slack.workspace.modals.get(world.alice.user_id)))
    view_id = world.slack.workspace.modals[world.alice.user_id][-1]
    (silent,) = [
        block for block in world.slack.workspace.views[view_id].payload["blocks"] if block["block_id"] == "silent"
    ]
    chosen = {"title": "Plan", "channel": GENERAL, "people": [world.bob.user_id], "silent": ["silent"]}
    await world.alice.submit(view_id, chosen)
    card = await world.card(GENERAL)

    assert "initial_options" not in silent["element"]
    assert world.bob.user_id not in str(card.blocks) + card.text
    assert "Invited" not in str(card.blocks)
    assert [GENERAL] == [call.request["channel"] for call in world.slack.api_calls("chat.postMessage")]


async def test_people_named_in_the_command_are_invited_and_the_reply_says_so(world: World) -> None:
    """How the line was understood is shown to the person who typed it, and to nobody else."""
    await world.alice.command(GENERAL, "/startcall", "Lunch @bob")
    card = await world.card(GENERAL)

    assert f"Invited: <@{world.bob.user_id}>" in str(card.blocks)
    assert [f"Starting “Lunch” with <@{world.bob.user_id}> invited."] == world.told(GENERAL, world.alice.user_id)


async def test_the_home_lists_running_calls_and_starts_new_ones(world: World) -> None:
    """The Home shows the person's own running calls, and its button opens the dialog."""
    await world.alice.command(GENERAL, "/startcall", "Weekly sync")
    await world.card(GENERAL)

    await world.alice.open_home()
    await wait_for(lambda: bool(world.slack.workspace.homes.get(world.alice.user_id)))
    home = world.slack.workspace.views[world.slack.workspace.homes[world.alice.user_id]]
    await world.alice.click_in_view(home.id, "start_call")
    await wait_for(lambda: bool(world.slack.workspace.modals.get(world.alice.user_id)))

    assert "*Weekly sync*" in str(home.payload)
