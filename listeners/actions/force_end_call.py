"""The button `force_end_call` on the Home of admins: end a call, whatever it waits for."""

from __future__ import annotations

from slack_bolt.async_app import AsyncAck

from calls.homes import Homes
from calls.model import CallId
from listeners.payload import interaction_person
from listeners.request_body import Body
from listeners.routes import Listener


def force_end_call(homes: Homes) -> Listener:
    """Return the listener of the button."""

    async def handle_force_end_call(ack: AsyncAck, body: Body) -> None:
        await ack()
        homes.force_end(interaction_person(body), CallId(str(body["actions"][0].get("value", ""))))

    return handle_force_end_call
