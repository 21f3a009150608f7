"""The event `link_shared`: a message with a link to a meeting was posted.

Slack also tells of links that are still being typed; those become nothing, as nobody has sent them yet.
Source: https://docs.slack.dev/reference/events/link_shared
"""

from __future__ import annotations

from slack_bolt.async_app import AsyncAck

from calls.linking import Linking, SharedLinks
from calls.model import ChannelId, Delivery
from listeners.answer import answer_event
from listeners.payload import event_person
from listeners.request_body import Body, reading
from listeners.routes import Listener


def link_shared(linking: Linking) -> Listener:
    """Return the listener of the event."""

    async def handle_link_shared(ack: AsyncAck, body: Body) -> None:
        event = body["event"]
        if event.get("source") == "composer" or not isinstance(event.get("user"), str):
            await ack()
            return
        person = event_person(body)
        with reading("event.links"):
            urls = [str(link["url"]) for link in event.get("links") or ()]
        links = SharedLinks(person, ChannelId(event["channel"]), event["message_ts"], urls, event.get("thread_ts"))
        # The message, not the event: Slack may tell of the same message again to have its links drawn anew.
        delivery = Delivery(person.team_id, f"link:{event['channel']}:{event['message_ts']}")
        await answer_event(ack, body, linking.shared(links, delivery))

    return handle_link_shared
