"""Turn what a person types into the text Slack keeps and sends.

Source: https://docs.slack.dev/messaging/formatting-message-text
"""

from __future__ import annotations

import re

from sandbox.workspace import User, Workspace

_SPECIAL = {"@channel": "<!channel>", "@here": "<!here>", "@everyone": "<!everyone>"}
_TOKEN = re.compile(r"(?<![\w@#])([@#][\w.-]*\w)|(https?://[^\s<>]*[^\s<>.,:;!?'\")\]}])")


def escape(typed: str) -> str:
    """Return typed text with `& < >` escaped, which is all that happens to a command without `should_escape`."""
    return typed.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def encode(workspace: Workspace, user: User, typed: str) -> str:
    """Return typed text with people, conversations and links in Slack's `<…>` form.

    Args:
        user: who types; a private channel they are not in stays the plain word they typed.
    """

    def encoded(match: re.Match[str]) -> str:
        name, link = match.groups()
        if link is not None:
            return f"<{escape(link)}>"
        return (
            _SPECIAL.get(name)
            or _person(workspace, name)
            or _group(workspace, name)
            or _channel(workspace, user, name)
            or str(name)
        )

    # Escaping everything first would hide where a link ends, so it is done piece by piece.
    pieces, end = [], 0
    for match in _TOKEN.finditer(typed):
        pieces += [escape(typed[end : match.start()]), encoded(match)]
        end = match.end()
    return "".join([*pieces, escape(typed[end:])])


def _person(workspace: Workspace, name: str) -> str | None:
    """Return the person of this handle in Slack's form, or None."""
    wanted = name.removeprefix("@").lower()
    users = (user for user in workspace.users.values() if name[0] == "@" and user.name.lower() == wanted)
    return next((f"<@{user.id}|{user.name}>" for user in users), None)


def _group(workspace: Workspace, name: str) -> str | None:
    """Return the user group of this handle in Slack's form, or None."""
    wanted = name.removeprefix("@").lower()
    groups = (group for group in workspace.groups.values() if name[0] == "@" and group.handle.lower() == wanted)
    return next((f"<!subteam^{group.id}|@{group.handle}>" for group in groups if not group.is_disabled), None)


def _channel(workspace: Workspace, user: User, name: str) -> str | None:
    """Return the channel of this name in Slack's form, or None."""
    wanted = name.removeprefix("#").lower()
    for channel in workspace.channels.values():
        is_seen = channel.kind == "channel" or (channel.kind == "private" and user.id in channel.members)
        if name[0] == "#" and is_seen and channel.name.lower() == wanted:
            return f"<#{channel.id}|{channel.name}>"
    return None
