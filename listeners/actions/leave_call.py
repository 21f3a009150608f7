"""The button `leave_call`: no longer be shown as in the call."""

from __future__ import annotations

from slack_bolt.async_app import AsyncAck

from calls.service import CallService
from listeners.answer import answer_press
from listeners.payload import action_delivery, interaction_person, pressed_call
from listeners.request_body import Body
from listeners.routes import Listener


def leave_call(calls: CallService) -> Listener:
    """Return the listener of the button."""

    async def handle_leave_call(ack: AsyncAck, body: Body) -> None:
        work = calls.leave(pressed_call(body), interaction_person(body), action_delivery(body))
        await answer_press(ack, calls, body, work, quiet=True)

    return handle_leave_call
