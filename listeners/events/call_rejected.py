"""The event `call_rejected`: somebody pressed Decline on Slack's own part of a direct message with a call.

Source: https://docs.slack.dev/reference/events/call_rejected
"""

from __future__ import annotations

from slack_bolt.async_app import AsyncAck

from calls.inviting import Inviting
from calls.model import Delivery
from listeners.answer import answer_event
from listeners.payload import event_person
from listeners.request_body import Body
from listeners.routes import Listener


def call_rejected(inviting: Inviting) -> Listener:
    """Return the listener of the event."""

    async def handle_call_rejected(ack: AsyncAck, body: Body) -> None:
        event, person = body["event"], event_person(body)
        delivery = Delivery(person.team_id, f"event:{body['event_id']}")
        await answer_event(ack, body, inviting.rejected(str(event["call_id"]), person, delivery))

    return handle_call_rejected
