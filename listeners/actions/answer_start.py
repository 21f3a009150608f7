"""The buttons below the question that comes before a start: start after all, replace the running call, cancel."""

from __future__ import annotations

from slack_bolt.async_app import AsyncAck

from calls.errors import CallsError
from calls.model import Reply
from calls.service import CallService
from calls.slack.messages_api import OutgoingMessage
from calls.starts import Choice, Starts
from listeners.answer import leave_unacknowledged, tell_presser, words_for
from listeners.payload import action_delivery, interaction_person, pressed_id
from listeners.request_body import Body
from listeners.routes import Listener


def answer_start(calls: CallService, starts: Starts, choice: Choice) -> Listener:
    """Return the listener of one of the buttons."""

    async def handle_answer_start(ack: AsyncAck, body: Body) -> None:
        try:
            reply = await starts.answer(pressed_id(body), choice, interaction_person(body), action_delivery(body))
            message = await _shown(starts, reply)
        except CallsError as error:
            tell_presser(calls, body, words_for(error))
            leave_unacknowledged(ack)
            return
        await ack()
        _show(calls, body, message)

    return handle_answer_start


async def _shown(starts: Starts, reply: Reply) -> OutgoingMessage | None:
    """Return what takes the place of the question: what was done, or the next question."""
    if reply.asks and reply.call_id is not None:
        return await starts.question(reply.call_id)
    return None if reply.text is None else OutgoingMessage(reply.text)


def _show(calls: CallService, body: Body, message: OutgoingMessage | None) -> None:
    response_url = body.get("response_url")
    if message is not None and response_url is not None:
        calls.put_in_place(interaction_person(body), response_url, message)
