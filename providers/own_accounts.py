"""Ask a meeting system in the name of somebody who connected their own account there."""

from __future__ import annotations

import logging
from dataclasses import dataclass, field

import aiohttp

from calls.errors import ProviderAuth, ProviderRefused
from calls.linked_accounts import Owner
from calls.meetings import RoomSpec, TokenOfAccount
from calls.model import TeamId, UserId
from providers.remote_api import Authorize, RemoteApi

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class OwnAccounts:
    """The accounts that people connected at one meeting system.

    Args:
        provider: its name.
        api_url: without a slash at its end.
    """

    provider: str
    api_url: str
    session: aiohttp.ClientSession = field(repr=False)
    token: TokenOfAccount = field(repr=False)

    def starter_of(self, spec: RoomSpec) -> Owner:
        """Return whose account a call is to be held with."""
        return Owner(spec.team_id, spec.started_by, self.provider)

    def owner_of(self, memo: str) -> Owner | None:
        """Return whose room it is, by what `written` gave the room; None for one of the company's account."""
        words = memo.split()
        is_own = len(words) == len(Owner.__slots__) - 1
        return Owner(TeamId(words[0]), UserId(words[1]), self.provider) if is_own else None

    async def api_of(self, owner: Owner) -> RemoteApi | None:
        """Return what asks in a person's name, or None when they have connected no account.

        Raises:
            ProviderDown: when it cannot be renewed now.
            StorageError: when it cannot be read now.
        """
        token = await self._token(owner)
        if token is None:
            return None
        return RemoteApi(self.provider, self.api_url, self.session, self.authorizing(owner, token))

    async def api_of_room(self, memo: str) -> RemoteApi | None:
        """Return what asks for a room in its owner's name; None for one of the company's account.

        Raises:
            ProviderRefused: when its owner has disconnected their account since.
            ProviderDown: when it cannot be renewed now.
            StorageError: when it cannot be read now.
        """
        owner = self.owner_of(memo)
        if owner is None:
            return None
        api = await self.api_of(owner)
        if api is None:
            raise ProviderRefused("account_disconnected", provider=self.provider)
        return api

    def authorizing(self, owner: Owner, token: str | None = None) -> Authorize:
        """Return how requests are authorized that are made in a person's name.

        Args:
            token: what is sent first; None to ask for one.
        """
        last = token

        async def authorize(renewed: bool) -> str:  # noqa: FBT001 - as `providers.remote_api.Authorize` is called
            nonlocal last
            if renewed or last is None:
                last = await self._token(owner, refused=last)
            if last is None:
                raise ProviderAuth("unauthorized", provider=self.provider, detail="account")
            return f"Bearer {last}"

        return authorize

    async def _token(self, owner: Owner, *, refused: str | None = None) -> str | None:
        """Return a token; None also while the app that people connect by is not accepted, which costs no account."""
        try:
            return await self.token(owner, refused=refused)
        except ProviderRefused as error:
            _log.error("Nobody's own account can be used, so calls are made without: %s", error)
            return None


def written(owner: Owner) -> str:
    """Return what a room remembers of whose it is."""
    return f"{owner.team_id} {owner.user_id}"
