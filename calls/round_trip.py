"""Know a browser again that was sent elsewhere and comes back, without keeping anything until it does.

Everybody can begin as often as they like: nothing is stored for it. What the browser brings back is signed, belongs to
that browser alone, and is good for a while.

Source: https://datatracker.ietf.org/doc/html/rfc6749#section-10.12
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Final

from calls import signed_token
from calls.ports import Clock

STATE_LASTS: Final = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class State:
    """What OAuth's `state` says.

    Args:
        id: tells it from every other.
        expires_at: until when it is good, aware and in UTC.
        is_of_browser: whether it was made for the browser that brought it.
    """

    id: str = field(repr=False)
    expires_at: datetime
    is_of_browser: bool


class RoundTrips:
    """Makes and reads OAuth's `state` for one purpose."""

    def __init__(self, key: bytes, purpose: str, now: Clock) -> None:
        """Take the key.

        Args:
            key: secret of this installation, the same in all its processes.
            purpose: what the browsers are sent away for; their states are of no use for anything else.
        """
        self._key = hmac.digest(key, f"round trips: {purpose}".encode(), hashlib.sha256)
        self._purpose = purpose
        self._now = now

    def begin(self, browser: str) -> str:
        """Return a state for a browser.

        Args:
            browser: what that browser alone keeps.
        """
        said = {"id": secrets.token_urlsafe(32), "browser": _hash(browser)}
        return signed_token.sign(said, self._key, audience=self._purpose, expires_at=self._now() + STATE_LASTS)

    def read(self, state: str, browser: str) -> State | None:
        """Return what a state says; None when it is not ours, for something else, or too old."""
        said = signed_token.read(state, self._key, audience=self._purpose)
        if said is None:
            return None
        is_of_browser = hmac.compare_digest(said["browser"], _hash(browser))
        return State(said["id"], datetime.fromtimestamp(said["exp"], UTC), is_of_browser)


def _hash(browser: str) -> str:
    return hashlib.sha256(browser.encode()).hexdigest()
