"""Whose token works in which workspace, kept at hand and fresh.

Tokens that expire are exchanged two hours before they do, by one process at a time and one task in it: whoever has the
lease in the database. The new ones are stored before anybody uses them. A process that dies in between leaves the old
ones, which go on to work until they expire, and a lease that runs out; the next one exchanges them again.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final

from calls.errors import CallsError, ConfigError, SlackError, SlackRefused, SlackTokenDead, SlackUnreachable
from calls.installations import Installation, Installations, Place, Tokens
from calls.model import TeamId
from calls.ports import Clock
from calls.single_flight import SingleFlight

_log = logging.getLogger(__name__)

REFRESH_AHEAD: Final = timedelta(hours=2)
LEASE_LASTS: Final = timedelta(seconds=15)
"""Longer than a refresh takes; for so long a process that died keeps others from refreshing."""

WAIT_MAX_S: Final = 12.0
"""How long somebody who needs a new token waits for another process to bring it, before the work is put off."""

KNOWN_FOR_S: Final = 60.0
"""For how long another process's change may go unnoticed; what Slack no longer accepts is looked up again at once."""

KNOWN_MAX: Final = 10_000
LOOK_EVERY_S: Final = 300.0
AGAIN_AFTER_S: Final = 30.0
"""How long after a refresh that did not work the next is tried, while the old token still works."""

REFUSED_AGAIN_S: Final = 3600.0
"""The same after a refusal, which will not change until the app is installed again."""

_WAIT_S = 0.2
_WHERE = "authorize"

Refresh = Callable[[Tokens], Awaitable[Tokens]]


@dataclass(slots=True)
class _Known:
    """What was read of a workspace, and until when it counts, on the process's own clock."""

    installation: Installation
    until_s: float


@dataclass(slots=True)
class _Refreshing:
    """What a process remembers of refreshing one place.

    Args:
        unsaved: tokens that Slack gave and the database did not take yet.
    """

    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    not_before_s: float = 0.0
    unsaved: tuple[int, Tokens] | None = None


