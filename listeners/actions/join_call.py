"""The button `join_call`: be shown as in the call, and get a link where the button itself opens nothing."""

from __future__ import annotations

from slack_bolt.async_app import AsyncAck

from calls.errors import CallsError
from calls.joining import Joining
from calls.link_messages import own_link_message, own_link_view
from calls.model import CallId
from calls.question_message import QUESTION
from calls.service import CallService
from listeners.answer import answer_press, tell_presser, words_for
from listeners.payload import action_delivery, interaction_person, pressed_block, pressed_call, pressed_in
from listeners.request_body import Body
from listeners.routes import Listener


def join_call(calls: CallService, joining: Joining) -> Listener:
    """Return the listener of the button."""

    async def handle_join_call(ack: AsyncAck, body: Body) -> None:
        work = calls.join(pressed_call(body), interaction_person(body), action_delivery(body))
        reply = await answer_press(ack, calls, body, work, quiet=True)
        # On a card the button opens our page, where that can ask who comes; on the Home it opens nothing.
        opens_page = joining.signs_in and pressed_in(body) is not None
        if reply is None or not reply.is_done or reply.call_id is None or opens_page:
            return
        try:
            is_handed_out = await hand_out(calls, joining, body, reply.call_id)
            if pressed_block(body) == QUESTION and reply.text is not None and not is_handed_out:
                tell_presser(calls, body, reply.text)
        except CallsError as error:
            tell_presser(calls, body, words_for(error))

    return handle_join_call


async def hand_out(calls: CallService, joining: Joining, body: Body, call_id: CallId) -> bool:
    """Show whoever pressed a link of their own, where there is one: below the card, or on the Home in a dialog."""
    person, response_url = interaction_person(body), body.get("response_url")
    new = await joining.own_link(call_id, person)
    if new is None:
        return False
    if response_url is not None and pressed_in(body) is not None:
        calls.show(person, response_url, own_link_message(new))
    else:
        calls.open_view(person, body["trigger_id"], own_link_view(new))
    return True
