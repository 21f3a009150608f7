"""The button `force_end_call` on the Home of admins: end a call, whatever it waits for."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from slack_bolt.async_app import AsyncAck

from calls.homes import Homes
from calls.model import CallId
from listeners.payload import Body, interaction_person


def force_end_call(homes: Homes) -> Callable[..., Awaitable[None]]:
    """Return the listener of the button."""

    async def handle_force_end_call(ack: AsyncAck, body: Body) -> None:
        await ack()
        homes.force_end(interaction_person(body), CallId(str(body["actions"][0].get("value", ""))))

    return handle_force_end_call
