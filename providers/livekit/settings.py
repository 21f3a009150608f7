"""The settings of the LiveKit provider, and what is usable as one."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import quote, urlsplit

from calls.meetings import Capability
from providers.addresses import find_address_fault
from providers.credentials import find_api_url_fault
from providers.room_names import check_room_key

CAN: Final = (
    Capability.CREATE
    | Capability.END
    | Capability.ROSTER
    | Capability.WEBHOOK
    | Capability.POLL
    | Capability.RECORDING
    | Capability.PERSON_LINK
    | Capability.KICK
)
"""Everything that a LiveKit server can do, whatever its settings."""

TOKEN, SERVER, ROOM = "{token}", "{server}", "{room}"
_PLACEHOLDER = re.compile(r"\{[^{}]*\}")


@dataclass(frozen=True, slots=True)
class LiveKitSettings:
    """What the LiveKit provider is built with.

    Args:
        url: of the server, with http or https, without a slash at its end.
        page: address of the web page people meet on, with placeholders.
        hooks_url: where the server is to report to.
        room_key: keeps the names of rooms unguessable for those who know a call's id; at least 16 bytes.

    Raises:
        ConfigError: when the key is not usable.
    """

    url: str
    api_key: str
    api_secret: str = field(repr=False)
    page: str
    hooks_url: str
    room_key: bytes = field(repr=False)

    def __post_init__(self) -> None:
        check_room_key(self.room_key)

    def person_url(self, room_id: str, token: str) -> str:
        """Return the page's address for somebody who has a token."""
        server = quote(_swapped(self.url, {"http": "ws", "https": "wss"}), safe="")
        return self.page.replace(TOKEN, token).replace(SERVER, server).replace(ROOM, room_id)

    def room_url(self, room_id: str) -> str:
        """Return the page's address without a token, with which nobody gets in."""
        return f"{re.split('[?#]', self.page)[0].replace(ROOM, room_id)}#{room_id}"


def read_server_url(url: str) -> str:
    """Return the address of a server's API; consoles and clients show it with wss."""
    return _swapped(url, {"ws": "http", "wss": "https"}).rstrip("/")


def find_server_fault(value: str) -> str | None:
    """Return what is wrong with the address of a server; None when it can be used."""
    return find_api_url_fault(read_server_url(value))


def find_page_fault(value: str) -> str | None:
    """Return what is wrong with the address of the page people meet on; None when it can be used."""
    fault = find_address_fault(value)
    if fault is not None:
        return fault
    if TOKEN not in value:
        return f"has no {TOKEN}, so that nobody would get in"
    if TOKEN in urlsplit(value).path:
        return f"has {TOKEN} in its path, where servers log it; put it after a ? or, better, a #"
    if set(_PLACEHOLDER.findall(value)) - {TOKEN, SERVER, ROOM} or set("{}") & set(_PLACEHOLDER.sub("", value)):
        return f"has a placeholder that does not exist; there are {TOKEN}, {SERVER} and {ROOM}"
    return None


def _swapped(url: str, schemes: dict[str, str]) -> str:
    scheme, separator, rest = url.partition("://")
    return f"{schemes.get(scheme, scheme)}{separator}{rest}"
