"""The settings of the Webex provider."""

from __future__ import annotations

from dataclasses import dataclass, field

from providers.room_names import check_room_key

WEBEX_API = "https://webexapis.com/v1"


@dataclass(frozen=True, slots=True)
class WebexSettings:
    """What the Webex provider is built with.

    Args:
        refresh_token: of the Webex user whose meetings they are; Webex prolongs it with every use.
        key: keeps the tags by which meetings are found again unguessable, and signs reports; at least 16 bytes.
        hooks_url: where Webex reports to; None when it cannot reach us.
        api_url: without a slash at its end.
        user_client_id: of the Integration by which people connect accounts of their own, or None.

    Raises:
        ConfigError: when they do not fit together.
    """

    client_id: str
    client_secret: str = field(repr=False)
    refresh_token: str = field(repr=False)
    key: bytes = field(repr=False)
    hooks_url: str | None = None
    api_url: str = WEBEX_API
    user_client_id: str | None = None
    user_client_secret: str = field(default="", repr=False)

    def __post_init__(self) -> None:
        check_room_key(self.key)