class Workspaces:
    """Every workspace the app is installed in."""

    def __init__(self, store: Installations, refresh: Refresh, now: Clock) -> None:
        """Know nothing yet.

        Args:
            refresh: exchanges tokens at Slack.
        """
        self._store = store
        self._refresh = refresh
        self._now = now
        self._known: dict[tuple[str, str], _Known] = {}
        self._looking = SingleFlight(self._look)
        self._refreshing: dict[Place, _Refreshing] = {}

    async def find(self, team_id: TeamId | None, enterprise_id: str | None = None) -> Installation | None:
        """Return the installation that serves a workspace, or None; asked at the same time, it is read once.

        Raises:
            StorageError: when it cannot be read now.
            ConfigError: when the keys that are set do not fit it.
        """
        key = (team_id or "", enterprise_id or "")
        known = self._known.get(key)
        if known is not None and time.monotonic() < known.until_s:
            return known.installation
        return await self._looking.result(key)

    async def serves(self, team_id: TeamId) -> bool:
        """Say whether there is a token for a workspace.

        Raises:
            StorageError: when it cannot be read now.
        """
        try:
            return await self.find(team_id) is not None
        except ConfigError:
            return False

    def forget(self) -> None:
        """Read everything anew; something was installed, removed or refreshed."""
        self._known.clear()

    async def token_of(self, team_id: str) -> str:
        """Return a token that works in a workspace.

        Raises:
            SlackTokenDead: when the app is not, or no longer, installed there.
            SlackError: when the token has expired and Slack gives no new one now.
            StorageError: when it cannot be read now.
        """
        installation = await self._installed(team_id)
        if self._is_expiring(installation):
            installation = await self._fresh(installation)
        return _access(installation)

    async def another_token(self, team_id: str, refused: str) -> str | None:
        """Return a token instead of one that Slack refused, or None when there is no other."""
        self.forget()
        installation = await self._installed(team_id)
        if _access(installation) == refused and installation.expires_at is not None:
            installation = await self._fresh(installation, refused=True)
        found = _access(installation)
        return None if found == refused else found

    async def keep_fresh(self) -> None:
        """Refresh tokens before they expire, also those that nobody uses, for ever."""
        while True:
            await self.refresh_expiring()
            await asyncio.sleep(LOOK_EVERY_S)

    async def refresh_expiring(self) -> None:
        """Refresh every token that expires soon; one that cannot be refreshed holds up no other."""
        try:
            places = await self._store.expiring(self._now() + REFRESH_AHEAD)
        except CallsError as error:
            _log.warning("Tokens that expire soon could not be looked for: %s", error)
            return
        for place in places:
            if time.monotonic() < self._memory_of(place).not_before_s:
                continue
            try:
                installation = await self._store.at(place)
                if installation is not None and self._is_expiring(installation):
                    await self._fresh(installation)
            except CallsError as error:
                name = place.team_id or place.enterprise_id
                _log.warning("The token of %s could not be refreshed, and is tried again later: %s", name, error)

    async def _look(self, key: tuple[str, str]) -> Installation | None:
        team_id, enterprise_id = key
        found = await self._store.find(TeamId(team_id) if team_id else None, enterprise_id or None)
        if found is not None:
            if len(self._known) >= KNOWN_MAX:
                self._known.clear()
            self._known[key] = _Known(found, time.monotonic() + KNOWN_FOR_S)
        return found

    async def _installed(self, team_id: str) -> Installation:
        try:
            found = await self.find(TeamId(team_id))
        except ConfigError as error:
            # Work waits for the key, as it does for a new installation.
            raise SlackTokenDead("tokens_unreadable", _WHERE, detail=team_id) from error
        if found is None or found.tokens is None:
            raise SlackTokenDead("not_installed", _WHERE, detail=team_id)
        return found

    def _is_expiring(self, installation: Installation) -> bool:
        return installation.expires_at is not None and installation.expires_at - REFRESH_AHEAD <= self._now()

    def _has_expired(self, installation: Installation) -> bool:
        return installation.expires_at is not None and installation.expires_at <= self._now()

    async def _fresh(self, installation: Installation, *, refused: bool = False) -> Installation:
        """Return an installation whose tokens were refreshed, by us or by somebody else.

        One whose token still works is returned as it is when no new one is to be had now.

        Args:
            refused: whether Slack refused the token though its time was not over.
        """
        memory = self._memory_of(installation.place)
        async with memory.lock:
            must = refused or self._has_expired(installation)
            if not must and time.monotonic() < memory.not_before_s:
                return installation
            try:
                return await self._refreshed(installation, memory, must=must)
            except SlackError as error:
                is_final = isinstance(error, SlackRefused)
                memory.not_before_s = time.monotonic() + (REFUSED_AGAIN_S if is_final else AGAIN_AFTER_S)
                if must:
                    raise _as_dead(error) from error
                _log.warning(
                    "The token of %s was not refreshed, and works until it expires: %s", installation.name, error
                )
                return installation

    def _memory_of(self, place: Place) -> _Refreshing:
        return self._refreshing.setdefault(place, _Refreshing())

    async def _refreshed(self, installation: Installation, memory: _Refreshing, *, must: bool) -> Installation:
        """Refresh under the lease; when somebody else has it, wait for what they bring only where we must."""
        give_up_s = time.monotonic() + WAIT_MAX_S
        while time.monotonic() < give_up_s:
            stored = await self._store.at(installation.place)
            if stored is None or stored.tokens is None:
                raise SlackTokenDead("not_installed", _WHERE, detail=installation.place.team_id)
            if stored.version != installation.version:
                self.forget()
                return stored
            if await self._store.lease(stored, self._now() + LEASE_LASTS):
                return await self._exchanged(stored, stored.tokens, memory)
            if not must:
                return stored
            await asyncio.sleep(_WAIT_S)
        raise SlackUnreachable("refresh_waits", _WHERE)

    async def _exchanged(self, stored: Installation, tokens: Tokens, memory: _Refreshing) -> Installation:
        """Exchange tokens and store the new ones; those that could not be stored are kept for the next try."""
        if memory.unsaved is None or memory.unsaved[0] != stored.version:
            try:
                memory.unsaved = (stored.version, await self._refresh(tokens))
            except SlackError:
                await self._store.give_back(stored)
                raise
        if await self._store.renew(stored, memory.unsaved[1]):
            _log.info("The token of %s was refreshed.", stored.name)
        memory.unsaved = None
        self.forget()
        found = await self._store.at(stored.place)
        if found is None or found.tokens is None:
            raise SlackTokenDead("not_installed", _WHERE, detail=stored.place.team_id)
        return found


def _access(installation: Installation) -> str:
    if installation.tokens is None:
        raise SlackTokenDead("not_installed", _WHERE, detail=installation.place.team_id)
    return installation.tokens.access.reveal()


def _as_dead(error: SlackError) -> SlackError:
    """Return what a refresh that Slack refuses for good means for whoever needs the token."""
    if isinstance(error, SlackRefused) and not isinstance(error, SlackTokenDead):
        return SlackTokenDead("refresh_refused", error.method, detail=error.code)
    return error
