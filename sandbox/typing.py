"""Turn what a person types into the text Slack keeps and sends.

Source: https://docs.slack.dev/messaging/formatting-message-text
"""

from __future__ import annotations

import re

from sandbox.workspace import Workspace

_SPECIAL = {"@channel": "<!channel>", "@here": "<!here>", "@everyone": "<!everyone>"}
_TOKEN = re.compile(r"(?<![\w@#])([@#][\w.-]*\w)|(https?://[^\s<>]+)")


def escape(typed: str) -> str:
    """Return typed text with `& < >` escaped, which is all that happens to a command without `should_escape`."""
    return typed.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def encode(workspace: Workspace, typed: str) -> str:
    """Return typed text with people, conversations and links in Slack's `<…>` form, as in messages."""

    def encoded(match: re.Match[str]) -> str:
        name, link = match.groups()
        if link is not None:
            return f"<{link}>"
        return _SPECIAL.get(name) or _mention(workspace, name) or str(name)

    return _TOKEN.sub(encoded, escape(typed))


def _mention(workspace: Workspace, name: str) -> str | None:
    """Return a person or conversation of this name in Slack's form, or None."""
    wanted = name[1:].lower()
    if name.startswith("@"):
        users = (user for user in workspace.users.values() if user.name.lower() == wanted)
        return next((f"<@{user.id}|{user.name}>" for user in users), None)
    channels = (channel for channel in workspace.channels.values() if channel.name.lower() == wanted)
    return next((f"<#{channel.id}|{channel.name}>" for channel in channels), None)
