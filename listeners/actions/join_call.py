"""The button `join_call`: be shown as in the call; the button itself opens the meeting."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from slack_bolt.async_app import AsyncAck

from calls.service import CallService
from listeners.answer import answer_press
from listeners.payload import Body, action_delivery, interaction_person, pressed_call


def join_call(calls: CallService) -> Callable[..., Awaitable[None]]:
    """Return the listener of the button."""

    async def handle_join_call(ack: AsyncAck, body: Body) -> None:
        work = calls.join(pressed_call(body), interaction_person(body), action_delivery(body))
        await answer_press(ack, calls, body, work, quiet=True)

    return handle_join_call
