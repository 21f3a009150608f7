"""How long an address that came with a request is used."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from calls.model import ResponseUrl

RESPONSE_URL_LASTS: Final = timedelta(minutes=29)
"""One minute less than Slack gives, for clocks that differ."""


def usable_url(url: str | None, now: datetime) -> ResponseUrl | None:
    """Return the response_url of a request that came now, with the time until which it can be used."""
    return None if url is None else ResponseUrl(url, now + RESPONSE_URL_LASTS)
