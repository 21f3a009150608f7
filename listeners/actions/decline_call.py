"""The button `decline_call` of the direct message that rings: the person does not come."""

from __future__ import annotations

from slack_bolt.async_app import AsyncAck

from calls.inviting import Inviting
from calls.service import CallService
from listeners.answer import answer_press
from listeners.payload import action_delivery, interaction_person, pressed_id
from listeners.request_body import Body
from listeners.routes import Listener


def decline_call(calls: CallService, inviting: Inviting) -> Listener:
    """Return the listener of the button."""

    async def handle_decline_call(ack: AsyncAck, body: Body) -> None:
        work = inviting.decline(pressed_id(body), interaction_person(body), action_delivery(body))
        await answer_press(ack, calls, body, work, quiet=True)

    return handle_decline_call
