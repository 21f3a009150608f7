"""What the Daily provider is built with."""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass, field

from providers.room_names import check_room_key

API_URL = "https://api.daily.co/v1"
"""Source: https://docs.daily.co/reference/rest-api"""


@dataclass(frozen=True, slots=True)
class DailySettings:
    """How Daily is reached, and how Daily reaches us.

    Args:
        api_key: of the Daily domain in which the rooms are made.
        key: secret of this installation; names of rooms and the webhook's secret are derived from it.
        site_url: where this app is reached, without a slash at its end; None when nobody reaches it.
        api_url: without a slash at its end.

    Raises:
        ConfigError: when the key could be guessed.
    """

    api_key: str = field(repr=False)
    key: bytes = field(repr=False)
    site_url: str | None = None
    api_url: str = API_URL

    def __post_init__(self) -> None:
        check_room_key(self.key)

    @property
    def hook_url(self) -> str | None:
        """Where Daily reports to; None when it cannot."""
        return None if self.site_url is None else f"{self.site_url}/hooks/daily"

    @property
    def hook_secret(self) -> bytes:
        """What Daily signs its reports with: we tell it, so nobody has to copy it."""
        return hmac.digest(self.key, b"startcall daily webhook", hashlib.sha256)
