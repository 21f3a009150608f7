"""The settings of the built-in room, and what is a usable value."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, Self
from urllib.parse import urlsplit

from calls.errors import ConfigError
from calls.loopback import is_loopback

STUN_URL: Final = "STARTCALL_STUN_URL"
TURN_URL: Final = "STARTCALL_TURN_URL"
TURN_SECRET: Final = "STARTCALL_TURN_SECRET"  # noqa: S105 - a name, not a secret
RELAY_ONLY: Final = "STARTCALL_ICE_RELAY_ONLY"
PEOPLE_MAX: Final = "STARTCALL_BUILTIN_PEOPLE_MAX"

DEFAULT_STUN_URL: Final = "stun:stun.cloudflare.com:3478"
SECRET_EXAMPLE: Final = "your-turn-secret"  # noqa: S105 - opens nothing
NO_STUN: Final = "none"
DEFAULT_PEOPLE_MAX: Final = 6
PEOPLE_LIMITS: Final = range(2, 13)
"""How many people may be let in; each browser sends its picture to each of the others."""

_HOST_AND_PORT = r"(?:[A-Za-z0-9.-]+|\[[0-9A-Fa-f:.]+\])(?::\d{1,5})?"
_STUN = re.compile(rf"stuns?:{_HOST_AND_PORT}")
_TURN = re.compile(rf"turns?:{_HOST_AND_PORT}(?:\?transport=(?:udp|tcp))?")


@dataclass(frozen=True, slots=True)
class BuiltinSettings:
    """What the built-in room is built with.

    Args:
        site_url: where people's browsers reach the app, without a slash at its end.
        stun_url: the server that tells browsers their own public address, or None for none.
        turn_urls: addresses of the server that relays where browsers cannot reach each other.
        turn_secret: shared with that server; passwords are made from it.
        relay_only: whether everything goes through it, so that people do not learn each other's addresses.
        people_max: how many may be in a room at a time.
    """

    site_url: str
    stun_url: str | None = None
    turn_urls: tuple[str, ...] = ()
    turn_secret: str = field(default="", repr=False)
    relay_only: bool = False
    people_max: int = DEFAULT_PEOPLE_MAX

    @classmethod
    def read(cls, site_url: str, values: Mapping[str, str]) -> Self:
        """Return the settings from what is set.

        Args:
            values: each by itself already found to be usable.

        Raises:
            ConfigError: turn_incomplete, when one setting needs another one that is not there.
        """
        turn_url, turn_secret = values.get(TURN_URL, ""), values.get(TURN_SECRET, "")
        relay_only = values.get(RELAY_ONLY, "no") == "yes"
        if turn_url and not turn_secret:
            raise ConfigError("turn_incomplete", detail=f"{TURN_URL} needs {TURN_SECRET}")
        if not turn_url and (turn_secret or relay_only):
            needing = TURN_SECRET if turn_secret else RELAY_ONLY
            raise ConfigError("turn_incomplete", detail=f"{needing} needs {TURN_URL}")
        stun_url = values.get(STUN_URL, DEFAULT_STUN_URL)
        is_local = is_loopback(urlsplit(site_url).hostname or "")
        return cls(
            site_url=site_url,
            # Whoever tries the app on one computer reaches themselves without a server elsewhere.
            stun_url=None if stun_url == NO_STUN or is_local else stun_url,
            turn_urls=tuple(split_urls(turn_url)),
            turn_secret=turn_secret,
            relay_only=relay_only,
            people_max=int(values.get(PEOPLE_MAX, DEFAULT_PEOPLE_MAX)),
        )


def split_urls(value: str) -> list[str]:
    """Return the addresses in a value, which stand between commas."""
    return [part.strip() for part in value.split(",") if part.strip()]


def find_stun_fault(value: str) -> str | None:
    """Return what is wrong with the address of a STUN server, or None."""
    if value == NO_STUN or _STUN.fullmatch(value):
        return None
    return f"is neither {NO_STUN} nor the address of a STUN server (stun:host:port)"


def find_turn_fault(value: str) -> str | None:
    """Return what is wrong with the addresses of a TURN server, or None."""
    urls = split_urls(value)
    if urls and all(_TURN.fullmatch(url) for url in urls):
        return None
    return "is not the address of a TURN server (turn:host:port, several with a comma between)"


def find_secret_fault(value: str) -> str | None:
    """Return what is wrong with the TURN server's secret, or None."""
    return "still holds the placeholder, not the TURN server's secret" if value == SECRET_EXAMPLE else None


def find_choice_fault(value: str) -> str | None:
    """Return what is wrong with a value that has to be yes or no, or None."""
    return None if value in {"yes", "no"} else "is neither yes nor no"


def find_people_fault(value: str) -> str | None:
    """Return what is wrong with a number of people, or None."""
    if value in {str(number) for number in PEOPLE_LIMITS}:
        return None
    return f"is not a whole number from {PEOPLE_LIMITS.start} to {PEOPLE_LIMITS.stop - 1}"
