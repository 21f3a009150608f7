"""Kill the process at every request that inviting, declining and reopening cost: before its effect, and after it."""

from __future__ import annotations

import pytest

from sandbox.people import BOB, CAROL
from sandbox.server import Sandbox
from sandbox.testing import wait_for
from sandbox.workspace import Message
from tests.durability.crash import SETTLE_S, crash_at
from tests.durability.forms import EVERY_MOMENT
from tests.durability.process import app_and_slack
from tests.world import GENERAL, buttons, cards


def rings(slack: Sandbox, user_id: str) -> list[Message]:
    """Return the direct messages by which somebody was rung."""
    mine = {channel.id for channel in slack.workspace.channels.values() if user_id in channel.members}
    found = [one for channel in mine for one in slack.workspace.messages.get(channel, [])]
    return [one for one in found if any(block.get("block_id") == "ring" for block in one.blocks)]


async def act(slack: Sandbox, action: str) -> None:
    """Let somebody do something."""
    alice, bob = slack.person("alice"), slack.person("bob")
    if action == "invite":
        await alice.command(GENERAL, "/startcall", "invite @carol")
    elif action == "decline":
        ring = rings(slack, BOB)[0]
        await bob.click(ring.channel_id, ring.ts, "decline_call")
    else:
        await alice.click(GENERAL, cards(slack)[0].ts, "reopen_call")


def is_done(slack: Sandbox, action: str) -> bool:
    """Say whether Slack shows what was asked for."""
    shown = str([card.blocks for card in cards(slack)])
    if action == "invite":
        return f"Invited: <@{BOB}>, <@{CAROL}>" in shown and bool(rings(slack, CAROL))
    if action == "decline":
        return f"Declined: <@{BOB}>" in shown and buttons(rings(slack, BOB)[0]) == ["join_call"]
    return len(cards(slack)) == 2 and buttons(cards(slack)[0]) == []


async def lead_up_to(slack: Sandbox, action: str) -> None:
    """Bring a call, to which Bob is invited, to where an action can be done."""
    await slack.person("alice").command(GENERAL, "/startcall", "Weekly @bob")
    await wait_for(lambda: bool(rings(slack, BOB)))
    if action == "reopen":
        await slack.person("alice").click(GENERAL, cards(slack)[0].ts, "end_call")
        await wait_for(
            lambda: buttons(cards(slack)[0]) == ["reopen_call"] and buttons(rings(slack, BOB)[0]) == ["call_back"]
        )


@EVERY_MOMENT
@pytest.mark.timeout(90)
@pytest.mark.parametrize(
    ("action", "method"),
    [
        ("invite", "users.info"),
        ("invite", "chat.postMessage"),
        ("invite", "chat.update"),
        ("decline", "chat.update"),
        ("reopen", "calls.add"),
        ("reopen", "chat.postMessage"),
        ("reopen", "chat.update"),
    ],
)
async def test_a_kill_at_any_request_rings_once_and_ends_in_the_asked_for_state(
    database_url: str, action: str, method: str, moment: str
) -> None:
    """After the restart nobody was rung twice, and the card and the direct message show what happened."""
    async with app_and_slack(database_url) as (app, slack):
        await lead_up_to(slack, action)
        await crash_at(app, slack, method, moment, lambda: act(slack, action))
        await wait_for(lambda: is_done(slack, action), SETTLE_S)

        assert 1 == len(rings(slack, BOB))
        assert (1 if action == "invite" else 0) == len(rings(slack, CAROL))
        assert (2 if action == "reopen" else 1) == len(cards(slack, GENERAL))
