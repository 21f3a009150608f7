"""Acknowledge a request with what the calls package answers, or with what went wrong in words."""

from __future__ import annotations

from collections.abc import Awaitable

from slack_bolt import BoltResponse
from slack_bolt.async_app import AsyncAck

from calls.errors import CallsError, StorageError
from calls.model import Reply
from calls.service import CallService
from calls.words import answers
from calls.words.errors import sentence_for
from listeners.payload import Body, interaction_person, pressed_in


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


async def answer_press(ack: AsyncAck, calls: CallService, body: Body, work: Awaitable[Reply], *, quiet: bool) -> None:
    """Acknowledge a press on a button, which cannot carry text; words follow for the person alone.

    Args:
        quiet: say nothing where the card itself shows that the press worked.
    """
    try:
        reply = await work
    except CallsError as error:
        _tell(calls, body, words_for(error))
        # Slack marks the button for the person when a press is not taken.
        ack.response = BoltResponse(status=503)
        return
    await ack()
    if reply.text is not None and not (quiet and reply.is_done):
        _tell(calls, body, reply.text)


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


def _tell(calls: CallService, body: Body, text: str) -> None:
    calls.tell(interaction_person(body), pressed_in(body), text, body.get("response_url"))
