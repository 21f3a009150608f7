"""Delete by itself what has been kept for long enough."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from sqlalchemy import Connection, Delete, delete, or_, select

from calls.errors import CallsError
from calls.model import TeamId
from calls.ports import Clock
from storage.database import Database
from storage.erasing import erase_calls, erase_workspace
from storage.installation_tables import installations, is_shut_out, is_there, organisation_members
from storage.tables import calls, is_final

_log = logging.getLogger(__name__)

EVERY_S: Final = 3600.0


@dataclass(frozen=True, slots=True)
class Keeping:
    """What is kept for how long.

    Args:
        after_uninstall: everything of a workspace, once the app was removed there.
        calls: calls that are over, with everything that belongs to them; plans are deleted with their workspace.
    """

    database: Database
    now: Clock
    after_uninstall: timedelta
    calls: timedelta

    async def prune_forever(self) -> None:
        """Delete once an hour."""
        while True:
            try:
                await self.database.prune()
                await self.prune()
            except CallsError as error:
                _log.warning("What was kept for long enough could not be deleted: %s", error)
            await asyncio.sleep(EVERY_S)

    async def prune(self) -> None:
        """Delete what is old enough now.

        Raises:
            StorageError: when it could not all be deleted.
        """
        for team_id in await self.database.query(self._left):
            erased = await erase_workspace(self.database, team_id)
            _log.info("Everything of %s was deleted, %s rows: the app was removed there.", team_id, erased.rows)
        await self.database.change(lambda connection: connection.execute(self._empty_organisations()))
        since = self.now() - self.calls
        columns = calls.c
        over = or_(columns.ended_at < since, columns.ended_at.is_(None) & (columns.created_at < since))
        rows = await erase_calls(self.database, is_final & over)
        if rows:
            _log.info("Calls that were over for %s days were deleted, %s rows.", self.calls.days, rows)

    def _empty_organisations(self) -> Delete:
        """Return what deletes organisations that were left long ago, of whose workspaces nothing is kept any more."""
        columns = installations.c
        members = select(organisation_members.c.team_id).where(
            organisation_members.c.enterprise_id == columns.enterprise_id
        )
        long_gone = columns.gone_at < self.now() - self.after_uninstall
        return delete(installations).where(long_gone, columns.team_id == "", ~members.exists())

    def _left(self, connection: Connection) -> list[TeamId]:
        """Return the workspaces that were left long ago and that no installation serves again."""
        long_gone = installations.c.gone_at < self.now() - self.after_uninstall
        gone = list(connection.execute(select(installations).where(long_gone)))
        found: list[TeamId] = []
        for row in gone:
            of_organisation = select(organisation_members.c.team_id).where(
                organisation_members.c.enterprise_id == row.enterprise_id
            )
            teams = [row.team_id] if row.team_id else list(connection.execute(of_organisation).scalars())
            found += [TeamId(team_id) for team_id in teams if not _is_served(connection, team_id)]
        return found


def _is_served(connection: Connection, team_id: str) -> bool:
    """Say whether the app is installed in a workspace, or in its organisation."""
    columns, members = installations.c, organisation_members.c
    shut_out = select(columns.enterprise_id).where(columns.team_id == team_id, is_shut_out)
    organisation = select(members.enterprise_id).where(
        members.team_id == team_id, members.enterprise_id.not_in(shut_out)
    )
    serves = or_(columns.team_id == team_id, (columns.team_id == "") & columns.enterprise_id.in_(organisation))
    return connection.execute(select(columns.team_id).where(serves, is_there)).first() is not None
