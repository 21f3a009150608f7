"""Post and change messages.

Slack takes about one message a second in a conversation.
Source: https://docs.slack.dev/apis/web-api/rate-limits
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from calls.errors import StateError
from calls.slack.answers import list_in, object_in, text_in
from calls.slack.web import SlackWeb
from calls.unfurl import Unfurl


@dataclass(frozen=True, slots=True)
class Metadata:
    """What marks a message for programs and is shown to nobody.

    Source: https://docs.slack.dev/messaging/message-metadata

    Args:
        event_type: letters, digits, underscores and dots.
        payload: JSON values.
    """

    event_type: str
    payload: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class OutgoingMessage:
    """A message to be sent.

    Args:
        text: what notifications show and screen readers say; without blocks, the whole message.
        blocks: Block Kit blocks as JSON objects, at most 50.
        thread_ts: the message it answers.
    """

    text: str
    blocks: tuple[Mapping[str, Any], ...] = ()
    thread_ts: str | None = None
    metadata: Metadata | None = None

    def __post_init__(self) -> None:
        if not self.text:
            raise StateError("empty_value", detail="text")


@dataclass(frozen=True, slots=True)
class PostedMessage:
    """Where a message is.

    Args:
        channel_id: the conversation; for a message sent to a user id, the direct message with that person.
        ts: tells the conversation's messages apart, such as `1790000000.000100`.
    """

    channel_id: str
    ts: str


class MessagesApi:
    """Messages in any workspace the app is installed in.

    Every method raises a SlackError for every outcome but success.
    """

    def __init__(self, web: SlackWeb) -> None:
        self._web = web

    async def post(self, team_id: str, channel_id: str, message: OutgoingMessage) -> PostedMessage:
        """Post a message that everybody in a conversation sees. Scope `chat:write`.

        Args:
            channel_id: a conversation, or a user id for a direct message.

        Raises:
            SlackChannelRefused: when the app may not post there.
            SlackOutcomeUnknown: when it may have been posted: posting again could show it twice.

        Source: https://docs.slack.dev/reference/methods/chat.postMessage
        """
        method = "chat.postMessage"
        body = _without_none({"channel": channel_id, **_shown(message), **_marked(message), **_PLAIN_LINKS})
        answer = await self._web.call(team_id, method, body)
        return PostedMessage(answer.text("channel", method), answer.text("ts", method))

    async def update(self, team_id: str, channel_id: str, ts: str, message: OutgoingMessage) -> None:
        """Put a message in the place of one that the app posted. Scope `chat:write`.

        Raises:
            SlackMessageGone: when it was deleted or can no longer be changed.

        Source: https://docs.slack.dev/reference/methods/chat.update
        """
        shown = {"text": message.text, "blocks": list(message.blocks)}
        body = _without_none({"channel": channel_id, "ts": ts, **shown, **_marked(message)})
        await self._web.call(team_id, "chat.update", body)

    async def post_ephemeral(self, team_id: str, channel_id: str, user_id: str, message: OutgoingMessage) -> None:
        """Post a message that one person sees until the next reload. Scope `chat:write`.

        Raises:
            SlackChannelRefused: when the app or the person is not in the conversation.

        Source: https://docs.slack.dev/reference/methods/chat.postEphemeral
        """
        body = _without_none({"channel": channel_id, "user": user_id, **_shown(message)})
        await self._web.call(team_id, "chat.postEphemeral", body)

    async def unfurl(self, team_id: str, channel_id: str, link: Unfurl, message: OutgoingMessage) -> None:
        """Show a message's blocks under a link in somebody's message; done again, they change. Scope `links:write`.

        Raises:
            SlackMessageGone: when the message or the link in it was deleted.
            SlackRefused: when the app may not do so there.

        Source: https://docs.slack.dev/reference/methods/chat.unfurl
        """
        shown = {link.url: {"blocks": list(message.blocks)}}
        await self._web.call(team_id, "chat.unfurl", {"channel": channel_id, "ts": link.ts, "unfurls": shown})

    async def respond(
        self, response_url: str, message: OutgoingMessage, *, in_channel: bool, replace_original: bool = False
    ) -> None:
        """Post by the address that came with a command or a press, which needs no membership.

        Args:
            in_channel: whether everybody in the conversation sees it, instead of only the person.
            replace_original: whether to put it in the place of the message that was pressed on.

        Raises:
            SlackResponseUrlGone: after 5 messages or 30 minutes.

        Source: https://docs.slack.dev/interactivity/handling-user-interaction#message_responses
        """
        kind = {"response_type": "in_channel" if in_channel else "ephemeral", "replace_original": replace_original}
        await self._web.respond(
            response_url, _without_none({**kind, **_shown(message), **_marked(message), **_PLAIN_LINKS})
        )

    async def permalink(self, team_id: str, channel_id: str, ts: str) -> str:
        """Return the address at which people come by a message. No scope.

        Raises:
            SlackMessageGone: when there is no such message.

        Source: https://docs.slack.dev/reference/methods/chat.getPermalink
        """
        method = "chat.getPermalink"
        answer = await self._web.call(team_id, method, {"channel": channel_id, "message_ts": ts})
        return answer.text("permalink", method)

    async def reply_with(self, team_id: str, place: PostedMessage, metadata: Metadata, since: datetime) -> str | None:
        """Return the ts of the reply in a thread that carries this metadata, or None when there is none.

        Needs the scope `channels:history`, and for other conversations `groups:history` or `mpim:history`.

        Args:
            place: the message that the thread is under.
            since: replies from before then are not looked at; of those after, the first 200 are.

        Raises:
            SlackScopeMissing: where the app may not read.
            SlackChannelRefused: when it is not in the conversation.

        Source: https://docs.slack.dev/reference/methods/conversations.replies
        """
        body: dict[str, Any] = {"channel": place.channel_id, "ts": place.ts, "oldest": f"{since.timestamp():.6f}"}
        body |= {"include_all_metadata": True, "limit": REPLIES_MAX}
        answer = await self._web.call(team_id, "conversations.replies", body)
        for reply in list_in(answer.data, "messages"):
            if isinstance(reply, Mapping) and object_in(reply, "metadata") == _metadata_form(metadata):
                return text_in(reply, "ts")
        return None


REPLIES_MAX = 200
"""How many replies of a thread are looked through for one of ours."""

_PLAIN_LINKS = {"unfurl_links": False, "unfurl_media": False}
"""A preview of the meeting's page under its own card helps nobody."""


def _shown(message: OutgoingMessage) -> dict[str, Any]:
    return {"text": message.text, "blocks": list(message.blocks) or None, "thread_ts": message.thread_ts}


def _marked(message: OutgoingMessage) -> dict[str, Any]:
    if message.metadata is None:
        return {}
    return {"metadata": _metadata_form(message.metadata)}


def _metadata_form(metadata: Metadata) -> dict[str, Any]:
    return {"event_type": metadata.event_type, "event_payload": dict(metadata.payload)}


def _without_none(body: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in body.items() if value is not None}
