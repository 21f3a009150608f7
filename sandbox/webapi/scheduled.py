"""Messages that the app posts later: chat.scheduleMessage and the two methods beside it."""

from __future__ import annotations

import re

from sandbox.channel_items import ScheduledMessage
from sandbox.messages import checked_blocks
from sandbox.webapi.contents import Contents, read_contents
from sandbox.webapi.errors import SlackError
from sandbox.webapi.places import channel_to_post, page_of, visible_channel
from sandbox.webapi.registry import ApiCall, method
from sandbox.workspace import Json

_FURTHEST_S = 120 * 86_400
_WINDOW_S = 300
_MOST_IN_WINDOW = 30
_FIXED_BEFORE_S = 60
"""A message so close to its time cannot be deleted any more."""

_TIME = re.compile(r"\d{1,12}")


@method("chat.scheduleMessage", scope="chat:write")
def chat_schedule_message(call: ApiCall) -> Json:
    """Post a message at a later time.

    Source: https://docs.slack.dev/reference/methods/chat.scheduleMessage
    """
    channel = channel_to_post(call)
    post_at = _post_at(call)
    contents = read_contents(call)
    waiting = _waiting(call, channel.id, post_at, contents)
    near = [one for one in call.workspace.scheduled.values() if abs(one.post_at - post_at) < _WINDOW_S]
    if sum(one.channel_id == channel.id for one in near) >= _MOST_IN_WINDOW:
        raise SlackError("restricted_too_many")
    call.workspace.scheduled[waiting.id] = waiting
    installation = call.workspace.installation
    message: Json = {"text": waiting.text, "username": installation.manifest.bot_display_name}
    message |= {"bot_id": installation.bot_id, "type": "delayed_message", "subtype": "bot_message"}
    if waiting.blocks:
        message["blocks"] = list(waiting.blocks)
    if waiting.attachments:
        message["attachments"] = list(waiting.attachments)
    return {"channel": channel.id, "scheduled_message_id": waiting.id, "post_at": post_at, "message": message}


@method("chat.scheduledMessages.list")
def chat_scheduled_messages_list(call: ApiCall) -> Json:
    """List what waits, of one conversation or of all, in the order of its time.

    Source: https://docs.slack.dev/reference/methods/chat.scheduledMessages.list
    """
    channel_id = call.arguments.text("channel")
    if channel_id is not None and channel_id not in call.workspace.channels:
        raise SlackError("invalid_channel")
    oldest, latest = _bound(call, "oldest"), _bound(call, "latest")
    found = [
        one
        for one in sorted(call.workspace.scheduled.values(), key=lambda one: one.post_at)
        if channel_id in {None, one.channel_id}
        and (oldest is None or one.post_at >= oldest)
        and (latest is None or one.post_at <= latest)
    ]
    page, metadata = page_of(call, found, default=100)
    shown = ("id", "channel_id", "post_at", "date_created", "text")
    return {"scheduled_messages": [{key: getattr(one, key) for key in shown} for one in page], **metadata}


@method("chat.deleteScheduledMessage", scope="chat:write")
def chat_delete_scheduled_message(call: ApiCall) -> Json:
    """Take back a message that waits, unless its time is less than a minute away.

    Source: https://docs.slack.dev/reference/methods/chat.deleteScheduledMessage
    """
    channel = visible_channel(call)
    waiting = call.workspace.scheduled.get(call.arguments.needed("scheduled_message_id"))
    if waiting is None or waiting.channel_id != channel.id:
        raise SlackError("invalid_scheduled_message_id")
    if waiting.post_at - call.workspace.now() < _FIXED_BEFORE_S:
        raise SlackError("invalid_scheduled_message_id")
    del call.workspace.scheduled[waiting.id]
    return {}


def _post_at(call: ApiCall) -> int:
    given = call.arguments.text("post_at") or ""
    if not _TIME.fullmatch(given):
        raise SlackError("invalid_time")
    post_at, now_s = int(given), call.workspace.now()
    if post_at <= now_s:
        raise SlackError("time_in_past")
    if post_at > now_s + _FURTHEST_S:
        raise SlackError("time_too_far")
    return post_at


def _waiting(call: ApiCall, channel_id: str, post_at: int, contents: Contents) -> ScheduledMessage:
    if not (contents.text or contents.blocks or contents.attachments):
        raise SlackError("no_text")
    return ScheduledMessage(
        id=call.workspace.new_id("Q"),
        channel_id=channel_id,
        post_at=post_at,
        date_created=int(call.workspace.now()),
        text=contents.text or "",
        blocks=tuple(checked_blocks(call.workspace, contents.blocks or ())),
        attachments=tuple(contents.attachments or ()),
        thread_ts=contents.thread_ts,
        metadata=contents.metadata,
        is_broadcast=contents.thread_ts is not None and call.arguments.flag("reply_broadcast"),
    )


def _bound(call: ApiCall, name: str) -> float | None:
    given = call.arguments.text(name)
    if given is not None and not re.fullmatch(r"\d{1,12}(\.\d{1,9})?", given):
        raise SlackError("invalid_arguments")
    return None if given is None else float(given)
