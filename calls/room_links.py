"""Check the addresses that a meeting system gives for a room, before anybody is sent there."""

from __future__ import annotations

import logging
import re
from dataclasses import replace
from typing import Final
from urllib.parse import urlsplit

from calls.errors import ProviderRefused
from calls.loopback import is_loopback
from calls.meetings import Provider
from calls.model import Room

LINK_MAX_CHARS: Final = 4_000
"""Longer than any link of a meeting system's; Slack documents no limit."""

_log = logging.getLogger(__name__)

# Printable ASCII without blanks, quotation marks, angle brackets, backslashes, braces, bars, carets and backticks.
_CHARACTERS = re.compile(r"[!#-;=?-\[\]_a-z~]+")


def checked_room(provider: Provider, room: Room) -> Room:
    """Return a room whose links can be shown; one for a desktop program that cannot is left out.

    Raises:
        ProviderRefused: when its link is no https address; http is taken from this computer itself alone.
    """
    if not is_web_link(room.join_url):
        raise ProviderRefused("room_link_not_usable", provider=provider.name, detail=room.id)
    if room.desktop_url is None or _scheme(room.desktop_url) in provider.desktop_schemes:
        return room
    _log.warning("%s gave a link for a desktop program with a scheme that is not its own.", provider.name)
    return replace(room, desktop_url=None)


def is_web_link(link: str) -> bool:
    """Say whether a link is an https address, or an http one at this computer itself."""
    if len(link) > LINK_MAX_CHARS or not _CHARACTERS.fullmatch(link):
        return False
    try:
        parts = urlsplit(link)
        host = parts.hostname
    except ValueError:
        return False
    if not host or "@" in parts.netloc:
        return False
    return parts.scheme == "https" or (parts.scheme == "http" and is_loopback(host))


def _scheme(link: str) -> str:
    scheme, colon, _ = link.partition(":")
    return scheme.lower() if colon and _CHARACTERS.fullmatch(link) else ""
