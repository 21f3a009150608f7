"""Understand what follows `/jitsi`, as its earlier users type it; words count whole, so `helpdesk` is a room."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from calls.model import UserId

DEFAULT: Final = "default"

_LINK = re.compile(r"<(https?://[^<>|]+)(?:\|[^<>]*)?>")
_PERSON = re.compile(r"<@([UW][A-Z0-9]+)(?:\|[^<>]*)?>")
_ADDRESS = re.compile(r"[a-z]+://\S+", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Meet:
    """Start a call.

    Args:
        room: its name as typed, or empty.
    """

    room: str = ""
    invited: tuple[UserId, ...] = ()


@dataclass(frozen=True, slots=True)
class Help:
    """Show what can be typed."""


@dataclass(frozen=True, slots=True)
class Server:
    """Show the server, or choose one.

    Args:
        url: None to show it; `DEFAULT` for none.
    """

    url: str | None = None


def parse_jitsi_line(typed: str) -> Meet | Help | Server:
    """Return what a line asks for.

    Args:
        typed: the text after `/jitsi`, as Slack sends it with `should_escape` or without.
    """
    words = typed.split()
    first = words[0].lower() if words else ""
    if first == "help" and len(words) == 1:
        return Help()
    if first == "server" and len(words) == 1:
        return Server()
    if first == "server" and len(words) == len(("server", "url")):
        named = _LINK.fullmatch(words[1])
        url = words[1] if named is None else named[1]
        if url.lower() == DEFAULT or _ADDRESS.fullmatch(url):
            return Server(DEFAULT if url.lower() == DEFAULT else url)
    invited = tuple(dict.fromkeys(UserId(found) for found in _PERSON.findall(typed)))
    return Meet(" ".join(_PERSON.sub(" ", typed).split()), invited)
