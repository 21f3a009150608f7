"""Accounts in the SQL database; `calls.linked_accounts.AccountStore` says what each method does."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, and_, delete, insert, or_, select, update

from calls.installations import Place, Tokens
from calls.linked_accounts import LinkedAccount, Owner
from calls.model import TeamId, UserId
from calls.ports import Clock
from storage.account_tables import account_states, accounts
from storage.database import Database
from storage.vault import Vault


class SqlAccounts:
    """Keeps accounts, their tokens encrypted."""

    def __init__(self, database: Database, vault: Vault, now: Clock) -> None:
        """Use a database that already has today's tables."""
        self._database = database
        self._vault = vault
        self._now = now

    async def begin(self, state: str, browser: str, owner: Owner, expires_at: datetime) -> None:
        """Remember that a browser was sent; only hashes of what it carries are kept."""
        old = delete(account_states).where(account_states.c.expires_at <= self._now())
        new = {"state": _hash(state), "browser": _hash(browser), "expires_at": expires_at, **_names(owner)}

        def remember(connection: Connection) -> None:
            connection.execute(old)
            connection.execute(insert(account_states), new)

        await self._database.change(remember)

    async def finish(self, state: str, browser: str) -> Owner | None:
        """Use up what was remembered, once; somebody else's browser uses up nothing."""
        own = account_states.c.state == _hash(state)

        def use_up(connection: Connection) -> Owner | None:
            row = connection.execute(select(account_states).where(own)).one_or_none()
            if row is None or not hmac.compare_digest(row.browser, _hash(browser)):
                return None
            is_first = connection.execute(delete(account_states).where(own)).rowcount == 1
            is_valid = is_first and row.expires_at > self._now()
            return Owner(TeamId(row.team_id), UserId(row.user_id), row.provider) if is_valid else None

        return await self._database.change(use_up)

    async def save(self, account: LinkedAccount) -> None:
        """Keep an account."""
        values = {**_names(account.owner), "name": account.name, **self._locked(account.owner, account.tokens)}

        def keep(connection: Connection) -> None:
            before = connection.execute(select(accounts.c.version).where(_is_of(account.owner))).scalar()
            connection.execute(delete(accounts).where(_is_of(account.owner)))
            connection.execute(insert(accounts), {**values, "version": (before or 0) + 1})

        await self._database.change(keep)

    async def find(self, owner: Owner) -> LinkedAccount | None:
        """Return an account."""
        query = select(accounts).where(_is_of(owner))
        row = await self._database.ask(lambda connection: connection.execute(query).one_or_none())
        if row is None:
            return None
        tokens = self._vault.open(_place(owner), row.tokens)
        return LinkedAccount(owner, row.name, tokens, row.version, row.renewed_at)

    async def names(self, team_id: TeamId, user_id: UserId) -> Sequence[tuple[str, str]]:
        """Return a person's accounts."""
        own = and_(accounts.c.team_id == team_id, accounts.c.user_id == user_id)
        query = select(accounts.c.provider, accounts.c.name).where(own)
        rows = await self._database.ask(lambda connection: list(connection.execute(query)))
        return [(row.provider, row.name) for row in rows]

    async def unused_since(self, before: datetime, providers: Sequence[str]) -> Sequence[Owner]:
        """Return whose accounts were last renewed before a time, or nobody knows when."""
        columns = accounts.c
        is_old = or_(columns.renewed_at.is_(None), columns.renewed_at < before)
        query = select(columns.team_id, columns.user_id, columns.provider).where(
            is_old, columns.provider.in_(providers)
        )
        rows = await self._database.ask(lambda connection: list(connection.execute(query)))
        return [Owner(TeamId(row.team_id), UserId(row.user_id), row.provider) for row in rows]

    async def lease(self, account: LinkedAccount, until: datetime) -> bool:
        """Take the right to renew."""
        free = or_(accounts.c.leased_until.is_(None), accounts.c.leased_until <= self._now())
        mine = update(accounts).where(_is_unchanged(account), free).values(leased_until=until)
        return await self._database.change(lambda connection: connection.execute(mine).rowcount == 1)

    async def renewed(self, account: LinkedAccount, tokens: Tokens) -> bool:
        """Keep new tokens."""
        values = {**self._locked(account.owner, tokens), "version": account.version + 1}
        new = update(accounts).where(_is_unchanged(account)).values(values)
        return await self._database.change(lambda connection: connection.execute(new).rowcount == 1)

    async def give_back(self, account: LinkedAccount) -> None:
        """Give the right to renew back."""
        free = update(accounts).where(_is_unchanged(account)).values(leased_until=None)
        await self._database.change(lambda connection: connection.execute(free))

    async def drop(self, owner: Owner, version: int | None = None) -> bool:
        """Forget an account."""
        which = _is_of(owner) if version is None else and_(_is_of(owner), accounts.c.version == version)
        query = delete(accounts).where(which)
        return await self._database.change(lambda connection: connection.execute(query).rowcount == 1)

    async def reencrypt(self) -> int:
        """Encrypt all tokens with the first key; return how many there are.

        Raises:
            ConfigError: when some cannot be decrypted; nothing is changed then.
        """

        def lock_anew(connection: Connection) -> int:
            rows = list(connection.execute(select(accounts).with_for_update()))
            for row in rows:
                owner = Owner(TeamId(row.team_id), UserId(row.user_id), row.provider)
                locked = self._vault.lock(_place(owner), self._vault.open(_place(owner), row.tokens))
                connection.execute(update(accounts).where(_is_of(owner)).values(tokens=locked))
            return len(rows)

        return await self._database.change(lock_anew)

    def _locked(self, owner: Owner, tokens: Tokens) -> dict[str, Any]:
        return {
            "tokens": self._vault.lock(_place(owner), tokens),
            "leased_until": None,
            "renewed_at": self._now(),
        }


def _place(owner: Owner) -> Place:
    """Return what the vault binds an account's tokens to, so that they open for no other person."""
    return Place(f"account at {owner.provider}", owner.user_id, owner.team_id)


def _names(owner: Owner) -> dict[str, str]:
    return {"team_id": owner.team_id, "user_id": owner.user_id, "provider": owner.provider}


def _is_of(owner: Owner) -> Any:  # noqa: ANN401 - SQLAlchemy's conditions have no common type
    return and_(*(accounts.c[name] == value for name, value in _names(owner).items()))


def _is_unchanged(account: LinkedAccount) -> Any:  # noqa: ANN401 - same
    return and_(_is_of(account.owner), accounts.c.version == account.version)


def _hash(value: str) -> str:
    return hashlib.sha256(value.encode("utf-8", "surrogateescape")).hexdigest()
