"""Rooms that people bring themselves: nobody makes or closes them for us, and nobody tells who is in.

Such a call has its room from the start. Ending it ends what Slack shows; the room stays its owner's.
"""

from __future__ import annotations

import hashlib
import ipaddress
import re
from typing import Final
from urllib.parse import urlsplit

from calls.errors import ProviderRefused
from calls.meetings import Capability, Health, Provider, RoomSpec
from calls.model import Room
from calls.preferences import OWN_ROOM
from calls.words import settings as words

ADDRESS_MAX_CHARS: Final = 500

# What RFC 3986 allows. A backslash is left out on purpose: browsers read it as a slash.
_CHARACTERS = re.compile(r"[A-Za-z0-9\-._~:/?#\[\]@!$&'()*+,;=%]*")
_TOP_LEVEL = re.compile(r"[a-z]{2,}|xn--[a-z0-9-]+")
_INSIDE = frozenset({"local", "localhost", "internal", "intranet", "lan", "home", "corp", "private", "arpa", "test"})
"""Last parts of names that only mean something inside one network."""


class OwnRoom(Provider):
    """Takes rooms as they are; `calls.meetings.Provider` says what each method does."""

    @property
    def name(self) -> str:
        """The name it is chosen by."""
        return OWN_ROOM

    @property
    def capabilities(self) -> Capability:
        """Nothing: the room is somebody else's."""
        return Capability.NONE

    @property
    def notice(self) -> str | None:
        """Nothing: whoever brought the room knows it."""
        return None

    async def create_room(self, spec: RoomSpec) -> Room:
        """Refuse: a call that takes place in such a room has it from the start."""
        raise ProviderRefused("not_offered", provider=self.name, detail=f"create_room of {spec.call_id}")

    async def probe(self) -> Health:
        """There is nothing that could be down."""
        return Health(ok=True, sentence="Rooms of people's own are used as they are.")

    async def aclose(self) -> None:
        """Hold nothing that would have to be given back."""


def room_at(address: str) -> Room:
    """Return the room at an address; the same address is the same room."""
    return Room(hashlib.sha256(address.encode()).hexdigest()[:32], address)


def find_address_fault(address: str) -> str | None:
    """Return what is wrong with the address of a room that other people are sent to, in words; None when usable."""
    if len(address) > ADDRESS_MAX_CHARS:
        return words.room_address_too_long(ADDRESS_MAX_CHARS)
    try:
        parts = urlsplit(address)
        usable = _CHARACTERS.fullmatch(address) is not None and parts.port != 0
    except ValueError:
        usable = False
    if not usable or not parts.hostname:
        return words.room_address_not_readable()
    if parts.scheme != "https":
        return words.room_address_not_https()
    if "@" in parts.netloc:
        return words.room_address_with_password()
    return None if _is_public(parts.hostname) else words.room_address_private()


def _is_public(host: str) -> bool:
    """Say whether a host can mean the same to everybody: a name of the internet, or an address there."""
    try:
        return ipaddress.ip_address(host).is_global
    except ValueError:
        pass
    labels = host.rstrip(".").lower().split(".")
    return (
        len(labels) > 1 and all(labels) and _TOP_LEVEL.fullmatch(labels[-1]) is not None and labels[-1] not in _INSIDE
    )
