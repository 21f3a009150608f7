"""The usergroups.* methods that read."""

from __future__ import annotations

from sandbox.webapi.errors import SlackError
from sandbox.webapi.registry import ApiCall, method
from sandbox.workspace import Json, UserGroup, Workspace


@method("usergroups.list", scope="usergroups:read", tier=2)
def usergroups_list(call: ApiCall) -> Json:
    """List the user groups; disabled ones only when they are asked for.

    Source: https://docs.slack.dev/reference/methods/usergroups.list
    """
    groups = [group for group in call.workspace.groups.values() if _is_listed(call, group)]
    with_users = call.arguments.flag("include_users")
    return {"usergroups": [_group_json(call.workspace, group, with_users=with_users) for group in groups]}


@method("usergroups.users.list", scope="usergroups:read", tier=2)
def usergroups_users_list(call: ApiCall) -> Json:
    """List who is in a user group.

    Source: https://docs.slack.dev/reference/methods/usergroups.users.list
    """
    group = call.workspace.groups.get(call.arguments.needed("usergroup"))
    if group is None or not _is_listed(call, group):
        raise SlackError("no_such_subteam")
    return {"users": sorted(group.members)}


def _is_listed(call: ApiCall, group: UserGroup) -> bool:
    return not group.is_disabled or call.arguments.flag("include_disabled")


def _group_json(workspace: Workspace, group: UserGroup, *, with_users: bool) -> Json:
    shown: Json = {
        "id": group.id,
        "team_id": workspace.team.id,
        "is_usergroup": True,
        "is_subteam": True,
        "name": group.name,
        "description": "",
        "handle": group.handle,
        "is_external": False,
        "date_delete": int(workspace.now()) if group.is_disabled else 0,
        "user_count": len(group.members),
    }
    return shown | ({"users": sorted(group.members)} if with_users else {})
