"""Find the conversation or person an argument means, as the app's bot is allowed to see them."""

from __future__ import annotations

import base64
import re
from collections.abc import Sequence
from typing import TypeVar

from sandbox.webapi.errors import SlackError
from sandbox.webapi.registry import ApiCall, missing_scope
from sandbox.workspace import Channel, Json, Workspace

_Item = TypeVar("_Item")

_CURSOR = re.compile(r"next:(\d{1,9})", re.ASCII)
_FAMILY_OF_KIND = {"channel": "channels", "private": "groups", "im": "im", "mpim": "mpim"}


def visible_channel(call: ApiCall, name: str = "channel") -> Channel:
    """Find a conversation by id: any public channel, and others the bot is in.

    Raises:
        SlackError: `channel_not_found` for everything else, so that private conversations stay secret.
    """
    channel = call.workspace.channels.get(call.arguments.text(name) or "")
    if channel is None or not can_see(call.workspace, channel):
        raise SlackError("channel_not_found")
    return channel


def can_see(workspace: Workspace, channel: Channel) -> bool:
    """Tell whether the bot may know of a conversation."""
    return channel.kind == "channel" or is_member(workspace, channel)


def is_member(workspace: Workspace, channel: Channel) -> bool:
    """Tell whether the bot is in a conversation."""
    return workspace.installation.bot_user_id in channel.members


def need_kind_scope(call: ApiCall, channel: Channel, verb: str) -> None:
    """Insist on the scope for this kind of conversation.

    Args:
        call: the call.
        channel: the conversation.
        verb: the scope's second half, such as `read` or `history`.

    Raises:
        SlackError: `missing_scope`.
    """
    call.need_scope(f"{_FAMILY_OF_KIND[channel.kind]}:{verb}")


def channel_to_post(call: ApiCall) -> Channel:
    """Find where to post: a conversation's id, a public channel's name, or a person's id for the DM with the app.

    Raises:
        SlackError: `channel_not_found` for what the bot cannot see, `not_in_channel` for a public channel it is not in
            without the scope chat:write.public, `is_archived`, `messages_tab_disabled` for a DM when the manifest has
            no Messages tab.

    Source: https://docs.slack.dev/reference/methods/chat.postMessage#channels
    """
    workspace = call.workspace
    given = call.arguments.text("channel") or ""
    channel = workspace.channels.get(given) or _by_name(workspace, given) or _dm(workspace, given)
    if channel is None or not can_see(workspace, channel):
        raise SlackError("channel_not_found")
    if channel.is_archived:
        raise SlackError("is_archived")
    if not is_member(workspace, channel) and "chat:write.public" not in workspace.installation.scopes:
        raise SlackError("not_in_channel")
    if channel.kind == "im" and not workspace.installation.manifest.messages_tab_enabled:
        raise SlackError("messages_tab_disabled")
    return channel


def open_conversation(workspace: Workspace, user_ids: Sequence[str]) -> tuple[Channel, bool]:
    """Find or create the DM or group DM of the bot with these people; also tells whether it was there already."""
    members = {*user_ids, workspace.installation.bot_user_id}
    kind = "im" if len(user_ids) == 1 else "mpim"
    existing = next((c for c in workspace.channels.values() if c.kind == kind and c.members == members), None)
    if existing is not None:
        return existing, True
    names = sorted(workspace.users[user_id].name for user_id in members)
    if len(user_ids) == 1:
        channel = Channel(workspace.new_id("D"), "", "im", members, created=int(workspace.now()))
    else:
        name = f"mpdm-{'--'.join(names)}-1"
        channel = Channel(workspace.new_id("G"), name, "mpim", members, created=int(workspace.now()))
    workspace.channels[channel.id] = channel
    workspace.changed()
    return channel, False


def named_people(call: ApiCall) -> list[str]:
    """Read the `users` of a conversations.* method, each once: ids with commas between, or an array in a JSON body."""
    given = call.arguments.values.get("users")
    names = given if isinstance(given, list) else str(given or "").split(",")
    return list(dict.fromkeys(name.strip() for name in names if isinstance(name, str) and name.strip()))


def need_any_scope(call: ApiCall, scopes: Sequence[str]) -> None:
    """Insist on at least one of several scopes."""
    provided = call.scopes
    if provided.isdisjoint(scopes):
        raise missing_scope(tuple(scopes), provided)


def page_of(call: ApiCall, items: Sequence[_Item], *, default: int, most: int = 1000) -> tuple[list[_Item], Json]:
    """Cut one page out of a list.

    Args:
        call: its arguments `limit` and `cursor` say which page.
        items: the whole list.
        default: the page's length without a `limit`, or with 0; 0 itself is the whole list.
        most: the largest `limit`.

    Returns:
        The page, and the `response_metadata` with the next cursor, empty at the end.

    Raises:
        SlackError: `invalid_limit` or `invalid_cursor`.

    Source: https://docs.slack.dev/apis/web-api/pagination
    """
    limit = call.arguments.integer("limit") or default
    if limit < 0 or limit > most:
        raise SlackError("invalid_limit")
    start = _read_cursor(call.arguments.text("cursor"))
    stop = start + limit if limit else len(items)
    cursor = base64.b64encode(f"next:{stop}".encode()).decode() if stop < len(items) else ""
    return list(items[start:stop]), {"response_metadata": {"next_cursor": cursor}}


def _read_cursor(cursor: str | None) -> int:
    if cursor is None:
        return 0
    try:
        text = base64.b64decode(cursor, validate=True).decode()
    except ValueError as error:
        raise SlackError("invalid_cursor") from error
    match = _CURSOR.fullmatch(text)
    if match is None:
        raise SlackError("invalid_cursor")
    return int(match[1])


def _by_name(workspace: Workspace, name: str) -> Channel | None:
    wanted = name.removeprefix("#")
    return next((c for c in workspace.channels.values() if wanted and c.kind == "channel" and c.name == wanted), None)


def _dm(workspace: Workspace, user_id: str) -> Channel | None:
    user = workspace.users.get(user_id)
    if user is None or user.is_bot or user.deleted:
        return None
    return open_conversation(workspace, [user_id])[0]
