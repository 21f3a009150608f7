"""What tests of invitations share: the direct messages that ring, and time that passes."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from calls.clock import now
from calls.invitation import Invitation, InvitationState
from calls.model import Call, CallId
from calls.ports import Transaction
from sandbox.testing import wait_for
from sandbox.workspace import Message
from tests.world import World


def rings(world: World, user_id: str) -> list[Message]:
    """Return the direct messages by which a person was rung, oldest first."""
    bot = world.slack.workspace.installation.bot_user_id
    pairs = (c for c in world.slack.workspace.channels.values() if c.kind == "im" and c.members == {user_id, bot})
    messages = [one for channel in pairs for one in world.slack.workspace.messages.get(channel.id, [])]
    return [one for one in messages if any(block.get("block_id") == "ring" for block in one.blocks)]


async def rung(world: World, user_id: str, number: int = 1) -> Message:
    """Return the newest ringing message of a person once there are `number`."""
    await wait_for(lambda: len(rings(world, user_id)) == number)
    await world.settled()
    return rings(world, user_id)[-1]


async def call_of(world: World, title: str = "") -> Call:
    """Return the newest call, or the newest with a title."""

    def work(transaction: Transaction) -> Call | None:
        ids = {message.metadata["event_payload"]["call_id"] for message in all_messages(world) if message.metadata}
        found = [call for call in map(transaction.call, map(CallId, ids)) if call and title in {"", call.title}]
        return max(found, key=lambda call: call.created_at, default=None)

    call = await world.server.database.read(work)
    assert call is not None
    return call


def all_messages(world: World) -> list[Message]:
    """Return everything that was posted anywhere."""
    return [one for messages in world.slack.workspace.messages.values() for one in messages]


async def invitations(world: World) -> dict[str, InvitationState]:
    """Return what became of everybody who is invited to the newest call."""
    call = await call_of(world)
    rows = await world.server.database.read(lambda transaction: transaction.invitations(call.id))
    return {str(row.user_id): row.state for row in rows}


async def pass_s(world: World, seconds: float) -> None:
    """Let time pass for the newest call and its invitations: all of their times move into the past."""
    call_id, span = (await call_of(world)).id, timedelta(seconds=seconds)

    def earlier(row: Invitation) -> Invitation:
        return replace(row, rung_at=None if row.rung_at is None else row.rung_at - span)

    def work(transaction: Transaction) -> None:
        for row in transaction.invitations(call_id):
            transaction.save_invitation(earlier(row))
        call = transaction.call(call_id)
        assert call is not None
        ended_at = None if call.ended_at is None else call.ended_at - span
        transaction.save_call(replace(call, ended_at=ended_at, invited_tell_at=None, due_at=now()))

    await world.settled()
    await world.server.database.write(work)
    world.server.wakeups.wake(call_id)
    await world.settled()


def card_line(message: Message) -> str:
    """Return what stands below Slack's part of a card."""
    return str(next(block for block in message.blocks if block["type"] == "context")["elements"][0]["text"])
