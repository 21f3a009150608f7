"""One of Google's APIs, asked for somebody of the Workspace or for the service account itself."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

import aiohttp

from providers.googlemeet.tokens import GoogleTokens
from providers.own_accounts import OwnAccounts
from providers.remote_api import RemoteApi

NAME: Final = "googlemeet"
"""The meeting system's name, as people choose it."""


@dataclass(frozen=True, slots=True)
class GoogleApi:
    """An API with everybody it can be asked for.

    Args:
        base_url: without a slash at its end.
        own: the accounts that people connected.
    """

    base_url: str
    session: aiohttp.ClientSession = field(repr=False)
    tokens: GoogleTokens
    own: OwnAccounts | None = None

    def as_user(self, host: str) -> RemoteApi:
        """Return the API as somebody sees it.

        Args:
            host: e-mail address of somebody of the Workspace, or what `providers.own_accounts.written` returns of
                somebody who connected their own account.
        """
        owner = None if self.own is None else self.own.owner_of(host)
        if self.own is None or owner is None:
            return RemoteApi(NAME, self.base_url, self.session, self.tokens.as_user(host))
        return RemoteApi(NAME, self.base_url, self.session, self.own.authorizing(owner))

    def as_itself(self) -> RemoteApi:
        """Return the API as the service account sees it."""
        return RemoteApi(NAME, self.base_url, self.session, self.tokens.as_itself())
