"""The button `invite_to_call` on the card: open the dialog in which people are chosen."""

from __future__ import annotations

from slack_bolt.async_app import AsyncAck

from calls.errors import CallsError
from calls.inviting import Inviting
from calls.service import CallService
from listeners.answer import tell_presser, words_for
from listeners.payload import interaction_person, pressed_id
from listeners.request_body import Body
from listeners.routes import Listener
from listeners.views.invite_to_call import build_invite_to_call_view


def invite_to_call(calls: CallService, inviting: Inviting) -> Listener:
    """Return the listener of the button."""

    async def handle_invite_to_call(ack: AsyncAck, body: Body) -> None:
        await ack()
        person = interaction_person(body)
        try:
            found = await inviting.open_call(pressed_id(body), person)
        except CallsError as error:
            found = words_for(error)
        if isinstance(found, str):
            tell_presser(calls, body, found)
        else:
            calls.open_view(person, body["trigger_id"], build_invite_to_call_view(found))

    return handle_invite_to_call
