"""Connect people's own accounts at meeting systems, keep their tokens fresh, and let go of them.

Connecting starts no call. Tokens are renewed before they expire, by one process, so that nobody connects every hour,
and once a month where nobody uses them, so that nobody connects again who has not started a call for long.
"""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
import logging
import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final

from calls import signed_token
from calls.errors import ConfigError, ProviderAuth, ProviderDown, ProviderError, StorageError, UsageError
from calls.installing import Arrival, Departure
from calls.linked_accounts import AccountStore, AccountTrip, GivenCode, LinkedAccount, Owner, SignsPeopleIn
from calls.model import Person, TeamId, UserId
from calls.ports import Clock

_log = logging.getLogger(__name__)

LINK_LASTS: Final = timedelta(minutes=30)
"""How long the address in the dialog works: as long as somebody may have it open."""

STATE_LASTS: Final = timedelta(minutes=10)
RENEW_EARLY: Final = timedelta(minutes=5)
UNUSED_LASTS: Final = timedelta(days=30)
"""How long tokens are left alone that nobody uses: refresh tokens of Zoom, Webex and Microsoft last 90 days."""

LOOK_EVERY_S: Final = 3600.0
LEASE_LASTS: Final = timedelta(seconds=20)
RENEWAL_LASTS: Final = timedelta(seconds=15)
"""How long a meeting system may take; less than the lease, so that nobody else begins meanwhile."""

_LOOK_AGAIN_S: Final = 0.1

_AUDIENCE: Final = "account"


@dataclass(frozen=True, slots=True)
class Connectable:
    """A meeting system at which a person can have an account of their own.

    Args:
        name: what it calls them, where they are connected.
        url: where they connect; for them alone, and not for long.
    """

    provider: str
    label: str
    name: str | None
    url: str = field(repr=False)


