"""A pasted link of a meeting becomes a card under the message, once, and only when it was posted."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from calls.model import Call, Person, TeamId, UserId
from calls.preferences import ChannelPreferences, Holder
from sandbox.testing import wait_for
from sandbox.workspace import Json, Message
from tests.choosing import Choosing
from tests.world import GENERAL, World, running_world

SEVERAL = {
    "STARTCALL_PROVIDER": "link",
    "STARTCALL_PROVIDERS": "jitsi",
    "STARTCALL_LINK_TEMPLATE": "https://meet.example.com/{room}",
}
JITSI = "https://meet.jit.si/WeeklySync42"
UNFURL = ["calls.add", "chat.unfurl"]


@pytest.fixture(params=["socket_mode", "http"])
async def world(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[World]:
    """Run an app that knows the links of two meeting systems."""
    async with running_world(tmp_path, http=request.param == "http", extra=SEVERAL) as running:
        yield running


async def pasted(world: World, text: str, channel_id: str = GENERAL) -> Message:
    """Post a message as Alice, and wait until its links have become what they become."""
    message = await world.alice.say(channel_id, text)
    assert message is not None
    await asyncio.sleep(0.3)  # nothing tells that nothing comes of it
    await world.settled()
    return message


def card_blocks(message: Message) -> list[str]:
    """Return the types of the blocks that are shown under a message's links."""
    return [block["type"] for item in message.attachments for block in item["blocks"]]


async def calls(world: World, channel_id: str = GENERAL) -> list[Call]:
    """Return the running calls of a conversation."""
    team_id = TeamId(world.slack.workspace.team.id)
    return list(await world.server.database.read(lambda work: work.open_calls(team_id, channel_id)))  # type: ignore[arg-type]


async def test_a_posted_link_becomes_a_card_under_the_message(world: World) -> None:
    """In two requests, with a Join that leads where the link does; the room is not ours to make."""
    message = await pasted(world, f"We meet at {JITSI} now")

    assert UNFURL == world.methods()
    assert ["call", "context", "actions"] == card_blocks(message)
    request = world.slack.api_calls("calls.add")[0].request
    assert (JITSI, "Meeting at jitsi", world.alice.user_id) == (
        request["join_url"],
        request["title"],
        request["created_by"],
    )


async def test_the_cards_buttons_work_and_its_end_leaves_the_room_open(world: World) -> None:
    """Bob joins, renames nothing, and ends it; the card then says so."""
    message = await pasted(world, JITSI)
    await world.bob.click(GENERAL, message.ts, "join_call")
    await world.settled()
    (call,) = world.slack.workspace.calls.values()
    assert [world.bob.user_id] == [user.get("slack_id") for user in call.active]

    await world.bob.click(GENERAL, message.ts, "end_call")
    await wait_for(lambda: "actions" not in card_blocks(message))
    await world.settled()

    assert ["call", "context"] == card_blocks(message)
    assert [*UNFURL, "calls.participants.add", "calls.end", "chat.unfurl"] == world.methods()
    assert [] == await world.set_aside()


async def test_one_card_for_each_link_and_conversation_while_it_runs(world: World) -> None:
    """The same link again changes nothing; elsewhere, and after the end, it becomes a card again."""
    first = await pasted(world, JITSI)
    again = await pasted(world, f"Once more: {JITSI}")
    elsewhere = await pasted(world, JITSI, world.channel("random"))
    await world.alice.click(GENERAL, first.ts, "end_call")
    await wait_for(lambda: "actions" not in card_blocks(first))
    await world.settled()
    later = await pasted(world, JITSI)

    assert [True, False, True, True] == [bool(card_blocks(one)) for one in (first, again, elsewhere, later)]


async def test_a_link_that_is_still_being_typed_becomes_nothing(world: World) -> None:
    """Slack tells of it while somebody composes; nobody has sent it yet."""
    event: Json = {"type": "link_shared", "channel": "COMPOSER", "source": "composer", "user": world.alice.user_id}
    event |= {"message_ts": "U0-909b", "unfurl_id": "U0-909b", "links": [{"domain": "meet.jit.si", "url": JITSI}]}
    world.slack.workspace.tell(event, None)
    await asyncio.sleep(0.3)
    await world.settled()

    assert [] == world.methods()


async def test_two_links_become_two_cards_and_other_links_none(world: World) -> None:
    """A page of the same server that is no meeting stays a link."""
    other = "https://meet.jit.si/Retro"
    message = await pasted(world, f"{JITSI} or {other}, and https://meet.jit.si/a/b/static/close.html")

    await wait_for(lambda: card_blocks(message).count("call") == 2)
    assert {JITSI, other} == {item["app_unfurl_url"] for item in message.attachments}


async def test_a_conversation_can_do_without(world: World) -> None:
    """What was chosen in the settings counts."""
    alice = Person(TeamId(world.slack.workspace.team.id), UserId(world.alice.user_id))
    await Choosing(world.server.database).choose(alice, Holder.CHANNEL, GENERAL, ChannelPreferences(links=False))

    await pasted(world, JITSI)

    assert [] == world.methods()


async def test_a_link_that_slack_shows_nothing_under_costs_nobody_a_message(world: World) -> None:
    """The call is taken back at Slack, and whoever pasted the link hears nothing, as they asked for nothing."""
    world.slack.installation.scopes.discard("links:write")
    message = await pasted(world, JITSI)
    await wait_for(lambda: "calls.end" in world.methods())
    await world.settled()

    assert [] == card_blocks(message)
    assert [] == await calls(world)
    assert [] == world.told(GENERAL, world.alice.user_id)
