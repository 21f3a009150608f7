"""The reactions.* methods, as the bot."""

from __future__ import annotations

import re

from sandbox.messages import message_json
from sandbox.webapi import events
from sandbox.webapi.errors import SlackError
from sandbox.webapi.places import visible_channel
from sandbox.webapi.registry import ApiCall, method
from sandbox.workspace import Json, Message

_NAME = re.compile(r"[a-z0-9_+'-]+(::skin-tone-[2-6])?")


@method("reactions.add", scope="reactions:write")
def reactions_add(call: ApiCall) -> Json:
    """React to a message.

    Source: https://docs.slack.dev/reference/methods/reactions.add
    """
    message, name = _target(call), _name(call)
    bot = call.workspace.installation.bot_user_id
    users = message.reactions.setdefault(name, [])
    if bot in users:
        raise SlackError("already_reacted")
    users.append(bot)
    call.workspace.changed()
    events.tell_reaction(call.workspace, "reaction_added", name, message)
    return {}


@method("reactions.remove", scope="reactions:write")
def reactions_remove(call: ApiCall) -> Json:
    """Take a reaction back.

    Source: https://docs.slack.dev/reference/methods/reactions.remove
    """
    message, name = _target(call), _name(call)
    bot = call.workspace.installation.bot_user_id
    if bot not in message.reactions.get(name, []):
        raise SlackError("no_reaction")
    message.reactions[name].remove(bot)
    if not message.reactions[name]:
        del message.reactions[name]
    call.workspace.changed()
    events.tell_reaction(call.workspace, "reaction_removed", name, message)
    return {}


@method("reactions.get", scope="reactions:read")
def reactions_get(call: ApiCall) -> Json:
    """Show a message with its reactions.

    Source: https://docs.slack.dev/reference/methods/reactions.get
    """
    message = _target(call)
    shown = message_json(call.workspace, message)
    return {"type": "message", "channel": message.channel_id, "message": shown}


def _name(call: ApiCall) -> str:
    name = call.arguments.needed("name").strip(":")
    if not _NAME.fullmatch(name):
        raise SlackError("invalid_name")
    return name


def _target(call: ApiCall) -> Message:
    channel = visible_channel(call)
    message = call.workspace.message(channel.id, call.arguments.text("timestamp") or "")
    if message is None or message.ephemeral_for:
        raise SlackError("message_not_found")
    return message
