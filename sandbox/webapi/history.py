"""Read messages: conversations.history and conversations.replies."""

from __future__ import annotations

import re

from sandbox.messages import message_json
from sandbox.webapi.errors import SlackError
from sandbox.webapi.places import is_member, need_kind_scope, page_of, visible_channel
from sandbox.webapi.registry import ApiCall, method
from sandbox.workspace import Channel, Json, Message

_HISTORY_SCOPES = ("channels:history", "groups:history", "im:history", "mpim:history")
_TIMESTAMP = re.compile(r"\d+(\.\d+)?")
_MOST = 999


@method("conversations.history", scope=_HISTORY_SCOPES)
def conversations_history(call: ApiCall) -> Json:
    """Read a conversation's messages, newest first, without the replies in threads.

    Source: https://docs.slack.dev/reference/methods/conversations.history
    """
    channel = _readable_channel(call)
    stored = reversed(call.workspace.messages.get(channel.id, []))
    messages = [m for m in stored if m.ephemeral_for is None and (not _is_reply(m) or m.subtype == "thread_broadcast")]
    return {**_page(call, messages), "pin_count": 0}


@method("conversations.replies", scope=_HISTORY_SCOPES)
def conversations_replies(call: ApiCall) -> Json:
    """Read a thread, its first message and the replies, oldest first; the `ts` may be any of its messages'.

    Source: https://docs.slack.dev/reference/methods/conversations.replies
    """
    channel = _readable_channel(call)
    message = call.workspace.message(channel.id, call.arguments.needed("ts"))
    if message is None or message.ephemeral_for:
        raise SlackError("thread_not_found")
    root = call.workspace.message(channel.id, message.thread_ts) if message.thread_ts else message
    if root is None:
        raise SlackError("thread_not_found")
    return _page(call, [root, *root.replies])


def _readable_channel(call: ApiCall) -> Channel:
    channel = visible_channel(call)
    need_kind_scope(call, channel, "history")
    if not is_member(call.workspace, channel):
        raise SlackError("not_in_channel")
    return channel


def _is_reply(message: Message) -> bool:
    return message.thread_ts is not None and message.thread_ts != message.ts


def _page(call: ApiCall, messages: list[Message]) -> Json:
    oldest = _timestamp(call, "oldest")
    latest = _timestamp(call, "latest")
    inclusive = call.arguments.flag("inclusive")
    kept = [message for message in messages if _between(float(message.ts), oldest, latest, inclusive=inclusive)]
    page, metadata = page_of(call, kept, default=100, most=_MOST)
    has_more = bool(metadata["response_metadata"]["next_cursor"])
    shown = [_json(call, message) for message in page]
    return {"messages": shown, "has_more": has_more, **(metadata if has_more else {})}


def _json(call: ApiCall, message: Message) -> Json:
    """Show a message; its metadata only to who asks for it."""
    shown = message_json(call.workspace, message)
    if not call.arguments.flag("include_all_metadata"):
        shown.pop("metadata", None)
    return shown


def _timestamp(call: ApiCall, name: str) -> float | None:
    value = call.arguments.text(name)
    if value is None or value in {"0", "now"}:
        return None
    if not _TIMESTAMP.fullmatch(value):
        raise SlackError(f"invalid_ts_{name}")
    return float(value)


def _between(ts: float, oldest: float | None, latest: float | None, *, inclusive: bool) -> bool:
    if oldest is not None and (ts < oldest or (ts == oldest and not inclusive)):
        return False
    return latest is None or ts < latest or (ts == latest and inclusive)
