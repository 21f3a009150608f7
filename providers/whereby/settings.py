"""What the Whereby provider is built with."""

from __future__ import annotations

from dataclasses import dataclass, field

from providers.room_names import check_room_key

API_URL = "https://api.whereby.dev/v1"
"""Source: https://docs.whereby.com/reference/whereby-rest-api-reference"""


@dataclass(frozen=True, slots=True)
class WherebySettings:
    """How Whereby is reached, and what it signs with.

    Args:
        api_key: of a Whereby Embedded organisation.
        key: secret of this installation, from which the beginnings of rooms' names are derived.
        hook_secrets: what Whereby signs its reports with; any of them is accepted, none when there are no reports.
        api_url: without a slash at its end.

    Raises:
        ConfigError: when the key could be guessed.
    """

    api_key: str = field(repr=False)
    key: bytes = field(repr=False)
    hook_secrets: tuple[str, ...] = field(default=(), repr=False)
    api_url: str = API_URL

    def __post_init__(self) -> None:
        check_room_key(self.key)
