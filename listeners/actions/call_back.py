"""The button `call_back` under a missed call: join it, or call whoever invited."""

from __future__ import annotations

from slack_bolt.async_app import AsyncAck

from calls.errors import CallsError
from calls.inviting import Inviting
from calls.joining import Joining
from calls.model import ChannelId
from calls.service import CallService
from listeners.actions.join_call import hand_out
from listeners.answer import answer_press, tell_presser, words_for
from listeners.payload import action_delivery, interaction_person, pressed_id, pressed_in
from listeners.request_body import Body
from listeners.routes import Listener


def call_back(calls: CallService, joining: Joining, inviting: Inviting) -> Listener:
    """Return the listener of the button."""

    async def handle_call_back(ack: AsyncAck, body: Body) -> None:
        person, missed = interaction_person(body), pressed_id(body)
        where = pressed_in(body) or ChannelId(person.user_id)
        work = inviting.call_back(missed, where, person, action_delivery(body))
        reply = await answer_press(ack, calls, body, work, quiet=False)
        if reply is None or not reply.is_done or reply.call_id != missed:
            return
        try:
            await hand_out(calls, joining, body, missed)
        except CallsError as error:
            tell_presser(calls, body, words_for(error))

    return handle_call_back
