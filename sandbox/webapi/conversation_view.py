"""A conversation as Slack's answers show it.

Source: https://docs.slack.dev/reference/methods/conversations.info
"""

from __future__ import annotations

from sandbox.webapi.places import is_member
from sandbox.workspace import Channel, Json, Workspace

GENERAL = "general"


def conversation_json(workspace: Workspace, channel: Channel, *, num_members: bool = False) -> Json:
    """Show a conversation of any kind; `num_members` adds how many people are in it."""
    shown = _im_json(workspace, channel) if channel.kind == "im" else _channel_json(workspace, channel)
    if num_members:
        shown["num_members"] = len(channel.members)
    return shown


def _im_json(workspace: Workspace, channel: Channel) -> Json:
    bot = workspace.installation.bot_user_id
    return {
        "id": channel.id,
        "created": channel.created,
        "is_archived": False,
        "is_im": True,
        "is_org_shared": False,
        "user": next(iter(sorted(channel.members - {bot})), bot),
        "is_user_deleted": False,
        "is_open": True,
        "priority": 0,
        "context_team_id": workspace.team.id,
        "updated": channel.created * 1000,
    }


def _channel_json(workspace: Workspace, channel: Channel) -> Json:
    creator = min(channel.members, default="")
    return {
        "id": channel.id,
        "name": channel.name,
        "is_channel": channel.kind == "channel",
        "is_group": channel.kind == "private",
        "is_im": False,
        "is_mpim": channel.kind == "mpim",
        "is_private": channel.kind != "channel",
        "created": channel.created,
        "is_archived": channel.is_archived,
        "is_general": channel.kind == "channel" and channel.name == GENERAL,
        "unlinked": 0,
        "name_normalized": channel.name,
        "is_shared": bool(channel.shared_with),
        "is_frozen": False,
        "is_org_shared": False,
        "is_pending_ext_shared": False,
        "pending_shared": [],
        "context_team_id": workspace.team.id,
        "updated": channel.created * 1000,
        "parent_conversation": None,
        "creator": creator,
        "is_ext_shared": bool(channel.shared_with),
        "shared_team_ids": [workspace.team.id, *(team.id for team in channel.shared_with)],
        "pending_connected_team_ids": [],
        "is_member": is_member(workspace, channel),
        "topic": {"value": "", "creator": "", "last_set": 0},
        "purpose": {"value": "", "creator": "", "last_set": 0},
        "previous_names": [],
    }
