"""One of Google's APIs, asked for somebody of the Workspace or for the service account itself."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

import aiohttp

from providers.googlemeet.tokens import GoogleTokens
from providers.remote_api import RemoteApi

NAME: Final = "googlemeet"
"""The meeting system's name, as people choose it."""


@dataclass(frozen=True, slots=True)
class GoogleApi:
    """An API with everybody it can be asked for.

    Args:
        base_url: without a slash at its end.
    """

    base_url: str
    session: aiohttp.ClientSession = field(repr=False)
    tokens: GoogleTokens

    def as_user(self, email: str) -> RemoteApi:
        """Return the API as somebody of the Workspace sees it."""
        return RemoteApi(NAME, self.base_url, self.session, self.tokens.as_user(email))

    def as_itself(self) -> RemoteApi:
        """Return the API as the service account sees it."""
        return RemoteApi(NAME, self.base_url, self.session, self.tokens.as_itself())
