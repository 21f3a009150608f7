"""`/startcall history`: the calls of a conversation that are over, at a glance and as a file."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from time import perf_counter

import pytest

from calls.clock import now
from calls.ids import new_call_id
from calls.model import Call, CallState, ChannelId, Participant, TeamId, UserId
from calls.ports import Transaction
from sandbox.testing import wait_for
from sandbox.workspace import Message
from tests.world import GENERAL, World


async def past_calls(world: World, number: int, channel_id: str = GENERAL, people: int = 1) -> None:
    """Let there have been calls, the first the longest ago."""
    alice, team = UserId(world.alice.user_id), TeamId(world.slack.workspace.team.id)
    call = Call(
        new_call_id(),
        "4K7-9QM",
        team,
        ChannelId(channel_id),
        "Call",
        alice,
        "link",
        now(),
        state=CallState.ENDED,
        posted=True,
        end_shown=True,
        slack_ended=True,
    )

    def work(transaction: Transaction) -> None:
        for index in range(number):
            began = now() - timedelta(hours=number - index)
            past = replace(
                call,
                id=new_call_id(),
                title=f"Call {index}",
                created_at=began,
                live_at=began,
                ended_at=began + timedelta(minutes=24),
            )
            transaction.add_call(past)
            for one in range(people):
                transaction.save_participant(
                    Participant(past.id, f"slack:U{one}", present=False, told=False, joined_at=began, slack_id=alice)
                )

    await world.server.database.write(work)


def dm_of(world: World) -> list[Message]:
    """Return the direct messages of the app with Alice."""
    workspace = world.slack.workspace
    members = {world.alice.user_id, workspace.installation.bot_user_id}
    channel = next((one for one in workspace.channels.values() if one.kind == "im" and one.members == members), None)
    return [] if channel is None else workspace.messages.get(channel.id, [])


async def test_history_shows_the_newest_ten_calls_of_the_conversation_to_whoever_asks(world: World) -> None:
    """Newest first, with when as each reader's own clock says, how long and how many people; nobody else sees it."""
    await past_calls(world, 12)
    await past_calls(world, 1, world.channel("random"))
    await world.alice.command(GENERAL, "/startcall", "history")
    await wait_for(lambda: bool(world.told(GENERAL, world.alice.user_id)))
    (text,) = world.told(GENERAL, world.alice.user_id)
    lines = text.splitlines()

    assert 12 == len(lines)
    assert "*Call 11*, <!date^" in lines[1]
    assert "24 minutes, 1 person" in lines[1]
    assert "*Call 2*" in lines[10]
    assert [] == world.methods()


async def test_history_of_a_conversation_without_calls_says_so(world: World) -> None:
    """And how to start one."""
    for line in ("history", "history csv"):
        await world.alice.command(GENERAL, "/startcall", line)
    await wait_for(lambda: len(world.told(GENERAL, world.alice.user_id)) == 2)
    assert {"No call of this conversation is over yet. Start one with `/startcall`."} == set(
        world.told(GENERAL, world.alice.user_id)
    )
    assert [] == world.methods()


async def test_history_words_that_say_more_are_a_title(world: World) -> None:
    """Only the command as it is printed is one."""
    await world.alice.command(GENERAL, "/startcall", "history of art")
    await world.card(GENERAL)
    assert "history of art" == next(iter(world.slack.workspace.calls.values())).title


async def test_history_csv_comes_as_a_file_by_direct_message(world: World) -> None:
    """Of the conversation it was asked in, and of no other."""
    await past_calls(world, 3)
    await past_calls(world, 2, world.channel("random"))
    await world.alice.command(GENERAL, "/startcall", "history csv")
    await wait_for(lambda: any(message.file_ids for message in dm_of(world)))
    words, shared = dm_of(world)[-2:]
    file = world.slack.workspace.files[shared.file_ids[0]]
    rows = list(csv.reader(io.StringIO((file.content or b"").decode("utf-8-sig"), newline="")))

    assert f"Here are the last 3 calls of <#{GENERAL}>." == words.text
    assert "calls.csv" == file.name
    assert ["Call 2", "Call 1", "Call 0"] == [row[1] for row in rows[1:]]
    assert ["chat.postMessage", "files.getUploadURLExternal", "files.completeUploadExternal"] == world.methods()


async def test_history_csv_without_the_scope_is_explained(world: World) -> None:
    """An installation from before the scope was asked for reads what is missing."""
    world.slack.installation.scopes.discard("files:write")
    await past_calls(world, 1)
    await world.alice.command(GENERAL, "/startcall", "history csv")
    await wait_for(lambda: any("files:write" in message.text for message in dm_of(world)))


@pytest.mark.parametrize("world", ["socket_mode"], indirect=True)
async def test_a_long_history_is_quick(world: World, record_property: Callable[[str, object], None]) -> None:
    """Of 20,000 calls the newest 10 are found by an index, while somebody waits for the acknowledgement."""
    await past_calls(world, 20_000)
    began = perf_counter()
    await world.alice.command(GENERAL, "/startcall", "history")
    await wait_for(lambda: bool(world.told(GENERAL, world.alice.user_id)))
    took_s = perf_counter() - began
    record_property("history_of_20000_s", round(took_s, 3))
    assert took_s < 1
