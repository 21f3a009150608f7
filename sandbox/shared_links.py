"""Links in messages that an app has registered for: find them, and tell the app.

Source: https://docs.slack.dev/reference/events/link_shared
"""

from __future__ import annotations

import html
import re
import secrets
from collections.abc import Sequence
from urllib.parse import urlsplit

from sandbox.workspace import Json, Message, Workspace

_LINK = re.compile(r"<(https?://[^<>|]+)(?:\|[^<>]*)?>")


def links_in(workspace: Workspace, message: Message) -> list[Json]:
    """Return the links of a message that belong to the app's domains, or to something below them."""
    domains = workspace.installation.manifest.unfurl_domains
    found = (html.unescape(url) for url in _LINK.findall(message.text))
    named = ((url, _domain(url, domains)) for url in dict.fromkeys(found))
    return [{"domain": domain, "url": url} for url, domain in named if domain is not None]


def link_shared(workspace: Workspace, message: Message) -> Json | None:
    """Return the event for a message that was posted; None where the app does not hear of it."""
    links = links_in(workspace, message)
    if not links or message.by_app or "links:read" not in workspace.installation.scopes:
        return None
    members = workspace.channels[message.channel_id].members
    return {
        "type": "link_shared",
        "channel": message.channel_id,
        "is_bot_user_member": workspace.installation.bot_user_id in members,
        "user": message.user_id,
        "message_ts": message.ts,
        "unfurl_id": f"{message.channel_id}.{message.ts}.{secrets.token_hex(16)}",
        "source": "conversations_history",
        "links": links,
        **({"thread_ts": message.thread_ts} if message.thread_ts else {}),
        "event_ts": message.ts,
    }


def _domain(url: str, domains: Sequence[str]) -> str | None:
    host = urlsplit(url).hostname or ""
    return next((domain for domain in domains if host == domain or host.endswith(f".{domain}")), None)
