"""The button `rename_call`: show the dialog that takes a new title."""

from __future__ import annotations

from slack_bolt.async_app import AsyncAck

from calls.errors import CallsError
from calls.service import CallService
from calls.words import answers
from listeners.answer import words_for
from listeners.payload import interaction_person, pressed_call, pressed_in
from listeners.request_body import Body
from listeners.routes import Listener
from listeners.views.rename_call import build_rename_call_view


def rename_call(calls: CallService) -> Listener:
    """Return the listener of the button."""

    async def handle_rename_call(ack: AsyncAck, body: Body) -> None:
        await ack()
        person, ref = interaction_person(body), pressed_call(body)
        try:
            call = None if ref.call_id is None else await calls.open_call(ref.call_id, person)
        except CallsError as error:
            calls.tell(person, pressed_in(body), words_for(error), ref.response_url)
            return
        if call is None:
            calls.tell(person, pressed_in(body), answers.already_over(), ref.response_url)
        else:
            calls.open_view(person, body["trigger_id"], build_rename_call_view(call))

    return handle_rename_call
