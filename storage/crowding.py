"""How much was asked for, within one transaction."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, bindparam, func, literal, select, union_all

from calls.invitation import InvitationState
from calls.limits import Asker, Crowd, Limits
from calls.model import TeamId, UserId
from storage.prepared import Prepared
from storage.tables import Instant, calls, invitations, is_open, is_over, is_starting


def _crowd_query(*, counts_waiting: bool) -> Select[Any]:
    """Return one query for all limits of starts; each part ends at its limit, and has an index of its own."""
    in_team, in_window = calls.c.team_id == bindparam("team_id"), calls.c.created_at > bindparam("since", type_=Instant)
    here = (in_team, calls.c.channel_id == bindparam("channel_id"), in_window)
    began = union_all(
        select(calls.c.created_at).where(*here, is_open), select(calls.c.created_at).where(*here, is_over)
    ).subquery()
    by_person = select(calls.c.created_at).where(in_team, calls.c.started_by == bindparam("user_id"), in_window)
    in_channel = select(began.c.created_at)
    one_by_person = by_person.order_by(calls.c.created_at.desc()).limit(1).offset(bindparam("by_person"))
    one_in_channel = in_channel.order_by(began.c.created_at.desc()).limit(1).offset(bindparam("in_channel"))
    waiting = select(literal(1)).where(in_team, is_starting).limit(bindparam("waiting")).subquery()
    parts = [one_by_person.scalar_subquery().label("by_person"), one_in_channel.scalar_subquery().label("in_channel")]
    if counts_waiting:
        parts.append(select(func.count()).select_from(waiting).scalar_subquery().label("waiting"))
    return select(*parts)


# Making a query takes ten times as long as running it, and one is run before every acknowledgement of a start.
_CROWD = Prepared(_crowd_query(counts_waiting=False))
_CROWD_AND_WAITING = Prepared(_crowd_query(counts_waiting=True))


class SqlCrowding:
    """Looks at how much was asked for; `calls.limits.CrowdTransaction` says what each method does."""

    _connection: Connection

    def crowd(self, asker: Asker, allowed: Limits, *, counts_waiting: bool = True) -> Crowd:
        """Return how much was asked for."""
        values: dict[str, object] = {
            "team_id": asker.team_id,
            "channel_id": asker.channel_id,
            "user_id": asker.user_id,
            "since": asker.since,
            "by_person": allowed.starts_by_person - 1,
            "in_channel": allowed.starts_in_channel - 1,
        }
        if not counts_waiting:
            found = _CROWD.all(self._connection, values)[0]
            return Crowd(found.by_person, found.in_channel)
        values["waiting"] = allowed.waiting_in_workspace
        found = _CROWD_AND_WAITING.all(self._connection, values)[0]
        return Crowd(found.by_person, found.in_channel, found.waiting)

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
