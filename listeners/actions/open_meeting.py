"""The button `open_meeting`: Slack opens its address; there is nothing for us to do but to say that we know."""

from __future__ import annotations

from slack_bolt.async_app import AsyncAck

from listeners.request_body import Body
from listeners.routes import Listener


def open_meeting() -> Listener:
    """Return the listener of the button."""

    async def handle_open_meeting(ack: AsyncAck, _: Body) -> None:
        await ack()

    return handle_open_meeting
