"""The button `reopen_call` on the card of a call that was ended a moment ago: let it go on."""

from __future__ import annotations

from slack_bolt.async_app import AsyncAck

from calls.reopening import Reopening
from calls.service import CallService
from listeners.answer import answer_press
from listeners.payload import action_delivery, interaction_person, pressed_id
from listeners.request_body import Body
from listeners.routes import Listener


def reopen_call(calls: CallService, reopening: Reopening) -> Listener:
    """Return the listener of the button."""

    async def handle_reopen_call(ack: AsyncAck, body: Body) -> None:
        work = reopening.reopen(pressed_id(body), interaction_person(body), action_delivery(body))
        await answer_press(ack, calls, body, work, quiet=True)

    return handle_reopen_call
