"""The settings of the Microsoft Teams provider, and what is usable as one."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from calls.errors import ConfigError
from providers.credentials import find_credential_fault
from providers.room_names import check_room_key
from providers.teams.encryption import Decryption, read_decryption

GRAPH_URL = "https://graph.microsoft.com"
LOGIN_URL = "https://login.microsoftonline.com"

_GUID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")


@dataclass(frozen=True, slots=True)
class TeamsSettings:
    """What the Microsoft Teams provider is built with.

    Args:
        tenant_id: the organization.
        organizer: object id of the account that owns meetings whose starter has none, or may own none.
        room_key: keeps ids of rooms, and what Graph has to show us, from being guessed; at least 16 bytes.
        decryption: reads what Graph reports; None when it is not to report anything.
        api_url: stands in for Graph and for the place where tokens are had, without a slash at its end.
        user_client_id: of the app registration by which people connect accounts of their own, or None.
    """

    tenant_id: str
    client_id: str
    client_secret: str = field(repr=False)
    organizer: str
    room_key: bytes = field(repr=False)
    decryption: Decryption | None = None
    api_url: str | None = None
    user_client_id: str | None = None
    user_client_secret: str = field(default="", repr=False)

    def __post_init__(self) -> None:
        check_room_key(self.room_key)

    @property
    def graph_url(self) -> str:
        """Where Microsoft Graph is."""
        return self.api_url or GRAPH_URL

    @property
    def token_url(self) -> str:
        """Where access tokens are had.

        Source: https://learn.microsoft.com/en-us/entra/identity-platform/v2-oauth2-client-creds-grant-flow
        """
        return f"{self.api_url or LOGIN_URL}/{self.tenant_id}/oauth2/v2.0/token"

    @property
    def authorize_url(self) -> str:
        """Where people of the organization allow what is done in their name.

        Source: https://learn.microsoft.com/en-us/entra/identity-platform/v2-oauth2-auth-code-flow
        """
        return f"{self.api_url or LOGIN_URL}/{self.tenant_id}/oauth2/v2.0/authorize"


def find_guid_fault(value: str) -> str | None:
    """Return what is wrong with an id of Microsoft's; None when it can be used."""
    return None if _GUID.fullmatch(value) else "is not an id such as 00000000-1111-2222-3333-444444444444"


def find_secret_fault(value: str) -> str | None:
    """Return what is wrong with a client secret; None when it can be used."""
    if _GUID.fullmatch(value):
        return "is an id; copy the secret's value, which is shown once, and not its Secret ID"
    return find_credential_fault(value)


def find_key_fault(value: str) -> str | None:
    """Return what is wrong with a private key; None when it can be used."""
    if value.startswith("your-"):
        return "still holds the placeholder, not a real key"
    try:
        read_decryption(value)
    except ConfigError as error:
        return error.detail
    return None
