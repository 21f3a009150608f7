"""The event `app_home_opened`: draw the person's Home anew."""

from __future__ import annotations

from slack_bolt.async_app import AsyncAck

from calls.homes import Homes
from listeners.payload import event_person
from listeners.request_body import Body
from listeners.routes import Listener


def app_home_opened(homes: Homes) -> Listener:
    """Return the listener of the event."""

    async def handle_app_home_opened(ack: AsyncAck, body: Body) -> None:
        await ack()
        if body["event"].get("tab") == "home":
            homes.show(event_person(body))

    return handle_app_home_opened
