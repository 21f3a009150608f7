"""Once a call is over its card's thread holds one recap: how long, who and when, and what was left behind."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from calls.clock import now
from calls.meetings import EventKind, MeetingEvent
from calls.model import Artifact, ArtifactKind, Call, ChannelId, Participant, Person
from calls.ports import Transaction
from calls.preferences import ChannelPreferences, Holder, WorkspacePreferences
from sandbox.testing import wait_for
from sandbox.workspace import Message
from tests.choosing import Choosing
from tests.world import GENERAL, World

RECORDING = Artifact(ArtifactKind.RECORDING, "https://rec.example.com/play/1?pwd=secret&part=2")


async def the_call(world: World) -> Call:
    """Return the only call."""
    (record,) = world.slack.workspace.calls.values()
    call = await world.server.database.read(lambda transaction: transaction.call_named(record.id))
    assert call is not None
    return call


async def joined_call(world: World, *, minutes: int = 24) -> Message:
    """Let Alice start a call that Bob joins, and let it have begun a while ago; return its card."""
    await world.alice.command(GENERAL, "/startcall", "Weekly sync")
    card = await world.card(GENERAL)
    await world.bob.click(GENERAL, card.ts, "join_call")
    await wait_for(lambda: "calls.participants.add" in world.methods())
    await world.settled()
    call = await the_call(world)
    ago = timedelta(minutes=minutes)
    (bob,) = await world.server.database.read(lambda transaction: transaction.participants(call.id))

    def work(transaction: Transaction) -> None:
        transaction.save_call(replace(call, live_at=(call.live_at or call.created_at) - ago))
        transaction.save_participant(replace(bob, joined_at=bob.joined_at - ago))

    await world.server.database.write(work)
    return card


async def ended_call(world: World, *, minutes: int = 24) -> Message:
    """Do the same, and end it."""
    card = await joined_call(world, minutes=minutes)
    await world.bob.click(GENERAL, card.ts, "end_call")
    await wait_for(lambda: "chat.update" in world.methods())
    await world.settled()
    return card


async def leave_behind(world: World, *artifacts: Artifact) -> None:
    """Let the meeting system tell of recordings and the like."""
    call = await the_call(world)
    assert call.room is not None
    events = [MeetingEvent(EventKind.LEFT_BEHIND, call.room.id, now(), artifact=artifact) for artifact in artifacts]
    await world.server.intake.take(call.provider, events)
    await world.settled()


def recaps(world: World, card: Message) -> list[Message]:
    """Return what is in the thread of a card."""
    messages = world.slack.workspace.messages[GENERAL]
    return [message for message in messages if message.thread_ts == card.ts and message.ts != card.ts]


def text_of(message: Message) -> str:
    """Return what a message shows."""
    return "\n".join(block["text"]["text"] for block in message.blocks)


async def test_a_call_somebody_was_in_gets_one_recap_in_the_thread_of_its_card(world: World) -> None:
    """It names the length, who was there and when, rings nobody, and carries the call's own id."""
    card = await ended_call(world)
    (recap,) = recaps(world, card)
    call = await the_call(world)

    assert ["calls.end", "chat.update"] == world.methods()[3:5]
    assert "“Weekly sync” lasted 24 minutes, with 1 person." in recap.text
    assert "• bob, <!date^" in text_of(recap)
    assert "<@" not in text_of(recap)
    assert {"call_id": call.id, "part": "recap"} == (recap.metadata or {})["event_payload"]
    assert recap.ts == call.recap.ts
    assert f"/archives/{GENERAL}/p{card.ts.replace('.', '')}" in (call.recap.card_url or "")


async def test_a_call_nobody_joined_or_that_was_over_at_once_gets_no_recap(world: World) -> None:
    """The card's own line is all there is to say of it."""
    card = await ended_call(world, minutes=0)
    assert [] == recaps(world, card)
    assert ["calls.end", "chat.update"] == world.methods()[3:]


async def test_what_comes_later_is_added_to_the_recap_and_the_card(world: World) -> None:
    """Recordings are ready minutes after the end; nobody gets a second message for them."""
    card = await ended_call(world)
    await leave_behind(world, RECORDING)
    await leave_behind(world, Artifact(ArtifactKind.SUMMARY, "https://rec.example.com/summary"))
    (recap,) = recaps(world, card)

    for text in (text_of(recap), str(world.cards(GENERAL)[0].blocks)):
        assert "https://rec.example.com/play/1?part=2" in text
        assert "https://rec.example.com/summary" in text
    assert 2 == (await the_call(world)).recap.told


