"""Kill the process at every boundary between it and Slack: before a request has its effect, and after it.

Every request of a call's life is enumerated. A step's result is saved before the next request, so these are all the
moments at which the row and Slack can differ.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest

from sandbox.server import Sandbox
from sandbox.testing import wait_for
from sandbox.workspace import CallRecord
from tests.durability.crash import SETTLE_S, crash_at
from tests.durability.forms import EVERY_MOMENT
from tests.durability.process import app_and_slack
from tests.world import GENERAL, buttons, cards, new_channel

BOTH = pytest.mark.parametrize(
    "database_url", ["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)], indirect=True
)


def the_call(slack: Sandbox) -> CallRecord:
    """Return the one call that is shown."""
    call_id = next(block["call_id"] for block in cards(slack)[0].blocks if block["type"] == "call")
    return slack.workspace.calls[call_id]


async def act(slack: Sandbox, action: str) -> None:
    """Let a person do something with the call."""
    bob = slack.person("bob")
    if action == "start":
        await bob.command(GENERAL, "/startcall", "Weekly sync")
    elif action == "rename":
        await bob.command(GENERAL, "/startcall", "rename Retro")
    else:
        await bob.click(GENERAL, cards(slack)[0].ts, f"{action}_call")


def is_done(slack: Sandbox, action: str) -> bool:
    """Say whether Slack shows what a person asked for."""
    if not cards(slack):
        return False
    call = the_call(slack)
    return {
        "start": True,
        "rename": call.title == "Retro",
        "join": call.active == [{"slack_id": "U0BOB000001"}],
        "leave": not call.active and bool(call.everyone),
        "end": call.date_end > 0 and ["reopen_call"] == buttons(cards(slack)[0]),
    }[action]


async def lead_up_to(slack: Sandbox, action: str) -> None:
    """Bring a call to where an action can be done."""
    if action == "start":
        return
    await act(slack, "start")
    await wait_for(lambda: is_done(slack, "start"))
    if action == "leave":
        await act(slack, "join")
        await wait_for(lambda: is_done(slack, "join"))


@EVERY_MOMENT
@pytest.mark.timeout(90)
@pytest.mark.parametrize(
    ("action", "method"),
    [
        ("start", "calls.add"),
        ("start", "chat.postMessage"),
        ("rename", "calls.update"),
        ("join", "calls.participants.add"),
        ("leave", "calls.participants.remove"),
        ("end", "calls.end"),
        ("end", "chat.update"),
    ],
)
async def test_a_kill_at_any_request_ends_in_one_card_and_the_asked_for_state(
    database_url: str, action: str, method: str, moment: str
) -> None:
    """After the restart there is exactly one visible message, and Slack shows what the person asked for."""
    async with app_and_slack(database_url) as (app, slack):
        await lead_up_to(slack, action)
        await crash_at(app, slack, method, moment, lambda: act(slack, action))
        await wait_for(lambda: is_done(slack, action), SETTLE_S)

        assert 1 == len(cards(slack))
        assert is_done(slack, action)


@BOTH
@pytest.mark.timeout(90)
async def test_a_stop_with_work_in_flight_loses_nothing(
    database_url: str, record_property: Callable[[str, object], None]
) -> None:
    """SIGTERM with 30 starts in flight ends in 10 s with status 0, and the next process has all 30 on cards."""
    async with app_and_slack(database_url) as (app, slack):
        slack.faults.add("calls.add", "delay", delay_s=0.3, times=30)
        for number in range(30):
            await slack.person("alice").command(new_channel(slack), "/startcall", f"Call {number}")
        asked_at = asyncio.get_running_loop().time()
        status = await asyncio.wait_for(app.terminate(), 10)
        stop_s = asyncio.get_running_loop().time() - asked_at
        await app.start()
        await wait_for(lambda: len(cards(slack)) >= 30, SETTLE_S)

        record_property("measured", f"ended after {stop_s:.1f} s, {len(cards(slack))} of 30 cards in the end")
        assert 0 == status
        titles = {slack.workspace.calls[block["call_id"]].title for card in cards(slack) for block in card.blocks[:1]}
        assert {f"Call {number}" for number in range(30)} == titles
        assert 30 == len(cards(slack))
