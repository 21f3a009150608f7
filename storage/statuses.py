"""The reads and writes of people's statuses within one transaction."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import asdict
from typing import Any

from sqlalchemy import Connection, Row, delete, select

from calls.model import TeamId, UserId
from calls.status import SLACK, PersonStatus, ShownStatus, StatusId, StatusState
from storage.account_tables import accounts
from storage.status_tables import statuses
from storage.tables import calls, is_open, participants
from storage.upsert import put


class SqlStatuses:
    """Statuses in an open transaction; `calls.status_store.StatusTransaction` says what each method does."""

    _connection: Connection
    _writes: bool

    def status(self, status_id: StatusId) -> PersonStatus | None:
        """Return a status, or None."""
        query = select(statuses).where(statuses.c.id == status_id)
        if self._writes:
            query = query.with_for_update(key_share=True)
        row = self._connection.execute(query).one_or_none()
        return None if row is None else _status_of(row)

    def save_status(self, status: PersonStatus) -> None:
        """Store a status."""
        put(
            self._connection,
            statuses,
            [asdict(status) | {"state": status.state.value, "snooze_state": status.snooze_state.value}],
        )

    def drop_status(self, status_id: StatusId) -> None:
        """Forget a status."""
        self._connection.execute(delete(statuses).where(statuses.c.id == status_id))

    def who_share(self, team_id: TeamId, user_ids: Collection[UserId]) -> Collection[UserId]:
        """Return who gave us the right to set their status."""
        own = (accounts.c.team_id == team_id, accounts.c.provider == SLACK, accounts.c.user_id.in_(user_ids))
        return {UserId(row.user_id) for row in self._connection.execute(select(accounts.c.user_id).where(*own))}

    def is_in_call(self, team_id: TeamId, user_id: UserId) -> bool:
        """Say whether a person is in an open call."""
        here = (participants.c.slack_id == user_id, participants.c.present, participants.c.call_id == calls.c.id)
        query = select(calls.c.id).where(calls.c.team_id == team_id, is_open, *here).limit(1)
        return self._connection.execute(query).first() is not None


def _status_of(row: Row[Any]) -> PersonStatus:
    values = row._asdict()
    read: dict[str, object] = {name: ShownStatus(**values[name]) for name in ("before", "ours")}
    read |= {name: StatusState(values[name]) for name in ("state", "snooze_state")}
    return PersonStatus(**(values | read))
