"""Ask Zoom in the name of somebody who connected their own account."""

from __future__ import annotations

from dataclasses import dataclass

import aiohttp

from calls.errors import ProviderAuth
from calls.linked_accounts import Owner
from calls.meetings import TokenOfAccount
from calls.model import TeamId, UserId
from providers.remote_api import RemoteApi
from providers.zoom.meetings_api import MeetingsApi

ME = "me"
"""What Zoom calls the owner of the token, in place of a user's id or address."""


@dataclass(frozen=True, slots=True)
class OwnAccounts:
    """The accounts that people connected.

    Args:
        api_url: without a slash at its end.
    """

    api_url: str
    session: aiohttp.ClientSession
    token: TokenOfAccount

    async def meetings_of(self, owner: Owner) -> MeetingsApi | None:
        """Return what asks in a person's name, or None when they have connected no account."""
        token = await self.token(owner)
        if token is None:
            return None
        last = token

        async def authorize(renewed: bool) -> str:  # noqa: FBT001 - as `providers.remote_api.Authorize` is called
            nonlocal last
            if renewed:
                new = await self.token(owner, refused=last)
                if new is None:
                    raise ProviderAuth("unauthorized", provider=owner.provider, detail="account")
                last = new
            return f"Bearer {last}"

        return MeetingsApi(RemoteApi(owner.provider, self.api_url, self.session, authorize))


def written(owner: Owner) -> str:
    """Return what a room remembers of whose it is."""
    return f"{owner.team_id} {owner.user_id}"


def read_owner(memo: str, provider: str) -> Owner | None:
    """Return whose room it is; None for one of the company's account."""
    words = memo.split()
    return Owner(TeamId(words[0]), UserId(words[1]), provider) if len(words) == len(Owner.__slots__) - 1 else None
