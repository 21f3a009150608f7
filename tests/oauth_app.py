"""The settings of an app that is installed by OAuth."""

from __future__ import annotations

from tests.many_workspaces import KEY


def oauth_settings(
    api_url: str, database_url: str, port: int, *, signing_secret: str, client_id: str, client_secret: str
) -> dict[str, str]:
    """Return the environment of an app without a bot token, which takes signed requests and makes links."""
    return {
        "SLACK_API_URL": api_url,
        "SLACK_SIGNING_SECRET": signing_secret,
        "SLACK_CLIENT_ID": client_id,
        "SLACK_CLIENT_SECRET": client_secret,
        "SLACK_BOT_TOKEN": "",
        "SLACK_APP_TOKEN": "",
        "STARTCALL_ENCRYPTION_KEY": KEY,
        "PORT": str(port),
        "DATABASE_URL": database_url,
        "STARTCALL_LINK_TEMPLATE": "https://meet.example.com/{room}",
    }
