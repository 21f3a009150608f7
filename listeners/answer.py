"""Acknowledge a request with what the calls package answers, or with what went wrong in words."""

from __future__ import annotations

import logging
from collections.abc import Awaitable

from slack_bolt import BoltResponse
from slack_bolt.async_app import AsyncAck

from calls.errors import CallsError, StorageError
from calls.joining import Joining
from calls.link_messages import own_link_message
from calls.model import Person, Reply
from calls.service import CallService
from calls.starts import Starts
from calls.words import answers
from calls.words.errors import sentence_for
from listeners.payload import interaction_person, pressed_in
from listeners.request_body import Body

_log = logging.getLogger(__name__)


def words_for(error: CallsError) -> str:
    """Return what a person reads when a request was not taken."""
    return answers.not_stored() if isinstance(error, StorageError) else sentence_for(error)


async def answer_command(ack: AsyncAck, work: Awaitable[Reply]) -> None:
    """Answer a slash command: only the person who typed it reads the text."""
    try:
        text = (await work).text
    except CallsError as error:
        text = words_for(error)
    await (ack() if text is None else ack(text=text))


async def answer_start(ack: AsyncAck, starts: Starts, work: Awaitable[Reply]) -> None:
    """Answer a command to start: with what was understood, or with a question and its buttons."""
    try:
        reply = await work
        question = await starts.question(reply.call_id) if reply.asks and reply.call_id is not None else None
    except CallsError as error:
        await ack(text=words_for(error))
        return
    if question is not None:
        await ack(text=question.text, blocks=[dict(block) for block in question.blocks])
    else:
        await (ack() if reply.text is None else ack(text=reply.text))


async def answer_join(ack: AsyncAck, joining: Joining, person: Person, work: Awaitable[Reply]) -> None:
    """Answer a command to join: with the person's own link, where everybody gets one.

    The link is made after the command was stored, as what is stored with it must not hold a token.
    """
    try:
        reply = await work
        new = None if reply.call_id is None or not reply.is_done else await joining.own_link(reply.call_id, person)
    except CallsError as error:
        await ack(text=words_for(error))
        return
    if new is None:
        await (ack() if reply.text is None else ack(text=reply.text))
    else:
        message = own_link_message(new)
        await ack(text=message.text, blocks=[dict(block) for block in message.blocks])


async def answer_press(
    ack: AsyncAck, calls: CallService, body: Body, work: Awaitable[Reply], *, quiet: bool
) -> Reply | None:
    """Acknowledge a press on a button, which cannot carry text; words follow for the person alone.

    Args:
        quiet: say nothing where the card itself shows that the press worked.

    Returns:
        What came of it; None when it was not taken.
    """
    try:
        reply = await work
    except CallsError as error:
        tell_presser(calls, body, words_for(error))
        leave_unacknowledged(ack)
        return None
    await ack()
    if reply.text is not None and not (quiet and reply.is_done):
        tell_presser(calls, body, reply.text)
    return reply


async def answer_view(ack: AsyncAck, block_id: str, work: Awaitable[Reply]) -> None:
    """Close a dialog that was sent, or show at one of its inputs why it was not taken."""
    try:
        reply = await work
    except CallsError as error:
        await ack(response_action="errors", errors={block_id: words_for(error)})
        return
    if reply.is_done or reply.text is None:
        await ack()
    else:
        await ack(response_action="errors", errors={block_id: reply.text})


async def answer_event(ack: AsyncAck, body: Body, work: Awaitable[object]) -> None:
    """Acknowledge an event once it is stored; of one that is not, Slack tells again."""
    try:
        await work
    except CallsError as error:
        _log.warning("The event %s could not be stored and comes again: %s", body["event"]["type"], error)
        leave_unacknowledged(ack)
        return
    await ack()


def leave_unacknowledged(ack: AsyncAck) -> None:
    """Say that a request was not taken: Slack marks the button that was pressed, and sends an event again."""
    ack.response = BoltResponse(status=503)


def tell_presser(calls: CallService, body: Body, text: str) -> None:
    """Tell whoever pressed a button one sentence, where it was pressed."""
    calls.tell(interaction_person(body), pressed_in(body), text, body.get("response_url"))
