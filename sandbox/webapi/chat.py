"""The chat.* methods: post, show to one person, change, delete, link to."""

from __future__ import annotations

import html
import urllib.parse

from sandbox import messages
from sandbox.shared_links import links_in
from sandbox.webapi import events
from sandbox.webapi.contents import Contents, read_contents
from sandbox.webapi.errors import SlackError, invalid_argument
from sandbox.webapi.places import channel_to_post, visible_channel
from sandbox.webapi.registry import ApiCall, method
from sandbox.workspace import Channel, Json, Message

_LONGEST_UPDATE = 4_000


@method("chat.postMessage", scope="chat:write", tier=0)
def chat_post_message(call: ApiCall) -> Json:
    """Post a message as the app.

    Source: https://docs.slack.dev/reference/methods/chat.postMessage
    """
    channel = channel_to_post(call)
    contents = read_contents(call)
    broadcast = contents.thread_ts is not None and call.arguments.flag("reply_broadcast")
    message = messages.post(call.workspace, _new(call, channel, contents, "thread_broadcast" if broadcast else ""))
    events.tell_posted(call.workspace, message)
    shown = messages.message_json(call.workspace, message)
    return {"channel": channel.id, "ts": message.ts, "message": shown}


@method("chat.postEphemeral", scope="chat:write", tier=4)
def chat_post_ephemeral(call: ApiCall) -> Json:
    """Post a message that one person in the conversation sees.

    Source: https://docs.slack.dev/reference/methods/chat.postEphemeral
    """
    channel = channel_to_post(call)
    user_id = call.arguments.needed("user")
    if user_id not in channel.members:
        raise SlackError("user_not_in_channel")
    new = _new(call, channel, read_contents(call), "", ephemeral_for=user_id)
    return {"message_ts": messages.post(call.workspace, new).ts}


@method("chat.update", scope="chat:write")
def chat_update(call: ApiCall) -> Json:
    """Change one of the app's own messages.

    Source: https://docs.slack.dev/reference/methods/chat.update
    """
    channel = visible_channel(call)
    message = _own_message(call, channel, "cant_update_message")
    if channel.is_archived:
        raise SlackError("is_inactive")
    contents = read_contents(call)
    if contents.text is not None and len(contents.text) > _LONGEST_UPDATE:
        raise SlackError("msg_too_long")
    before = messages.message_json(call.workspace, message)
    messages.update(
        call.workspace,
        message,
        text=contents.text,
        blocks=contents.blocks,
        attachments=contents.attachments,
        metadata=contents.metadata,
    )
    events.tell_changed(call.workspace, message, before)
    shown = messages.message_json(call.workspace, message)
    return {"channel": channel.id, "ts": message.ts, "text": message.text, "message": shown}


@method("chat.unfurl", scope="links:write")
def chat_unfurl(call: ApiCall) -> Json:
    """Show something under links of a person's message; `unfurl_id` and `metadata` are not built.

    Source: https://docs.slack.dev/reference/methods/chat.unfurl
    """
    for name in ("channel", "ts", "unfurls"):
        if not call.arguments.values.get(name):
            raise SlackError(f"missing_{name}")
    channel = call.workspace.channels.get(call.arguments.needed("channel"))
    if channel is None:
        raise SlackError("cannot_find_channel")
    message = call.workspace.message(channel.id, call.arguments.needed("ts"))
    if message is None or message.ephemeral_for or message.subtype == "tombstone":
        raise SlackError("cannot_find_message")
    messages.unfurl(call.workspace, message, _unfurls(call, message))
    return {}


def _unfurls(call: ApiCall, message: Message) -> dict[str, Json]:
    """Read what is to be shown by the link it belongs to."""
    try:
        unfurls = call.arguments.structure("unfurls")
    except ValueError as error:
        raise SlackError("invalid_unfurls_format") from error
    if not isinstance(unfurls, dict) or not all(isinstance(shown, dict) for shown in unfurls.values()):
        raise SlackError("invalid_unfurls_format")
    known = {link["url"] for link in links_in(call.workspace, message)}
    if not known.issuperset(unfurls):
        text = html.unescape(message.text)
        raise SlackError("cannot_unfurl_url" if all(url in text for url in unfurls) else "cannot_unfurl_message")
    return unfurls


@method("chat.delete", scope="chat:write")
def chat_delete(call: ApiCall) -> Json:
    """Delete one of the app's own messages.

    Source: https://docs.slack.dev/reference/methods/chat.delete
    """
    channel = visible_channel(call)
    message = _own_message(call, channel, "cant_delete_message")
    before = messages.message_json(call.workspace, message)
    ts = message.ts
    messages.delete(call.workspace, message)
    events.tell_deleted(call.workspace, channel.id, before)
    return {"channel": channel.id, "ts": ts}


@method("chat.getPermalink", tier=0)
def chat_get_permalink(call: ApiCall) -> Json:
    """Give the address of a message; it leads to the sandbox's page.

    Source: https://docs.slack.dev/reference/methods/chat.getPermalink
    """
    channel = visible_channel(call)
    message = call.workspace.message(channel.id, call.arguments.needed("message_ts"))
    if message is None or message.ephemeral_for:
        raise SlackError("message_not_found")
    link = f"{call.workspace.base_url}/archives/{channel.id}/p{message.ts.replace('.', '')}"
    if message.thread_ts and message.thread_ts != message.ts:
        link += "?" + urllib.parse.urlencode({"thread_ts": message.thread_ts, "cid": channel.id})
    return {"channel": channel.id, "permalink": link}


def _new(
    call: ApiCall, channel: Channel, contents: Contents, subtype: str, ephemeral_for: str | None = None
) -> messages.NewMessage:
    return messages.NewMessage(
        channel_id=channel.id,
        user_id=call.workspace.installation.bot_user_id,
        text=contents.text or "",
        blocks=contents.blocks or (),
        attachments=contents.attachments or (),
        thread_ts=contents.thread_ts,
        metadata=contents.metadata,
        by_app=True,
        ephemeral_for=ephemeral_for,
        subtype=subtype,
    )


def _own_message(call: ApiCall, channel: Channel, refusal: str) -> Message:
    """Find a lasting message of the app; ephemeral ones can only be changed through their response_url."""
    ts = call.arguments.text("ts")
    if ts is None:
        raise invalid_argument("ts", "must provide a string")
    message = call.workspace.message(channel.id, ts)
    if message is None or message.ephemeral_for or message.subtype == "tombstone":
        raise SlackError("message_not_found")
    if not message.by_app:
        raise SlackError(refusal)
    return message
