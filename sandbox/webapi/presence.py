"""users.getPresence: who is there."""

from __future__ import annotations

from sandbox.webapi.errors import SlackError
from sandbox.webapi.registry import ApiCall, method
from sandbox.workspace import Json


@method("users.getPresence", scope="users:read", caller="bot or person")
def users_get_presence(call: ApiCall) -> Json:
    """Tell whether somebody is there: everybody is who has not left, and a bot when the manifest says so.

    Source: https://docs.slack.dev/reference/methods/users.getPresence
    """
    own_id = call.user_id or call.workspace.installation.bot_user_id
    user = call.workspace.users.get(call.arguments.text("user") or own_id)
    if user is None:
        raise SlackError("user_not_found")
    is_there = call.workspace.installation.manifest.bot_always_online if user.is_bot else not user.deleted
    about: Json = {"presence": "active" if is_there else "away"}
    if user.id != own_id:
        return about
    last_activity = int(call.workspace.now())
    return about | {
        "online": is_there,
        "auto_away": False,
        "manual_away": False,
        "connection_count": int(is_there),
        "last_activity": last_activity,
    }
