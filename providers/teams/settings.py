"""The settings of the Microsoft Teams provider, and what is usable as one."""

from __future__ import annotations

from dataclasses import dataclass, field

from providers.room_names import check_room_key
from providers.teams.checks import GRAPH_URL, LOGIN_URL
from providers.teams.encryption import Decryption


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
