"""Choose what counts for workspaces, conversations and people, as their settings would."""

from __future__ import annotations

from calls.choosing import save_choice, workspace_chose
from calls.clock import now
from calls.model import Person, TeamId
from calls.ports import Clock, Storage
from calls.preferences import Holder, Preferences, WorkspacePreferences


class Choosing:
    """The preferences of everybody."""

    def __init__(self, storage: Storage, now: Clock = now) -> None:
        self._storage = storage
        self._now = now

    async def of_workspace(self, team_id: TeamId) -> WorkspacePreferences:
        """Return what a workspace's admins chose."""
        return await self._storage.read(lambda transaction: workspace_chose(transaction, team_id))

    async def choose(self, by: Person, holder: Holder, holder_id: str, chosen: Preferences) -> None:
        """Store what was chosen, and who chose it."""
        await self._storage.write(lambda work: save_choice(work, by, (holder, holder_id), chosen, self._now()))
