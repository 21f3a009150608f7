"""What the Nextcloud provider is built with."""

from __future__ import annotations

import base64
from dataclasses import dataclass, field

from providers.credentials import find_api_url_fault, find_credential_fault
from providers.room_names import check_room_key

_INDEX = "/index.php"


@dataclass(frozen=True, slots=True)
class NextcloudSettings:
    """Which Nextcloud, and as whom.

    Args:
        url: of the Nextcloud, without a slash at its end.
        user: the account whose conversations the rooms are.
        app_password: of that account.
        key: secret of this installation, from which the codes in conversations' names are derived.

    Raises:
        ConfigError: when the key could be guessed.
    """

    url: str
    user: str
    app_password: str = field(repr=False)
    key: bytes = field(repr=False)

    def __post_init__(self) -> None:
        check_room_key(self.key)

    @property
    def authorization(self) -> str:
        """The value of the Authorization header."""
        return "Basic " + base64.b64encode(f"{self.user}:{self.app_password}".encode()).decode()


def find_url_fault(value: str) -> str | None:
    """Return what is wrong with a Nextcloud's address; None when usable."""
    fault = find_api_url_fault(value)
    if fault is None and value.rstrip("/").endswith(_INDEX):
        return f"must end before {_INDEX}"
    return fault


def find_user_fault(value: str) -> str | None:
    """Return what is wrong with an account's id; None when usable."""
    if ":" in value:
        return "has a colon, which an account's id cannot have"
    return find_credential_fault(value.replace(" ", ""))
