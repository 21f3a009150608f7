"""The local Slack is used for hours: what it remembers must not make a request slower, nor be kept for ever."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from typing import Any, Never

import pytest

from sandbox.delivery import payloads
from sandbox.workspace import Message
from tests.contract.webapi_rig import ALICE, GENERAL, Rig, running


class Unread(list[Message]):
    """A list that nobody may go through."""

    def __iter__(self) -> Iterator[Message]:
        raise AssertionError("All messages of a conversation were looked at.")


class Unlisted(dict[str, Any]):
    """A table that is only asked for one of its names."""

    def _refuse(self) -> Never:
        raise AssertionError("All calls were looked at.")

    __iter__ = values = items = keys = _refuse


@pytest.fixture
async def slack() -> AsyncIterator[Rig]:
    """Run a Web API."""
    async with running() as rig:
        yield rig


async def test_no_request_goes_through_all_messages(slack: Rig) -> None:
    """Posting, answering, changing, reacting and deleting cost the same in a conversation of any length."""
    first = await slack.ok("chat.postMessage", channel=GENERAL, text="First")
    stored = slack.workspace.messages[GENERAL] = Unread(slack.workspace.messages[GENERAL])
    reply = await slack.ok("chat.postMessage", channel=GENERAL, text="Reply", thread_ts=first["ts"])
    changed = await slack.ok("chat.update", channel=GENERAL, ts=first["ts"], text="Changed")
    await slack.ok("reactions.add", channel=GENERAL, timestamp=first["ts"], name="eyes")
    thread = await slack.ok("conversations.replies", channel=GENERAL, ts=first["ts"])
    await slack.ok("chat.delete", channel=GENERAL, ts=reply["ts"])
    alone = await slack.ok("chat.update", channel=GENERAL, ts=first["ts"], text="Alone")

    assert (1, ["Changed", "Reply"]) == (
        changed["message"]["reply_count"],
        [message["text"] for message in thread["messages"]],
    )
    assert ("reply_count" in alone["message"], stored[-1].ts) == (False, first["ts"])


async def test_no_request_goes_through_all_calls(slack: Rig) -> None:
    """A repeated external id is found at once, however many calls there are."""
    added = await slack.ok("calls.add", external_unique_id="one", join_url="https://meet.example/1")
    slack.workspace.calls = Unlisted(slack.workspace.calls)
    again = await slack.ok("calls.add", external_unique_id="one", join_url="https://meet.example/1")
    other = await slack.ok("calls.add", external_unique_id="two", join_url="https://meet.example/2")

    assert added["call"]["id"] == again["call"]["id"] != other["call"]["id"]


async def test_what_has_expired_is_forgotten_after_a_while(slack: Rig) -> None:
    """A trigger_id lasts for 3 s and a response_url for half an hour, so an hour of use keeps no hour of them."""
    for _ in range(3):
        payloads.new_trigger(slack.workspace, ALICE)
        payloads.new_response_url(slack.workspace, GENERAL, ALICE)
    slack.advance(2 * 60 * 60)
    payloads.new_trigger(slack.workspace, ALICE)
    payloads.new_response_url(slack.workspace, GENERAL, ALICE)

    assert (1, 1) == (len(slack.workspace.triggers), len(slack.workspace.response_urls))


def test_an_id_has_ten_characters_behind_its_prefix_however_many_there_were(slack: Rig) -> None:
    """As in Slack, and no two are the same."""
    ids = [slack.workspace.new_id("C") for _ in range(5_000)]

    assert ({11}, 5_000) == ({len(one) for one in ids}, len(set(ids)))
