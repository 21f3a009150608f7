"""What the statuses of people need from a transaction."""

from __future__ import annotations

from collections.abc import Collection
from typing import Protocol

from calls.model import TeamId, UserId
from calls.status import PersonStatus, StatusId


class StatusTransaction(Protocol):
    """Reads and writes of people's statuses."""

    def status(self, status_id: StatusId) -> PersonStatus | None:
        """Return a status, or None when there is none with this id."""

    def save_status(self, status: PersonStatus) -> None:
        """Store a status, new or changed."""

    def drop_status(self, status_id: StatusId) -> None:
        """Forget a status."""

    def who_share(self, team_id: TeamId, user_ids: Collection[UserId]) -> Collection[UserId]:
        """Return those of some people who gave us the right to set their status."""

    def is_in_call(self, team_id: TeamId, user_id: UserId) -> bool:
        """Say whether a person is in a call that is open."""
