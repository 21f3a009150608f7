"""Installations in the SQL database; `calls.installations.Installations` says what each method does."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, and_, delete, insert, or_, select, update

from calls.errors import ConfigError, StateError
from calls.installations import Installation, Leftover, Place, Tokens
from calls.model import TeamId, UserId
from calls.ports import Clock
from storage.database import Database
from storage.installation_tables import install_states, installations, is_shut_out, is_there, organisation_members
from storage.upsert import put_first
from storage.vault import Vault


class SqlInstallations:
    """Keeps the installations of one app."""

    def __init__(self, database: Database, vault: Vault, client_id: str, now: Clock) -> None:
        """Use a database that already has today's tables."""
        self._database = database
        self._vault = vault
        self._client_id = client_id
        self._now = now

    async def is_used(self, state_id: str) -> bool:
        """Say whether a state was used up before."""
        query = select(install_states.c.state).where(install_states.c.state == _hash(state_id))
        return await self._database.ask(lambda connection: connection.execute(query).first() is not None)

    async def use_up(self, state_id: str, expires_at: datetime) -> bool:
        """Remember a state that was used, by its hash, and forget those that are too old."""
        old = delete(install_states).where(install_states.c.expires_at <= self._now())
        # The column for the browser is of versions that stored states before they were used.
        new = {"state": _hash(state_id), "browser": "", "expires_at": expires_at}

        def remember(connection: Connection) -> bool:
            connection.execute(old)
            return put_first(connection, install_states, new)

        return await self._database.change(remember)

    async def save(self, installation: Installation) -> None:
        """Keep an installation; a workspace that was moved into an organisation keeps no second one."""
        place, values = installation.place, self._values(installation)

        def keep(connection: Connection) -> None:
            before = connection.execute(select(installations.c.version).where(_is_at(place))).scalar()
            connection.execute(delete(installations).where(_is_at(place)))
            if place.team_id:
                same = and_(installations.c.client_id == place.client_id, installations.c.team_id == place.team_id)
                connection.execute(delete(installations).where(same))
            connection.execute(insert(installations), {**values, "version": (before or 0) + 1})

        await self._database.change(keep)

    async def find(self, team_id: TeamId | None, enterprise_id: str | None) -> Installation | None:
        """Return the installation that serves a workspace."""
        query, member = self._query(team_id, enterprise_id)

        def look(connection: Connection) -> tuple[Row[Any] | None, bool]:
            rows = list(connection.execute(query))
            shut_out = {one.enterprise_id for one in rows if one.tokens is None}
            there = [one for one in rows if one.tokens is not None]
            serving = [one for one in there if one.team_id or one.enterprise_id not in shut_out]
            row = next((one for one in serving if one.team_id), next(iter(serving), None))
            is_new = row is not None and not row.team_id and team_id is not None and enterprise_id is not None
            return row, is_new and connection.execute(select(member)).scalar() != enterprise_id

        row, is_new = await self._database.query(look)
        if is_new and team_id is not None and enterprise_id is not None:
            await self._note_member(team_id, enterprise_id)
        return None if row is None else self._installation(row)

    async def every(self) -> Sequence[Installation | Leftover]:
        """Return every installation that is there, by name."""
        own = installations.c.client_id == self._client_id
        query = select(installations).where(own, is_there).order_by(installations.c.name)
        rows = await self._database.ask(lambda connection: list(connection.execute(query)))
        return [self._readable(row) for row in rows]

    async def expiring(self, before: datetime) -> Sequence[Place]:
        """Return where tokens stop working before a time, the first to stop first."""
        own = (installations.c.client_id == self._client_id) & (installations.c.expires_at < before)
        query = select(installations).where(own, is_there).order_by(installations.c.expires_at)
        rows = await self._database.ask(lambda connection: list(connection.execute(query)))
        return [_place(row) for row in rows]

    async def at(self, place: Place) -> Installation | None:
        """Return the installation of exactly this place."""
        query = select(installations).where(_is_at(place))
        row = await self._database.ask(lambda connection: connection.execute(query).one_or_none())
        return None if row is None else self._installation(row)

    async def lease(self, installation: Installation, until: datetime) -> bool:
        """Take the right to refresh."""
        free = or_(installations.c.leased_until.is_(None), installations.c.leased_until <= self._now())
        mine = update(installations).where(_is_unchanged(installation), free).values(leased_until=until)
        return await self._database.change(lambda connection: connection.execute(mine).rowcount == 1)

    async def give_back(self, installation: Installation) -> None:
        """Give the right to refresh back."""
        free = update(installations).where(_is_unchanged(installation)).values(leased_until=None)
        await self._database.change(lambda connection: connection.execute(free))

    async def renew(self, installation: Installation, tokens: Tokens) -> bool:
        """Keep new tokens."""
        values = {**self._token_values(installation.place, tokens), "version": installation.version + 1}
        new = update(installations).where(_is_unchanged(installation)).values(values)
        return await self._database.change(lambda connection: connection.execute(new).rowcount == 1)

    async def remove(self, place: Place, at: datetime) -> bool:
        """Note that the app was removed."""
        older = _is_at(place) & is_there & (installations.c.installed_at < at)
        gone = {"gone_at": at, "tokens": None, "expires_at": None, "version": installations.c.version + 1}
        query = update(installations).where(older).values(gone)
        return await self._database.change(lambda connection: connection.execute(query).rowcount == 1)

    async def revoke_access(self, enterprise_id: str, team_id: TeamId, at: datetime) -> bool:
        """Note that an organisation's installation serves one of its workspaces no longer."""
        own, whole = (Place(self._client_id, enterprise_id, one) for one in (team_id, ""))
        shut_out = {"scopes": "", "gone_at": at}
        nobody = dict.fromkeys(("name", "app_id", "bot_user_id", "installed_by"), "")

        def revoke(connection: Connection) -> bool:
            row = connection.execute(select(installations).where(_is_at(own))).one_or_none()
            organisation = connection.execute(select(installations).where(_is_at(whole), is_there)).one_or_none()
            if organisation is None or (row is not None and row.tokens is not None):
                return False
            since = organisation.installed_at if row is None else row.installed_at
            if row is not None and not row.scopes and row.gone_at is not None:
                since = max(since, row.gone_at)
            if since >= at:
                return False
            if row is None:
                place = {"client_id": own.client_id, "enterprise_id": enterprise_id, "team_id": team_id}
                values = {**place, **nobody, **shut_out, "installed_at": since, "version": 1}
                connection.execute(insert(installations), values)
            else:
                connection.execute(update(installations).where(_is_at(own)).values(shut_out))
            return True

        return await self._database.change(revoke)

    async def grant_access(self, enterprise_id: str, team_id: TeamId, at: datetime) -> bool:
        """Note that it serves a workspace again."""
        place = Place(self._client_id, enterprise_id, team_id)
        older = _is_at(place) & is_shut_out & (installations.c.gone_at <= at)
        query = update(installations).where(older).values(gone_at=None, installed_at=at)
        return await self._database.change(lambda connection: connection.execute(query).rowcount == 1)

    async def reencrypt(self) -> int:
        """Encrypt all tokens with the first key; return how many there are.

        Raises:
            ConfigError: when some cannot be decrypted; nothing is changed then.
        """
        own = select(installations).where(installations.c.client_id == self._client_id, is_there).with_for_update()

        def lock_anew(connection: Connection) -> int:
            rows = list(connection.execute(own))
            for row in rows:
                place = _place(row)
                locked = self._vault.lock(place, self._vault.open(place, row.tokens))
                connection.execute(update(installations).where(_is_at(place)).values(tokens=locked))
            return len(rows)

        return await self._database.change(lock_anew)

    def _query(self, team_id: str | None, enterprise_id: str | None) -> tuple[Any, Any]:
        """Return the query for what may serve a workspace, and the one for the organisation it was last seen in."""
        members = organisation_members.c
        member = (
            select(members.enterprise_id)
            .where(members.client_id == self._client_id, members.team_id == (team_id or ""))
            .scalar_subquery()
        )
        column = installations.c
        organisation = column.enterprise_id == enterprise_id if enterprise_id else column.enterprise_id == member
        serves = and_(column.team_id == "", organisation)
        if team_id:
            serves = or_(column.team_id == team_id, serves)
        known = or_(is_there, is_shut_out)
        return select(installations).where(column.client_id == self._client_id, known, serves), member

    async def _note_member(self, team_id: str, enterprise_id: str) -> None:
        """Remember a workspace's organisation, for work that only knows the workspace."""
        own = (organisation_members.c.client_id == self._client_id) & (organisation_members.c.team_id == team_id)
        values = {"client_id": self._client_id, "team_id": team_id, "enterprise_id": enterprise_id}

        def note(connection: Connection) -> None:
            if connection.execute(update(organisation_members).where(own).values(values)).rowcount == 0:
                connection.execute(insert(organisation_members), values)

        await self._database.change(note)

    def _values(self, installation: Installation) -> dict[str, Any]:
        place, tokens = installation.place, installation.tokens
        if tokens is None:
            raise StateError("installation_without_tokens", detail=place.team_id or place.enterprise_id)
        return {
            "client_id": place.client_id,
            "enterprise_id": place.enterprise_id,
            "team_id": place.team_id,
            "name": installation.name,
            "app_id": installation.app_id,
            "bot_id": installation.bot_id,
            "bot_user_id": installation.bot_user_id,
            "scopes": ",".join(sorted(installation.scopes)),
            "installed_by": installation.installed_by,
            "installed_at": installation.installed_at,
            **self._token_values(place, tokens),
        }

    def _token_values(self, place: Place, tokens: Tokens) -> dict[str, Any]:
        return {"tokens": self._vault.lock(place, tokens), "expires_at": tokens.expires_at, "leased_until": None}

    def _readable(self, row: Row[Any]) -> Installation | Leftover:
        try:
            return self._installation(row)
        except ConfigError:
            return Leftover(_place(row), row.name)

    def _installation(self, row: Row[Any]) -> Installation:
        place = _place(row)
        return Installation(
            place=place,
            name=row.name,
            app_id=row.app_id,
            bot_id=row.bot_id,
            bot_user_id=row.bot_user_id,
            scopes=frozenset(scope for scope in row.scopes.split(",") if scope),
            installed_by=UserId(row.installed_by),
            installed_at=row.installed_at,
            tokens=None if row.tokens is None else self._vault.open(place, row.tokens),
            gone_at=row.gone_at,
            version=row.version,
        )


def _place(row: Row[Any]) -> Place:
    return Place(row.client_id, row.enterprise_id, row.team_id)


def _is_at(place: Place) -> Any:  # noqa: ANN401 - SQLAlchemy's conditions have no common type
    columns = installations.c
    return and_(
        columns.client_id == place.client_id,
        columns.enterprise_id == place.enterprise_id,
        columns.team_id == place.team_id,
    )


def _is_unchanged(installation: Installation) -> Any:  # noqa: ANN401 - same
    return and_(_is_at(installation.place), installations.c.version == installation.version)


def _hash(value: str) -> str:
    return hashlib.sha256(value.encode("utf-8", "surrogateescape")).hexdigest()
