"""The button `guest_link`: get a link for people without Slack."""

from __future__ import annotations

from slack_bolt.async_app import AsyncAck

from calls.errors import CallsError
from calls.joining import Joining
from calls.link_messages import guest_link_message
from calls.model import CallId
from calls.service import CallService
from listeners.answer import tell_presser, words_for
from listeners.payload import interaction_person
from listeners.request_body import Body
from listeners.routes import Listener


def guest_link(calls: CallService, joining: Joining) -> Listener:
    """Return the listener of the button."""

    async def handle_guest_link(ack: AsyncAck, body: Body) -> None:
        await ack()
        person = interaction_person(body)
        try:
            new = await joining.guest_link(CallId(str(body["actions"][0].get("value", ""))), person)
        except CallsError as error:
            tell_presser(calls, body, words_for(error))
        else:
            calls.show(person, body.get("response_url", ""), guest_link_message(new))

    return handle_guest_link
