"""The workspace and its bots."""

from __future__ import annotations

from sandbox.call_view import app_icon_urls
from sandbox.webapi.errors import SlackError
from sandbox.webapi.registry import ApiCall, method
from sandbox.workspace import Json

_TEAM_ICON_SIZES = (34, 44, 68, 88, 102, 132)
_BOT_ICON_SIZES = ("image_36", "image_48", "image_72")


@method("team.info", scope="team:read")
def team_info(call: ApiCall) -> Json:
    """Describe the workspace.

    Source: https://docs.slack.dev/reference/methods/team.info
    """
    workspace = call.workspace
    wanted = call.arguments.text("team")
    if wanted not in {None, workspace.team.id}:
        raise SlackError("team_not_found")
    icon: Json = {f"image_{size}": f"{workspace.base_url}/icons/team_{size}.png" for size in _TEAM_ICON_SIZES}
    return {
        "team": {
            "id": workspace.team.id,
            "name": workspace.team.name,
            "url": f"{workspace.base_url}/",
            "domain": workspace.team.domain,
            "email_domain": "",
            "icon": {**icon, "image_default": True},
        }
    }


@method("bots.info", scope="users:read")
def bots_info(call: ApiCall) -> Json:
    """Describe the app's bot; without `bot`, too (a choice: Slack then answers with nothing useful).

    Source: https://docs.slack.dev/reference/methods/bots.info
    """
    installation = call.workspace.installation
    if call.arguments.text("bot") not in {None, installation.bot_id}:
        raise SlackError("bot_not_found")
    icons = app_icon_urls(call.workspace)
    return {
        "bot": {
            "id": installation.bot_id,
            "deleted": False,
            "name": installation.manifest.bot_display_name,
            "updated": 0,
            "app_id": installation.app_id,
            "user_id": installation.bot_user_id,
            "icons": {size: icons[size] for size in _BOT_ICON_SIZES},
        }
    }