class Accounts:
    """The accounts of everybody."""

    def __init__(
        self,
        store: AccountStore,
        systems: Mapping[str, SignsPeopleIn],
        now: Clock,
        *,
        key: bytes,
        site_url: str,
        revoked: Callable[[Owner, str], None],
    ) -> None:
        """Take what it works on.

        Args:
            systems: by the provider's name.
            key: secret of this installation.
            site_url: where people's browsers reach us, without a slash at its end.
            revoked: called with the meeting system's label when an account no longer works, so that its owner is told.
        """
        self._store = store
        self._systems = systems
        self._now = now
        self._key = hmac.digest(key, b"linked accounts", hashlib.sha256)
        self._site_url = site_url
        self._revoked = revoked
        self._renewals: set[asyncio.Task[str | None]] = set()

    async def of(self, person: Person) -> Sequence[Connectable]:
        """Return where a person can connect an account, or has.

        Raises:
            StorageError: when it cannot be read now.
        """
        names = dict(await self._store.names(person.team_id, person.user_id))
        return [
            Connectable(provider, system.label, names.get(provider), self._url(Owner(*_of(person), provider)))
            for provider, system in self._systems.items()
        ]

    def owner_of(self, token: str, provider: str) -> tuple[Owner, str]:
        """Return for whom an address of ours is, and what people call the meeting system.

        Raises:
            UsageError: when it is not ours, too old, or for another meeting system.
        """
        said = signed_token.read(token, self._key, audience=_AUDIENCE)
        if said is None or said.get("provider") != provider or provider not in self._systems:
            raise UsageError("account_link_stale")
        return Owner(TeamId(said["team"]), UserId(said["user"]), provider), self._systems[provider].label

    async def begin(self, owner: Owner, browser: str) -> Departure:
        """Return where a browser is sent to connect an account.

        Args:
            browser: what it kept of an earlier beginning; empty for none.

        Raises:
            StorageError: when it cannot be remembered now.
        """
        state, kept = secrets.token_urlsafe(32), browser or secrets.token_urlsafe(32)
        await self._store.begin(state, kept, owner, self._now() + STATE_LASTS)
        challenge = base64.urlsafe_b64encode(hashlib.sha256(self._verifier(state).encode()).digest()).rstrip(b"=")
        trip = AccountTrip(state, challenge.decode(), self._redirect_uri(owner.provider))
        return Departure(self._systems[owner.provider].sign_in_url(trip), kept)

    async def finish(self, provider: str, arrival: Arrival) -> tuple[LinkedAccount, str]:
        """Keep the account that a browser brought back, and return it with what people call the meeting system.

        Raises:
            UsageError: when it was not allowed, or the state or the browser is not right.
            ProviderError: when the meeting system did not do its part.
            StorageError: when it could not be stored.
        """
        owner = await self._store.finish(arrival.state, arrival.browser)
        if owner is None or owner.provider != provider or provider not in self._systems:
            raise UsageError("account_link_stale")
        if arrival.error or not arrival.code:
            raise UsageError("account_not_given")
        system = self._systems[provider]
        tokens = await system.exchange(
            GivenCode(arrival.code, self._verifier(arrival.state), self._redirect_uri(provider), owner)
        )
        account = LinkedAccount(owner, await system.name_of(tokens.access), tokens)
        await self._store.save(account)
        _log.info("%s connected an account at %s.", owner.user_id, provider)
        return account, system.label

    async def unlink(self, person: Person, provider: str) -> bool:
        """Forget a person's account; say whether there was one.

        Raises:
            StorageError: when it could not be stored.
        """
        return await self._store.drop(Owner(*_of(person), provider))

    async def token(self, owner: Owner, *, refused: str | None = None) -> str | None:
        """Return a token that works for an account, or None when there is no such account any more.

        Args:
            refused: a token that the meeting system has just refused.

        Raises:
            ProviderDown: when the meeting system does not renew tokens now.
            StorageError: when it cannot be read or stored now.
        """
        if owner.provider not in self._systems:
            return None
        give_up_at = self._now() + LEASE_LASTS
        while self._now() < give_up_at:
            account = await self._found(owner)
            if account is None or not self._is_stale(account, refused):
                return None if account is None else account.tokens.access.reveal()
            if await self._store.lease(account, self._now() + LEASE_LASTS):
                return await asyncio.shield(self._renewing(account))
            await asyncio.sleep(_LOOK_AGAIN_S)
        raise StorageError("not_stored", detail="another process renews this account and does not come to an end")

    async def keep_fresh(self) -> None:
        """Renew once an hour what was not used for long, as a refresh token ends too."""
        while True:
            try:
                await self.renew_unused()
            except StorageError as error:
                _log.warning("Accounts that are not used could not be looked for: %s", error)
            await asyncio.sleep(LOOK_EVERY_S)

    async def renew_unused(self) -> None:
        """Renew every account that was not for long; one that cannot be now is tried again at the next look.

        Raises:
            StorageError: when they cannot be read now.
        """
        for owner in await self._store.unused_since(self._now() - UNUSED_LASTS, list(self._systems)):
            try:
                await self.token(owner)
            except (ProviderError, StorageError) as error:
                _log.warning("The account of %s at %s was not renewed: %s", owner.user_id, owner.provider, error)

    async def _found(self, owner: Owner) -> LinkedAccount | None:
        try:
            return await self._store.find(owner)
        except ConfigError as error:
            _log.warning("The account of %s at %s cannot be read: %s", owner.user_id, owner.provider, error)
            return None

    def _is_stale(self, account: LinkedAccount, refused: str | None) -> bool:
        expires_at = account.tokens.expires_at
        is_old = expires_at is not None and self._now() >= expires_at - RENEW_EARLY
        is_unused = account.renewed_at is None or self._now() >= account.renewed_at + UNUSED_LASTS
        return is_old or is_unused or account.tokens.access.reveal() == refused

    def _renewing(self, account: LinkedAccount) -> asyncio.Task[str | None]:
        """Begin a renewal that goes on when whoever asked stops waiting, as a refresh token may be used up by then."""
        task = asyncio.create_task(self._renew(account))
        self._renewals.add(task)
        task.add_done_callback(self._is_over)
        return task

    def _is_over(self, task: asyncio.Task[str | None]) -> None:
        self._renewals.discard(task)
        if not task.cancelled() and task.exception() is not None:
            _log.debug("An account was not renewed: %s", task.exception())

    async def _renew(self, account: LinkedAccount) -> str | None:
        """Renew tokens, with the right to do so; an account that was taken back is forgotten and its owner told."""
        system = self._systems[account.owner.provider]
        try:
            # Without one, the meeting system says itself that it takes nothing any more.
            async with asyncio.timeout(RENEWAL_LASTS.total_seconds()):
                tokens = await system.renew(account.tokens.refresh or account.tokens.access)
        except ProviderAuth as error:
            if await self._store.drop(account.owner, account.version):
                _log.warning("The account of %s is no longer ours: %s", account.owner.user_id, error)
                self._revoked(account.owner, system.label)
            return None
        except TimeoutError as error:
            await self._store.give_back(account)
            raise ProviderDown("no_answer", provider=account.owner.provider) from error
        except ProviderError:
            await self._store.give_back(account)
            raise
        await self._store.renewed(account, tokens)
        return tokens.access.reveal()

    def _verifier(self, state: str) -> str:
        """Return PKCE's secret for a state, which nobody can work out without our key."""
        return base64.urlsafe_b64encode(hmac.digest(self._key, f"pkce {state}".encode(), hashlib.sha256)).decode()

    def _redirect_uri(self, provider: str) -> str:
        return f"{self._site_url}/link/{provider}/back"

    def _url(self, owner: Owner) -> str:
        said: dict[str, object] = {"team": owner.team_id, "user": owner.user_id, "provider": owner.provider}
        token = signed_token.sign(said, self._key, audience=_AUDIENCE, expires_at=self._now() + LINK_LASTS)
        return f"{self._site_url}/link/{owner.provider}?for={token}"


class AccountTokens:
    """Gives tokens to meetings systems, which are built before those who keep the tokens."""

    def __init__(self) -> None:
        """Have none yet."""
        self.accounts: Accounts | None = None

    async def __call__(self, owner: Owner, *, refused: str | None = None) -> str | None:
        """Return a token that works for an account, or None; see `Accounts.token`."""
        return None if self.accounts is None else await self.accounts.token(owner, refused=refused)


def _of(person: Person) -> tuple[TeamId, UserId]:
    return person.team_id, person.user_id
