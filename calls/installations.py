"""What is kept of each workspace and organisation the app is installed in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from calls.model import TeamId, UserId
from calls.secret import Secret


@dataclass(frozen=True, slots=True)
class Tokens:
    """What Slack gave for one installation.

    Args:
        access: goes with every request.
        refresh: is exchanged for the next pair; None where tokens do not expire.
        expires_at: when `access` stops working, aware and in UTC; None for never.
    """

    access: Secret
    refresh: Secret | None = None
    expires_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Place:
    """Where the app is installed: a workspace, or a whole organisation.

    Args:
        client_id: of the app, as several may share a database.
        enterprise_id: the organisation, or empty for a workspace outside of any.
        team_id: the workspace, or empty for the whole organisation.
    """

    client_id: str
    enterprise_id: str
    team_id: str

    @property
    def is_organisation(self) -> bool:
        """Say whether it is a whole organisation."""
        return not self.team_id


@dataclass(frozen=True, slots=True)
class Installation:
    """The app as one workspace or organisation knows it.

    Args:
        name: of the workspace or organisation, as people know it.
        tokens: None once the app was removed.
        installed_at: by Slack's clock where it told the time, aware and in UTC.
        gone_at: when the app was removed, by Slack's clock; None while it is there.
        version: counts the changes of its tokens.
    """

    place: Place
    name: str
    app_id: str
    bot_id: str | None
    bot_user_id: str
    scopes: frozenset[str]
    installed_by: UserId
    installed_at: datetime
    tokens: Tokens | None
    gone_at: datetime | None = None
    version: int = 0

    @property
    def expires_at(self) -> datetime | None:
        """Return when its token stops working, or None for never."""
        return None if self.tokens is None else self.tokens.expires_at


@dataclass(frozen=True, slots=True)
class Leftover:
    """An installation whose tokens cannot be read with the keys that are set."""

    place: Place
    name: str


class Installations(Protocol):
    """Keeps installations, for all processes; every method raises StorageError when that cannot be done now.

    What reads tokens raises ConfigError when the keys that are set do not fit them.
    """

    async def is_used(self, state_id: str) -> bool:
        """Say whether a state was used up before."""

    async def use_up(self, state_id: str, expires_at: datetime) -> bool:
        """Remember, until it is too old to be used anyway, that something was installed by a state.

        Returns:
            False when it was used up before.
        """

    async def save(self, installation: Installation) -> None:
        """Keep an installation, in place of an earlier one of the same place or workspace."""

    async def find(self, team_id: TeamId | None, enterprise_id: str | None) -> Installation | None:
        """Return the installation that serves a workspace: its own, or its organisation's.

        Args:
            team_id: None where Slack named only the organisation.
            enterprise_id: the workspace's organisation where Slack named it; it is remembered for the next time.
        """

    async def every(self) -> Sequence[Installation | Leftover]:
        """Return every installation that is there, by name."""

    async def expiring(self, before: datetime) -> Sequence[Place]:
        """Return where tokens stop working before a time."""

    async def lease(self, installation: Installation, until: datetime) -> bool:
        """Take the right to refresh an installation's tokens.

        Returns:
            Whether it was to be had: False when somebody else has it, or has used it already.
        """

    async def give_back(self, installation: Installation) -> None:
        """Give the right to refresh back without having got new tokens."""

    async def at(self, place: Place) -> Installation | None:
        """Return the installation of exactly this place, or None."""

    async def renew(self, installation: Installation, tokens: Tokens) -> bool:
        """Keep new tokens for an installation and give the right to refresh them back.

        Returns:
            False when the installation was changed meanwhile, as by installing again; nothing is kept then.
        """

    async def remove(self, place: Place, at: datetime) -> bool:
        """Note that the app was removed, and forget its tokens.

        Args:
            at: when, by Slack's clock.

        Returns:
            False when there is no such installation, or it is a newer one.
        """

    async def revoke_access(self, enterprise_id: str, team_id: TeamId, at: datetime) -> bool:
        """Note that an organisation's installation serves one of its workspaces no longer.

        Args:
            at: when, by Slack's clock.

        Returns:
            False when the workspace has an installation of its own, the organisation has none, or either, or the
            access, is newer than that.
        """

    async def grant_access(self, enterprise_id: str, team_id: TeamId, at: datetime) -> bool:
        """Note that it serves a workspace again.

        Args:
            at: when, by Slack's clock.

        Returns:
            False when it was never said to serve it no longer, or that is newer.
        """
