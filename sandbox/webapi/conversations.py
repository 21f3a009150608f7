"""The conversations.* methods about conversations themselves; messages are in `sandbox.webapi.history`."""

from __future__ import annotations

from sandbox.webapi.conversation_view import conversation_json
from sandbox.webapi.errors import SlackError
from sandbox.webapi.events import tell_joined
from sandbox.webapi.places import (
    can_see,
    is_member,
    named_people,
    need_kind_scope,
    open_conversation,
    page_of,
    visible_channel,
)
from sandbox.webapi.registry import ApiCall, method
from sandbox.workspace import Channel, Json

_TYPES = {"public_channel": "channel", "private_channel": "private", "mpim": "mpim", "im": "im"}
_READ_SCOPES = ("channels:read", "groups:read", "im:read", "mpim:read")
_READ_SCOPE_OF = dict(zip(("channel", "private", "im", "mpim"), _READ_SCOPES, strict=True))
_MOST_PEOPLE = 8


@method("conversations.list", scope=_READ_SCOPES, tier=2)
def conversations_list(call: ApiCall) -> Json:
    """List the conversations of some types that the bot can see.

    Source: https://docs.slack.dev/reference/methods/conversations.list
    """
    found = _of_types(call, with_archived=not call.arguments.flag("exclude_archived"))
    found = [channel for channel in found if can_see(call.workspace, channel)]
    page, metadata = page_of(call, found, default=100)
    channels = [conversation_json(call.workspace, c, num_members=c.kind != "im") for c in page]
    return {"channels": channels, **metadata}


@method("users.conversations", scope=_READ_SCOPES, tier=3)
def users_conversations(call: ApiCall) -> Json:
    """List the conversations a person, or the bot itself, is in.

    Of another person only those the bot can see are listed.

    Source: https://docs.slack.dev/reference/methods/users.conversations
    """
    user_id = call.arguments.text("user") or call.workspace.installation.bot_user_id
    if user_id not in call.workspace.users:
        raise SlackError("user_not_found")
    found = _of_types(call, with_archived=not call.arguments.flag("exclude_archived"))
    found = [channel for channel in found if user_id in channel.members and can_see(call.workspace, channel)]
    page, metadata = page_of(call, found, default=100)
    return {"channels": [conversation_json(call.workspace, channel) for channel in page], **metadata}


@method("conversations.info", scope=_READ_SCOPES)
def conversations_info(call: ApiCall) -> Json:
    """Describe a conversation.

    Source: https://docs.slack.dev/reference/methods/conversations.info
    """
    channel = visible_channel(call)
    need_kind_scope(call, channel, "read")
    num_members = call.arguments.flag("include_num_members")
    shown = conversation_json(call.workspace, channel, num_members=num_members)
    if call.arguments.flag("include_locale"):
        shown["locale"] = "en-US"
    return {"channel": shown}


@method("conversations.members", scope=_READ_SCOPES, tier=4)
def conversations_members(call: ApiCall) -> Json:
    """List who is in a conversation.

    Source: https://docs.slack.dev/reference/methods/conversations.members
    """
    channel = visible_channel(call)
    need_kind_scope(call, channel, "read")
    page, metadata = page_of(call, sorted(channel.members), default=100)
    return {"members": page, **metadata}


@method("conversations.join", scope="channels:join")
def conversations_join(call: ApiCall) -> Json:
    """Join a public channel.

    Source: https://docs.slack.dev/reference/methods/conversations.join
    """
    channel = visible_channel(call)
    if channel.kind != "channel":
        raise SlackError("method_not_supported_for_channel_type")
    if channel.is_archived:
        raise SlackError("is_archived")
    if is_member(call.workspace, channel):
        call.warnings.append("already_in_channel")
    else:
        channel.members.add(call.workspace.installation.bot_user_id)
        call.workspace.changed()
        tell_joined(call.workspace, channel)
    return {"channel": conversation_json(call.workspace, channel)}


@method("conversations.open", scope=("im:write", "mpim:write"))
def conversations_open(call: ApiCall) -> Json:
    """Open the DM with one person, or the group DM with several; or take up one by its id.

    Source: https://docs.slack.dev/reference/methods/conversations.open
    """
    if call.arguments.text("channel") is not None:
        channel, was_open = visible_channel(call), True
        if channel.kind not in {"im", "mpim"}:
            raise SlackError("method_not_supported_for_channel_type")
    else:
        user_ids = _people(call)
        call.need_scope("im:write" if len(user_ids) == 1 else "mpim:write")
        channel, was_open = open_conversation(call.workspace, user_ids)
    full = call.arguments.flag("return_im") or channel.kind == "mpim"
    shown = conversation_json(call.workspace, channel) if full else {"id": channel.id}
    return {"no_op": True, "already_open": True, "channel": shown} if was_open else {"channel": shown}


def _people(call: ApiCall) -> list[str]:
    """Return whom conversations.open is for besides the bot, who all have to be there."""
    user_ids = named_people(call)
    if not user_ids:
        raise SlackError("users_list_not_supplied")
    others = [user_id for user_id in user_ids if user_id != call.workspace.installation.bot_user_id]
    if not others:
        raise SlackError("not_enough_users")
    if len(others) > _MOST_PEOPLE:
        raise SlackError("too_many_users")
    for user_id in others:
        user = call.workspace.users.get(user_id)
        if user is None:
            raise SlackError("user_not_found")
        if user.deleted:
            raise SlackError("user_disabled")
    return others


def _of_types(call: ApiCall, *, with_archived: bool) -> list[Channel]:
    """List all conversations of the types asked for, each type with its scope."""
    types = [name.strip() for name in (call.arguments.text("types") or "public_channel").split(",")]
    unknown = [name for name in types if name not in _TYPES]
    if unknown:
        raise SlackError("invalid_types")
    kinds = {_TYPES[name] for name in types}
    call.need_scope(*sorted(_READ_SCOPE_OF[kind] for kind in kinds))
    channels = call.workspace.channels.values()
    return [c for c in channels if c.kind in kinds and (with_archived or not c.is_archived)]