async def test_regression_recording_password_posting_is_off_by_default(world: World) -> None:
    """A passcode in a recording's address is not even kept, unless the workspace's admins chose to show it."""
    card = await ended_call(world)
    await leave_behind(world, RECORDING)
    assert "secret" not in text_of(recaps(world, card)[0])
    assert "secret" not in str((await the_call(world)).artifacts)

    admin = Person((await the_call(world)).team_id, (await the_call(world)).started_by)
    await Choosing(world.server.database).choose(
        admin, Holder.WORKSPACE, admin.team_id, WorkspacePreferences(shows_passcodes=True)
    )
    await leave_behind(world, RECORDING)
    assert "pwd=secret" in text_of(recaps(world, card)[0])


async def test_a_short_call_that_left_a_recording_gets_its_recap_when_that_is_ready(world: World) -> None:
    """Somebody recorded it, so it was no mere try."""
    card = await ended_call(world, minutes=0)
    await leave_behind(world, RECORDING)
    (recap,) = recaps(world, card)
    assert "lasted less than a minute" in recap.text
    assert "Open the recording" in text_of(recap)


async def test_a_conversation_can_do_without_recaps(world: World) -> None:
    """What was chosen for the conversation counts at the end of the call."""
    await world.alice.command(GENERAL, "/startcall", "Other")
    await world.card(GENERAL)
    call = await the_call(world)
    await Choosing(world.server.database).choose(
        Person(call.team_id, call.started_by), Holder.CHANNEL, ChannelId(GENERAL), ChannelPreferences(records=False)
    )
    await world.alice.command(GENERAL, "/startcall", "end")
    await world.settled()
    world.slack.workspace.calls.clear()
    world.slack.workspace.messages[GENERAL].clear()

    card = await ended_call_of_second(world)
    assert [] == recaps(world, card)
    assert "left_out" == (await the_call(world)).recap.state


async def ended_call_of_second(world: World) -> Message:
    """Start, join and end another call."""
    already = len(world.methods())
    await world.alice.command(GENERAL, "/startcall", "Weekly sync")
    card = await world.card(GENERAL)
    await world.bob.click(GENERAL, card.ts, "join_call")
    await wait_for(lambda: "calls.participants.add" in world.methods()[already:])
    await world.settled()
    call = await the_call(world)
    await world.server.database.write(
        lambda transaction: transaction.save_call(replace(call, live_at=call.created_at - timedelta(minutes=5)))
    )
    await world.bob.click(GENERAL, card.ts, "end_call")
    await wait_for(lambda: "chat.update" in world.methods()[already:])
    await world.settled()
    return card


async def test_many_people_are_named_up_to_thirty_and_then_counted(world: World) -> None:
    """A guest's name is shown letter for letter, whatever is in it, and the message stays one that Slack takes."""
    card = await joined_call(world)
    call = await the_call(world)

    def work(transaction: Transaction) -> None:
        for number in range(40):
            key = f"guest:{number:02}"
            name = f"<!channel> *{number}* " + "x" * 200
            guest = Participant(
                call.id, key, present=False, told=False, joined_at=call.created_at, external_id=key, display_name=name
            )
            transaction.save_participant(guest)

    await world.server.database.write(work)
    await world.bob.click(GENERAL, card.ts, "end_call")
    await wait_for(lambda: len(recaps(world, card)) == 1)
    text = text_of(recaps(world, card)[0])

    assert 30 == text.count("•")
    assert "and 11 more" in text
    assert "<!channel>" not in text
    assert "&lt;!channel&gt;" in text
    assert len(recaps(world, card)[0].blocks) > 1


@pytest.mark.parametrize("scope", ["channels:history", ""])
async def test_an_answer_that_was_lost_never_makes_a_second_recap(world: World, scope: str) -> None:
    """Where the app may read the thread it finds its message; where it may not, it lets it be."""
    if scope:
        world.slack.installation.scopes.add(scope)
    world.slack.workspace.channels[GENERAL].members.add(world.slack.installation.bot_user_id)
    card = await joined_call(world)
    world.slack.faults.add("chat.postMessage", "drop_after")
    await world.bob.click(GENERAL, card.ts, "end_call")
    await wait_for(lambda: "conversations.replies" in world.methods(), timeout_s=10)
    await world.settled()
    await asyncio.sleep(1.5)
    await world.settled()

    assert 1 == len(recaps(world, card))
    assert ("posted" if scope else "left_out") == (await the_call(world)).recap.state


async def test_a_recap_that_was_refused_for_coming_too_soon_comes_later(world: World) -> None:
    """Slack certainly has not got it then, so it is sent again."""
    card = await joined_call(world)
    for _ in range(5):
        world.slack.faults.add("chat.postMessage", "429", retry_after_s=1)
    await world.bob.click(GENERAL, card.ts, "end_call")
    await wait_for(lambda: len(recaps(world, card)) == 1, timeout_s=20)
    await world.settled()
    assert "posted" == (await the_call(world)).recap.state
