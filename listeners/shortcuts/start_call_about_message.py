"""The message shortcut `start_call_about_message`: a call named after a message, its card in the thread."""

from __future__ import annotations

from slack_bolt.async_app import AsyncAck

from calls.model import ChannelId
from calls.service import CallService
from calls.starts import Origin, StartRequest, Starts
from listeners.answer import answer_press
from listeners.payload import interaction_person, shortcut_delivery
from listeners.request_body import Body
from listeners.routes import Listener


def start_call_about_message(calls: CallService, starts: Starts) -> Listener:
    """Return the listener of the shortcut."""

    async def handle_start_call_about_message(ack: AsyncAck, body: Body) -> None:
        message = body["message"]
        request = StartRequest(
            person=interaction_person(body),
            channel_id=ChannelId(body["channel"]["id"]),
            channel_name=body["channel"].get("name", ""),
            title=message.get("text") or "",
            thread_ts=message.get("thread_ts") or message["ts"],
            response_url=body.get("response_url"),
            origin=Origin.SHORTCUT,
        )
        await answer_press(ack, calls, body, starts.start(request, shortcut_delivery(body)), quiet=True)

    return handle_start_call_about_message
