"""The settings of the BigBlueButton provider, and what is usable as one."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from providers.room_names import check_room_key

ALGORITHMS = ("sha1", "sha256", "sha384", "sha512")
"""What a server may accept checksums by.

Source: https://docs.bigbluebutton.org/development/api/#configuration, `supportedChecksumAlgorithms`.
"""

USUAL_ALGORITHM = "sha256"
"""Accepted by every version from 2.3 on unless somebody switched it off."""

_API = re.compile(r"(/api)?/*$")


@dataclass(frozen=True, slots=True)
class BigBlueButtonSettings:
    """What the BigBlueButton provider is built with.

    Args:
        api_url: where the server's API is, without a slash at its end.
        secret: what the server and we sign with.
        room_key: keeps the ids of meetings unguessable for those who know a call's id; at least 16 bytes.
        algorithm: one of `ALGORITHMS`, for our requests.
        records: whether moderators may record.
        hooks_url: where the server reports to, without a slash at its end; None when it cannot.

    Raises:
        ConfigError: when the key is not usable.
    """

    api_url: str
    secret: str = field(repr=False)
    room_key: bytes = field(repr=False)
    algorithm: str = USUAL_ALGORITHM
    records: bool = False
    hooks_url: str | None = None

    def __post_init__(self) -> None:
        check_room_key(self.room_key)


def read_api_url(url: str) -> str:
    """Return the address of the API, from what `bbb-conf --secret` prints or from the address itself."""
    return _API.sub("/api", url, count=1)


def find_algorithm_fault(value: str) -> str | None:
    """Return what is wrong with the name of an algorithm; None when it is one."""
    return None if value in ALGORITHMS else f"is none of {', '.join(ALGORITHMS)}"


def find_choice_fault(value: str) -> str | None:
    """Return what is wrong with a value that has to be yes or no; None when it is one of them."""
    return None if value in {"yes", "no"} else "is neither yes nor no"
