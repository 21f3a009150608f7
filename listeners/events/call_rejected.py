"""The event `call_rejected`: somebody pressed Decline on Slack's own part of a direct message with a call.

Source: https://docs.slack.dev/reference/events/call_rejected
"""

from __future__ import annotations

import logging

from slack_bolt import BoltResponse
from slack_bolt.async_app import AsyncAck

from calls.errors import CallsError
from calls.inviting import Inviting
from calls.model import Delivery
from listeners.payload import event_person
from listeners.request_body import Body
from listeners.routes import Listener

_log = logging.getLogger(__name__)


def call_rejected(inviting: Inviting) -> Listener:
    """Return the listener of the event."""

    async def handle_call_rejected(ack: AsyncAck, body: Body) -> None:
        event, person = body["event"], event_person(body)
        delivery = Delivery(person.team_id, f"event:{body['event_id']}")
        try:
            await inviting.rejected(str(event["call_id"]), person, delivery)
        except CallsError as error:
            # Not acknowledged, so that Slack sends it again.
            _log.warning("That %s declined a call could not be stored: %s", event["user_id"], error)
            ack.response = BoltResponse(status=503)
            return
        await ack()

    return handle_call_rejected
