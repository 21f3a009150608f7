"""Slack Connect: share a channel with another workspace, and have its people in it.

Source: https://docs.slack.dev/apis/slack-connect
"""

from __future__ import annotations

from sandbox.workspace import Channel, Json, Team, User, Workspace


def share_channel(workspace: Workspace, channel_id: str, *user_ids: str) -> None:
    """Share a channel with the workspace of some strangers, who join it; the app is told.

    Args:
        user_ids: of `Workspace.strangers`.

    Raises:
        KeyError: when there is no such channel or stranger.
    """
    channel = workspace.channels[channel_id]
    for stranger in [workspace.strangers[user_id] for user_id in user_ids]:
        user, team = stranger.user, stranger.team
        user.team = team
        workspace.users[user.id] = user
        channel.members.add(user.id)
        if team not in channel.shared_with:
            channel.shared_with.append(team)
            event: Json = {"type": "channel_shared", "connected_team_id": team.id, "channel": channel.id}
            workspace.tell({**event, "event_ts": workspace.new_ts()}, channel.id)
    workspace.changed()


def unshare_channel(workspace: Workspace, channel_id: str) -> None:
    """End the sharing of a channel; those of other workspaces leave it, and the app is told."""
    channel = workspace.channels[channel_id]
    teams, channel.shared_with = channel.shared_with, []
    channel.members -= {user.id for user in workspace.users.values() if user.team in teams}
    for team in teams:
        event: Json = {"type": "channel_unshared", "previously_connected_team_id": team.id, "channel": channel.id}
        workspace.tell({**event, "is_ext_shared": False, "event_ts": workspace.new_ts()}, channel.id)
    workspace.changed()


def team_of(workspace: Workspace, user: User | None) -> Team:
    """Return whose somebody is: another workspace's, or this one's."""
    return workspace.team if user is None or user.team is None else user.team


def is_stranger(workspace: Workspace, user: User) -> bool:
    """Say whether somebody is of another workspace and in no conversation that the bot is in.

    Source: https://docs.slack.dev/reference/objects/user-object
    """
    if user.is_stranger or user.team is None:
        return user.is_stranger
    bot = workspace.installation.bot_user_id
    return not any({bot, user.id} <= channel.members for channel in workspace.channels.values())


def is_shared_place(workspace: Workspace, event: Json) -> bool:
    """Say whether an event is about a channel that is shared with another workspace."""
    item = event.get("item")
    place = event.get("channel") or event.get("channel_id") or (item.get("channel") if isinstance(item, dict) else "")
    channel = workspace.channels.get(place) if isinstance(place, str) else None
    return channel is not None and bool(channel.shared_with)


def author_keys(workspace: Workspace, channel: Channel | None, user: User | None) -> Json:
    """Return how a message names its author's workspace; in a shared channel it is named three times."""
    team_id = team_of(workspace, user).id
    if channel is None or not channel.shared_with:
        return {"team": team_id}
    return {"team": team_id, "user_team": team_id, "source_team": team_id}
