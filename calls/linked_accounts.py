"""Accounts at meeting systems that people connect to their own name: what is kept, and what a meeting system does."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from calls.installations import Tokens
from calls.model import TeamId, UserId
from calls.secret import Secret


@dataclass(frozen=True, slots=True)
class Owner:
    """Whose account at which meeting system."""

    team_id: TeamId
    user_id: UserId
    provider: str


@dataclass(frozen=True, slots=True)
class LinkedAccount:
    """An account that its owner connected.

    Args:
        name: as the meeting system knows its owner, such as an e-mail address.
        version: counts the changes of its tokens.
        renewed_at: when they were last given; None when it is not known.
    """

    owner: Owner
    name: str
    tokens: Tokens = field(repr=False)
    version: int = 0
    renewed_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class AccountTrip:
    """A browser that is to be sent to a meeting system, and comes back with a code.

    Args:
        challenge: of PKCE, by the method S256.
    """

    state: str = field(repr=False)
    challenge: str
    redirect_uri: str


@dataclass(frozen=True, slots=True)
class GivenCode:
    """What a browser brought back.

    Args:
        verifier: what the challenge was made from.
        owner: who was sent.
    """

    code: str = field(repr=False)
    verifier: str = field(repr=False)
    redirect_uri: str = ""
    owner: Owner | None = None


class SignsPeopleIn(Protocol):
    """A meeting system at which people can connect accounts of their own. Errors are as `calls.meetings.Provider`'s."""

    @property
    def label(self) -> str:
        """What people call the meeting system."""

    def sign_in_url(self, trip: AccountTrip) -> str:
        """Return where a browser is sent."""

    async def exchange(self, given: GivenCode) -> Tokens:
        """Return the tokens for a code."""

    async def renew(self, refresh: Secret) -> Tokens:
        """Return new tokens; ProviderAuth when the owner, or the meeting system, has taken the right back."""

    async def name_of(self, access: Secret) -> str:
        """Return what the meeting system calls the owner of a token."""


class AccountStore(Protocol):
    """Keeps accounts, for all processes; every method raises StorageError when that cannot be done now."""

    async def begin(self, state: str, browser: str, owner: Owner, expires_at: datetime) -> None:
        """Remember that a browser was sent to a meeting system, for somebody."""

    async def finish(self, state: str, browser: str) -> Owner | None:
        """Use up what `begin` remembered, and return for whom; None when it is not there, too old, or of another."""

    async def save(self, account: LinkedAccount) -> None:
        """Keep an account, in place of an earlier one of the same owner."""

    async def find(self, owner: Owner) -> LinkedAccount | None:
        """Return an account, or None."""

    async def names(self, team_id: TeamId, user_id: UserId) -> Sequence[tuple[str, str]]:
        """Return a person's accounts: the meeting system, and what it calls them."""

    async def unused_since(self, before: datetime, providers: Sequence[str]) -> Sequence[Owner]:
        """Return whose accounts at some meeting systems were last renewed before a time, or nobody knows when."""

    async def lease(self, account: LinkedAccount, until: datetime) -> bool:
        """Take the right to renew an account's tokens; False while somebody else has it, or they were renewed."""

    async def renewed(self, account: LinkedAccount, tokens: Tokens) -> bool:
        """Keep new tokens; False when the account was changed meanwhile."""

    async def give_back(self, account: LinkedAccount) -> None:
        """Give the right to renew back."""

    async def drop(self, owner: Owner, version: int | None = None) -> bool:
        """Forget an account, of any version or of one; say whether there was one."""
