"""Tell the deliveries what a Web API call has made happen; whether the app hears of it is their business.

Source: https://docs.slack.dev/reference/events
"""

from __future__ import annotations

from sandbox.messages import message_json
from sandbox.workspace import Channel, Json, Message, Workspace

_CHANNEL_TYPES = {"channel": "channel", "private": "group", "im": "im", "mpim": "mpim"}


def tell_posted(workspace: Workspace, message: Message) -> None:
    """Tell of a new message."""
    workspace.tell({**message_json(workspace, message), **_place(workspace, message)}, message.channel_id)


def tell_changed(workspace: Workspace, message: Message, before: Json) -> None:
    """Tell of a changed message, with how it was."""
    event = {"type": "message", "subtype": "message_changed", "hidden": True, "ts": workspace.new_ts()}
    now = message_json(workspace, message)
    place = _place(workspace, message)
    workspace.tell(
        {**event, "message": now, "previous_message": before, **place, "event_ts": event["ts"]}, message.channel_id
    )


def tell_deleted(workspace: Workspace, channel_id: str, before: Json) -> None:
    """Tell of a deleted message, with how it was."""
    ts = workspace.new_ts()
    workspace.tell(
        {
            "type": "message",
            "subtype": "message_deleted",
            "hidden": True,
            "ts": ts,
            "deleted_ts": before["ts"],
            "previous_message": before,
            "channel": channel_id,
            "channel_type": _channel_type(workspace, channel_id),
            "event_ts": ts,
        },
        channel_id,
    )


def tell_reaction(workspace: Workspace, kind: str, name: str, message: Message) -> None:
    """Tell of a reaction of the bot; `kind` is `reaction_added` or `reaction_removed`."""
    workspace.tell(
        {
            "type": kind,
            "user": workspace.installation.bot_user_id,
            "reaction": name,
            "item_user": message.user_id,
            "item": {"type": "message", "channel": message.channel_id, "ts": message.ts},
            "event_ts": workspace.new_ts(),
        },
        message.channel_id,
    )


def tell_joined(workspace: Workspace, channel: Channel, user_id: str = "", *, inviter_id: str = "") -> None:
    """Tell that somebody, or the bot, has joined a channel."""
    inviter = {"inviter": inviter_id} if inviter_id else {}
    workspace.tell({**_member_event(workspace, "member_joined_channel", channel, user_id), **inviter}, channel.id)


def tell_left(workspace: Workspace, channel: Channel, user_id: str = "") -> None:
    """Tell that somebody, or the bot, leaves a channel."""
    workspace.tell(_member_event(workspace, "member_left_channel", channel, user_id), channel.id)


def _member_event(workspace: Workspace, kind: str, channel: Channel, user_id: str) -> Json:
    return {
        "type": kind,
        "user": user_id or workspace.installation.bot_user_id,
        "channel": channel.id,
        "channel_type": "G" if channel.kind == "private" else "C",
        "team": workspace.team.id,
        "event_ts": workspace.new_ts(),
    }


def _place(workspace: Workspace, message: Message) -> Json:
    channel_type = _channel_type(workspace, message.channel_id)
    return {"channel": message.channel_id, "channel_type": channel_type, "event_ts": message.ts}


def _channel_type(workspace: Workspace, channel_id: str) -> str:
    channel = workspace.channels.get(channel_id)
    return _CHANNEL_TYPES[channel.kind] if channel else "channel"
