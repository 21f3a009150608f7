"""The button `revoke_guest_link`: let nobody else in by a link for guests."""

from __future__ import annotations

from slack_bolt.async_app import AsyncAck

from calls.errors import CallsError
from calls.joining import Joining
from calls.service import CallService
from calls.words import links
from listeners.answer import tell_presser, words_for
from listeners.payload import interaction_person
from listeners.request_body import Body
from listeners.routes import Listener


def revoke_guest_link(calls: CallService, joining: Joining) -> Listener:
    """Return the listener of the button."""

    async def handle_revoke_guest_link(ack: AsyncAck, body: Body) -> None:
        await ack()
        try:
            await joining.revoke(str(body["actions"][0].get("value", "")), interaction_person(body))
        except CallsError as error:
            tell_presser(calls, body, words_for(error))
        else:
            tell_presser(calls, body, links.revoked())

    return handle_revoke_guest_link
