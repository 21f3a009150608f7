"""The event `app_home_opened`: draw the person's Home anew."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from slack_bolt.async_app import AsyncAck

from calls.homes import Homes
from listeners.payload import Body, event_person


def app_home_opened(homes: Homes) -> Callable[..., Awaitable[None]]:
    """Return the listener of the event."""

    async def handle_app_home_opened(ack: AsyncAck, body: Body) -> None:
        await ack()
        if body["event"].get("tab") == "home":
            homes.show(event_person(body))

    return handle_app_home_opened
