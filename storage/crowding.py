"""How much was asked for, within one transaction."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ColumnElement, Connection, ScalarSelect, func, literal, select, union_all

from calls.invitation import InvitationState
from calls.limits import Asker, Crowd, Limits
from calls.model import TeamId, UserId
from storage.tables import calls, invitations, is_open, is_over, is_starting


class SqlCrowding:
    """Looks at how much was asked for; `calls.limits.CrowdTransaction` says what each method does."""

    _connection: Connection

    def crowd(self, asker: Asker, allowed: Limits) -> Crowd:
        """Return how much was asked for."""
        by_person = (
            select(calls.c.created_at)
            .where(calls.c.team_id == asker.team_id, calls.c.started_by == asker.user_id)
            .where(calls.c.created_at > asker.since)
            .order_by(calls.c.created_at.desc())
            .limit(1)
            .offset(allowed.starts_by_person - 1)
            .scalar_subquery()
        )
        waiting = select(literal(1)).where(calls.c.team_id == asker.team_id, is_starting).limit(1)
        is_full = waiting.offset(allowed.waiting_in_workspace - 1).scalar_subquery()
        found = self._connection.execute(select(by_person, _in_channel(asker, allowed), is_full)).one()
        return Crowd(found[0], found[1], found[2] is not None)

    def rings_of(self, team_id: TeamId, user_id: UserId, since: datetime) -> int:
        """Return how often a person was rung, or is rung next."""
        return self._rings(invitations.c.user_id == user_id, team_id, since)

    def rings_by(self, team_id: TeamId, user_id: UserId, since: datetime) -> int:
        """Return how many people a person had rung, or are rung next."""
        return self._rings(invitations.c.invited_by == user_id, team_id, since)

    def _rings(self, whose: ColumnElement[bool], team_id: TeamId, since: datetime) -> int:
        is_next = invitations.c.state == InvitationState.CLEARED.value
        query = select(func.count()).select_from(invitations.join(calls)).where(calls.c.team_id == team_id)
        return self._connection.execute(query.where(whose, (invitations.c.rung_at > since) | is_next)).scalar_one()


def _in_channel(asker: Asker, allowed: Limits) -> ScalarSelect[datetime]:
    """Return the query of when the calls of a conversation began, by the indexes of open and of past ones."""
    here = (calls.c.team_id == asker.team_id, calls.c.channel_id == asker.channel_id, calls.c.created_at > asker.since)
    began = union_all(
        select(calls.c.created_at).where(*here, is_open), select(calls.c.created_at).where(*here, is_over)
    ).subquery()
    newest = select(began.c.created_at).order_by(began.c.created_at.desc())
    return newest.limit(1).offset(allowed.starts_in_channel - 1).scalar_subquery()
