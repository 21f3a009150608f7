"""Slack did it and the answer was lost: nothing is shown twice, whatever Slack makes of a repetition."""

from __future__ import annotations

from typing import Literal

import pytest

from sandbox.testing import wait_for
from tests.lateness import told_after_s
from tests.world import GENERAL, World

pytestmark = pytest.mark.parametrize("world", ["http"], indirect=True)


@pytest.mark.parametrize("kind", ["drop_after", "drop_before", "500"])
@pytest.mark.parametrize("repeated", ["same", "error", "second"])
async def test_a_lost_answer_to_calls_add_still_ends_in_one_card(
    world: World,
    repeated: Literal["same", "error", "second"],
    kind: Literal["drop_after", "drop_before", "500"],
) -> None:
    """Slack may give the same call, refuse the id as taken, or make a second call: the person sees one card."""
    world.slack.switches.repeated_external_unique_id = repeated
    world.slack.faults.add("calls.add", kind)

    await world.alice.command(GENERAL, "/startcall", "Weekly sync")
    card = await world.card(GENERAL)

    assert 1 == len(world.cards(GENERAL))
    assert "actions" in [block["type"] for block in card.blocks]
    assert [] == [text for text in world.told(GENERAL, world.alice.user_id) if "could not" in text]


@pytest.mark.parametrize("kind", ["drop_after", "drop_before"])
async def test_a_lost_answer_to_the_post_never_posts_twice(
    world: World, kind: Literal["drop_after", "drop_before"]
) -> None:
    """Before a card is posted again, Slack is asked whether the call is in the conversation already."""
    world.slack.faults.add("chat.postMessage", kind)

    await world.alice.command(GENERAL, "/startcall", "Weekly sync")
    await wait_for(lambda: "calls.info" in world.methods())
    card = await world.card(GENERAL)

    posts = ["chat.postMessage"] if kind == "drop_after" else ["chat.postMessage"] * 2
    assert posts == [name for name in world.methods() if name == "chat.postMessage"]
    assert 1 == len(world.cards(GENERAL))
    await world.bob.click(GENERAL, card.ts, "end_call")
    await wait_for(lambda: "end_call" not in world.buttons(world.cards(GENERAL)[0]))


@pytest.mark.parametrize("method", ["calls.update", "calls.participants.add", "calls.end", "chat.update"])
async def test_a_lost_answer_to_a_change_is_repeated_without_harm(world: World, method: str) -> None:
    """Changes are sent again until Slack answers, and end in what the person asked for."""
    await world.alice.command(GENERAL, "/startcall", "Weekly sync")
    card = await world.card(GENERAL)
    call = next(iter(world.slack.workspace.calls.values()))
    world.slack.faults.add(method, "drop_after")

    await world.alice.command(GENERAL, "/startcall", "rename Retro")
    await world.bob.click(GENERAL, card.ts, "join_call")
    await wait_for(lambda: "Retro" == call.title and [{"slack_id": world.bob.user_id}] == call.active)
    await world.bob.click(GENERAL, card.ts, "end_call")
    await wait_for(lambda: ["reopen_call"] == world.buttons(world.cards(GENERAL)[0]))
    await world.settled()

    assert call.date_end > 0
    assert [] == world.told(GENERAL, world.bob.user_id)


async def test_whoever_has_to_wait_is_told_at_once_with_the_link(world: World) -> None:
    """A rate limit, or a Slack that hangs, is said within 2 s and once, and the meeting can be joined meanwhile."""
    world.slack.faults.add("calls.add", "429", retry_after_s=3)
    world.slack.faults.add("chat.postMessage", "delay", delay_s=2.5)

    asked_at_s = world.slack.workspace.now()
    await world.alice.command(GENERAL, "/startcall", "Weekly sync")
    await wait_for(lambda: bool(world.told(GENERAL, world.alice.user_id)))
    assert told_after_s(world, GENERAL, world.alice.user_id, asked_at_s) < 2
    await wait_for(lambda: bool(world.cards(GENERAL)))
    await world.settled()

    told = world.told(GENERAL, world.alice.user_id)
    call = next(iter(world.slack.workspace.calls.values()))
    assert 1 == len(told)
    assert f"<{call.join_url}|Open the meeting>" in told[0]


async def test_no_request_goes_out_while_slack_asked_us_to_wait(world: World) -> None:
    """Retry-After is kept to the second for the step that was refused."""
    world.slack.faults.add("calls.add", "429", retry_after_s=2)

    await world.alice.command(GENERAL, "/startcall", "Weekly sync")
    await world.card(GENERAL)

    refused, accepted = (call.at_s for call in world.slack.api_calls("calls.add"))
    assert accepted - refused >= 2


async def test_an_end_pressed_before_a_lost_answer_is_noticed_still_redraws_the_card(world: World) -> None:
    """Whoever presses a button proves that the card is there, though the answer to its post was lost."""
    world.slack.faults.add("chat.postMessage", "drop_after")
    await world.alice.command(GENERAL, "/startcall", "Weekly sync")
    await wait_for(lambda: len(world.cards(GENERAL)) == 1)

    await world.bob.click(GENERAL, world.cards(GENERAL)[0].ts, "end_call")
    await wait_for(lambda: "end_call" not in world.buttons(world.cards(GENERAL)[0]))

    assert 1 == len(world.cards(GENERAL))
    assert [] == [call for call in world.slack.workspace.calls.values() if not call.date_end]
