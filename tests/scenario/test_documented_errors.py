"""Every error that Slack documents for the Calls API, provoked in the local Slack, ends as its class says.

A final one is told to somebody or is a success already; a retryable one is tried again until it works. A token that
is not accepted sets the call aside until a new one is. Otherwise no call stays open at Slack, and no person without a
card or a sentence.
"""

from __future__ import annotations

from typing import Literal

import pytest

from calls.errors import SlackBadUsers, SlackCallGone, SlackError, SlackTokenDead, SlackUserNotFound
from calls.slack.codes import CLASS_OF_CODE
from sandbox.testing import wait_for
from sandbox.workspace import CallRecord, Message
from tests.unit.slack_documented_errors import codes_of
from tests.world import GENERAL, World

pytestmark = pytest.mark.parametrize("world", ["http"], indirect=True)


def class_of(code: str) -> type[SlackError]:
    """Return the error of ours that a code becomes."""
    return CLASS_OF_CODE[code]


async def started(world: World) -> tuple[Message, CallRecord]:
    """Start a call and return its card and its record."""
    known = set(world.slack.workspace.calls)
    cards = len(world.cards(GENERAL))
    await world.alice.command(GENERAL, "/startcall", "Weekly sync")
    card = await world.card(GENERAL, cards + 1)
    return card, next(call for call_id, call in world.slack.workspace.calls.items() if call_id not in known)


def fail_once(world: World, method: str, code: str) -> None:
    """Let the next call of a method fail; a rate limit is over after a second."""
    if code == "ratelimited":
        world.slack.faults.add(method, "429", retry_after_s=1)
    else:
        world.slack.faults.add(method, "error", error=code)


@pytest.mark.parametrize("code", codes_of("calls.add"))
async def test_calls_add(world: World, code: str) -> None:
    """A start is retried to its card, or its starter reads one sentence and nothing is left open."""
    fail_once(world, "calls.add", code)

    await world.alice.command(GENERAL, "/startcall", "Weekly sync")
    if class_of(code).retryable:
        await world.card(GENERAL)
        return
    await wait_for(lambda: bool(world.told(GENERAL, world.alice.user_id)))
    await world.settled()

    told = world.told(GENERAL, world.alice.user_id)
    assert 1 == len(told)
    assert told[0].startswith("“Weekly sync” could not be started. ")
    assert code not in told[0].split()
    assert [] == world.cards(GENERAL)
    assert {} == world.slack.workspace.calls


@pytest.mark.parametrize("code", codes_of("calls.end"))
async def test_calls_end(world: World, code: str) -> None:
    """An end is retried, or taken as done; the card is redrawn in every case, and the person told what is not true."""
    card, call = await started(world)
    fail_once(world, "calls.end", code)

    await world.bob.click(GENERAL, card.ts, "end_call")
    if class_of(code) is SlackTokenDead:
        await wait_for(lambda: "calls.end" in world.methods())
        await world.settled()
        assert [code] == await world.set_aside()
        return
    await wait_for(lambda: "chat.update" in world.methods())
    await world.settled()

    if class_of(code).retryable:
        assert call.date_end > 0
    elif not issubclass(class_of(code), SlackCallGone):
        assert 1 == len(world.told(GENERAL, world.alice.user_id))
    assert ["reopen_call"] == world.buttons(world.cards(GENERAL)[0])


@pytest.mark.parametrize("code", codes_of("calls.update"))
async def test_calls_update(world: World, code: str) -> None:
    """A new title is retried, or taken back with a sentence; a call that is gone at Slack ends here too."""
    _, call = await started(world)
    fail_once(world, "calls.update", code)

    await world.alice.command(GENERAL, "/startcall", "rename Retro")
    if class_of(code).retryable:
        await wait_for(lambda: "Retro" == call.title)
    elif issubclass(class_of(code), SlackCallGone):
        await wait_for(lambda: "chat.update" in world.methods())
    elif class_of(code) is SlackTokenDead:
        await wait_for(lambda: "calls.update" in world.methods())
    else:
        await wait_for(lambda: 2 == len(world.told(GENERAL, world.alice.user_id)))
    await world.settled()

    assert world.methods().count("calls.update") == (2 if class_of(code).retryable else 1)


@pytest.mark.parametrize("method", ["calls.participants.add", "calls.participants.remove"])
@pytest.mark.parametrize("code", codes_of("calls.participants.add"))
async def test_calls_participants(world: World, method: str, code: str) -> None:
    """The roster is retried, compared with Slack's, given up, or ended with the call; it never loops."""
    card, call = await started(world)
    if method.endswith("remove"):
        await world.bob.click(GENERAL, card.ts, "join_call")
        await wait_for(lambda: bool(call.active))
        await world.settled()
    fail_once(world, method, code)

    await world.bob.click(GENERAL, card.ts, "leave_call" if method.endswith("remove") else "join_call")
    expected = [] if method.endswith("remove") else [{"slack_id": world.bob.user_id}]
    if class_of(code).retryable or issubclass(class_of(code), SlackBadUsers | SlackUserNotFound):
        await wait_for(lambda: expected == call.active)
    elif issubclass(class_of(code), SlackCallGone):
        await wait_for(lambda: "chat.update" in world.methods())
    else:
        await wait_for(lambda: method in world.methods())
    await world.settled()

    assert world.methods().count(method) <= 2


@pytest.mark.parametrize("code", codes_of("calls.info"))
async def test_calls_info(world: World, code: str) -> None:
    """Asking Slack who is in a call, after it refused somebody, is retried or given up without a loop."""
    card, call = await started(world)
    world.slack.faults.add("calls.participants.add", "error", error="bad_users")
    fail_once(world, "calls.info", code)

    await world.bob.click(GENERAL, card.ts, "join_call")
    await wait_for(lambda: "calls.info" in world.methods())
    await world.settled()

    if class_of(code).retryable:
        await wait_for(lambda: [{"slack_id": world.bob.user_id}] == call.active)
    assert world.methods().count("calls.info") <= 2


@pytest.mark.parametrize("kind", ["error", "ok_with_error"])
async def test_an_end_that_slack_calls_inactive_is_a_success_in_both_spellings(
    world: World, kind: Literal["error", "ok_with_error"]
) -> None:
    """Slack's pages print `ok: true` with an error; both forms mean the same and nobody is bothered."""
    card, _ = await started(world)
    world.slack.faults.add("calls.end", kind, error="inactive_call")

    await world.bob.click(GENERAL, card.ts, "end_call")
    await wait_for(lambda: "chat.update" in world.methods())
    await world.settled()

    assert [] == world.told(GENERAL, world.alice.user_id)
    assert 1 == world.methods().count("calls.end")
