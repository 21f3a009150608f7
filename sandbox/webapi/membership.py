"""Make conversations, and bring people in and out: conversations.create, invite and leave."""

from __future__ import annotations

import re

from sandbox.webapi.conversation_view import GENERAL, conversation_json
from sandbox.webapi.errors import SlackError
from sandbox.webapi.events import tell_joined, tell_left
from sandbox.webapi.places import is_member, named_people, need_any_scope, visible_channel
from sandbox.webapi.registry import ApiCall, method
from sandbox.workspace import Channel, ChannelKind, Json

_LONGEST_NAME = 80
_MOST_INVITED = 100
_MANAGE = ("channels:manage", "groups:write")
_INVITE = (*_MANAGE, "channels:write.invites", "groups:write.invites")


@method("conversations.create", scope=_MANAGE, tier=2)
def conversations_create(call: ApiCall) -> Json:
    """Make a public or private channel; the bot is its first member.

    Source: https://docs.slack.dev/reference/methods/conversations.create
    """
    workspace = call.workspace
    is_private = call.arguments.flag("is_private")
    call.need_scope("groups:write" if is_private else "channels:manage")
    name = _name(call)
    if any(channel.name == name for channel in workspace.channels.values()):
        raise SlackError("name_taken")
    members = {workspace.installation.bot_user_id}
    kind: ChannelKind = "private" if is_private else "channel"
    created = int(workspace.now())
    channel = Channel(workspace.new_id("C"), name, kind, members, created=created)
    workspace.channels[channel.id] = channel
    workspace.changed()
    return {"channel": conversation_json(workspace, channel)}


@method("conversations.invite", scope=_INVITE)
def conversations_invite(call: ApiCall) -> Json:
    """Bring people into a channel: all of them or none, unless `force` leaves the wrong ones out.

    Source: https://docs.slack.dev/reference/methods/conversations.invite
    """
    channel = visible_channel(call)
    if channel.kind not in {"channel", "private"}:
        raise SlackError("method_not_supported_for_channel_type")
    family = "groups" if channel.kind == "private" else "channels"
    need_any_scope(call, ("groups:write" if family == "groups" else "channels:manage", f"{family}:write.invites"))
    if channel.is_archived:
        raise SlackError("is_archived")
    if not is_member(call.workspace, channel):
        raise SlackError("not_in_channel")
    user_ids = _users(call)
    problems = [(user_id, problem) for user_id in user_ids if (problem := _problem(call, channel, user_id))]
    refused: Json = {"errors": [{"user": user_id, "ok": False, "error": problem} for user_id, problem in problems]}
    if problems and (len(problems) == len(user_ids) or not call.arguments.flag("force")):
        raise SlackError(problems[0][1], extra=refused)
    for user_id in user_ids:
        if user_id not in dict(problems):
            channel.members.add(user_id)
            tell_joined(call.workspace, channel, user_id, inviter_id=call.workspace.installation.bot_user_id)
    call.workspace.changed()
    return {"channel": conversation_json(call.workspace, channel), **(refused if problems else {})}


@method("conversations.leave", scope=(*_MANAGE, "im:write", "mpim:write"))
def conversations_leave(call: ApiCall) -> Json:
    """Leave a channel; who is not in it hears so without an error.

    Source: https://docs.slack.dev/reference/methods/conversations.leave
    """
    channel, bot = visible_channel(call), call.workspace.installation.bot_user_id
    if channel.kind == "im":
        raise SlackError("method_not_supported_for_channel_type")
    call.need_scope({"channel": "channels:manage", "private": "groups:write", "mpim": "mpim:write"}[channel.kind])
    if channel.is_archived:
        raise SlackError("is_archived")
    if channel.kind == "channel" and channel.name == GENERAL:
        raise SlackError("cant_leave_general")
    if not is_member(call.workspace, channel):
        return {"not_in_channel": True}
    if channel.members == {bot}:
        raise SlackError("last_member")
    tell_left(call.workspace, channel, bot)
    channel.members.discard(bot)
    call.workspace.changed()
    return {}


def _name(call: ApiCall) -> str:
    name = call.arguments.text("name") or ""
    if not name:
        raise SlackError("invalid_name_required")
    if len(name) > _LONGEST_NAME:
        raise SlackError("invalid_name_maxlength")
    if not any(letter.isalnum() for letter in name):
        raise SlackError("invalid_name_punctuation")
    if name != name.lower() or re.search(r"[^\w-]", name):
        raise SlackError("invalid_name_specials")
    return name


def _users(call: ApiCall) -> list[str]:
    user_ids = named_people(call)
    if not user_ids:
        raise SlackError("no_user")
    return user_ids[:_MOST_INVITED]


def _problem(call: ApiCall, channel: Channel, user_id: str) -> str | None:
    user = call.workspace.users.get(user_id)
    if user is None or user.deleted:
        return "user_not_found"
    if user_id == call.workspace.installation.bot_user_id:
        return "cant_invite_self"
    if user.is_stranger:
        return "cant_invite"
    return "already_in_channel" if user_id in channel.members else None
