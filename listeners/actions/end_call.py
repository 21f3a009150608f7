"""The button `end_call`: end the call for everybody, once its confirmation was answered."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from slack_bolt.async_app import AsyncAck

from calls.service import CallService
from listeners.answer import answer_press
from listeners.payload import Body, action_delivery, interaction_person, pressed_call


def end_call(calls: CallService) -> Callable[..., Awaitable[None]]:
    """Return the listener of the button."""

    async def handle_end_call(ack: AsyncAck, body: Body) -> None:
        work = calls.end(pressed_call(body), interaction_person(body), action_delivery(body))
        await answer_press(ack, calls, body, work, quiet=True)

    return handle_end_call
