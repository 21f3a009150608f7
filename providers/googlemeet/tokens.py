"""Keep an access token for everybody that the service account acts for, and one for itself."""

from __future__ import annotations

from calls.errors import ProviderDown, ProviderError
from providers.access_token import AccessToken, TokenKeeper
from providers.googlemeet.service_account import GRANT, ServiceAccount
from providers.oauth_token import TokenEndpoint
from providers.remote_api import Authorize

MEET_SCOPES = (
    "https://www.googleapis.com/auth/meetings.space.created",
    "https://www.googleapis.com/auth/meetings.space.readonly",
)
"""What an administrator of the Workspace has to delegate.

Source: https://developers.google.com/workspace/meet/api/guides/scopes
"""

PUBSUB_SCOPES = ("https://www.googleapis.com/auth/pubsub",)

_KEEPERS_MAX = 500
"""Of so many people a token is kept; one that fell out is fetched anew."""


class GoogleTokens:
    """Gives out access tokens, by whom they act for."""

    def __init__(self, account: ServiceAccount, endpoint: TokenEndpoint) -> None:
        """Fetch nothing yet."""
        self._account = account
        self._endpoint = endpoint
        self._of_users: dict[str, TokenKeeper] = {}
        self._own = TokenKeeper(lambda: self._fetch(PUBSUB_SCOPES, None), endpoint.now)

    def as_user(self, email: str) -> Authorize:
        """Return how requests are authorized that act for somebody of the Workspace."""
        keeper = self._of_users.get(email)
        if keeper is None:
            while len(self._of_users) >= _KEEPERS_MAX:
                self._of_users.pop(next(iter(self._of_users)))
            keeper = TokenKeeper(lambda: self._fetch(MEET_SCOPES, email), self._endpoint.now)
            self._of_users[email] = keeper
        return keeper.authorize

    def as_itself(self) -> Authorize:
        """Return how requests are authorized that the service account makes for itself."""
        return self._own.authorize

    async def _fetch(self, scopes: tuple[str, ...], user: str | None) -> AccessToken:
        assertion = self._account.assertion(scopes, self._endpoint.now(), user=user)
        return await self._endpoint.fetch({"grant_type": GRANT, "assertion": assertion})


def trouble(error: ProviderError) -> str:
    """Say in a sentence what an administrator can do about an error.

    Source: https://developers.google.com/identity/protocols/oauth2/service-account#error-codes
    """
    cures = {
        "invalid_grant": "Google does not know the account as one of its Workspace, or this computer's clock is wrong.",
        "unauthorized_client": "The service account's client id is not delegated, or not for the scopes in the README.",
        "invalid_client": "Google does not know the service account or its key any more.",
    }
    if error.detail in cures:
        return cures[error.detail]
    if error.code == "not_permitted":
        return "Google does not allow it: see whether the API is enabled in the project and the permission is given."
    if isinstance(error, ProviderDown):
        return f"Google does not answer as it should ({error.detail or error.code})."
    return f"Google refuses it ({error.detail or error.code})."
