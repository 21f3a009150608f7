"""Look back on calls; `calls.past` says what each method does."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta

from sqlalchemy import BigInteger, Connection, Select, Text, cast, delete, func, insert, select, type_coerce

from calls.model import Call, CallId, ChannelId, Participant, TeamId, UserId
from calls.past import Chart, PastCall
from storage import rows
from storage.tables import calls, charts, is_open, is_over, participants, profiles

_WEEK_US = int(timedelta(weeks=1).total_seconds()) * 1_000_000

_NAMES_AT_ONCE = 500


class SqlPast:
    """The part of a transaction that looks back."""

    _connection: Connection

    def past_calls(self, team_id: TeamId, channel_id: ChannelId, limit: int) -> Sequence[PastCall]:
        """Return the newest calls of a conversation that are over, newest first."""
        query = select(calls).where(calls.c.team_id == team_id, calls.c.channel_id == channel_id, is_over)
        return self._with_people(query.order_by(calls.c.created_at.desc()).limit(limit))

    def past_calls_of(self, team_id: TeamId, user_id: UserId, limit: int) -> Sequence[PastCall]:
        """Return the newest calls that are over and that a person started or was in, newest first."""
        of_team = (calls.c.team_id == team_id, is_over)
        started = select(calls.c.id).where(*of_team, calls.c.started_by == user_id)
        was_in = (
            select(participants.c.call_id)
            .join(calls, calls.c.id == participants.c.call_id)
            .where(*of_team, participants.c.slack_id == user_id)
        )
        newest = [
            *self._connection.execute(started.order_by(calls.c.created_at.desc()).limit(limit)).scalars(),
            *self._connection.execute(was_in.order_by(participants.c.joined_at.desc()).limit(limit)).scalars(),
        ]
        query = select(calls).where(calls.c.id.in_(newest))
        return self._with_people(query.order_by(calls.c.created_at.desc()).limit(limit))

    def open_calls_for(self, team_id: TeamId, user_id: UserId) -> Sequence[Call]:
        """Return the open calls a person has to do with, oldest first."""
        own = (participants.c.call_id == calls.c.id, participants.c.slack_id == user_id)
        is_invited = cast(calls.c.invited, Text).contains(f'"{user_id}"', autoescape=True)
        concerns = (calls.c.started_by == user_id) | select(participants.c.key).where(*own).exists() | is_invited
        query = select(calls).where(calls.c.team_id == team_id, is_open, concerns).order_by(calls.c.created_at)
        return [rows.call_of(row) for row in self._connection.execute(query)]

    def names_of(self, team_id: TeamId, user_ids: Collection[UserId]) -> Mapping[UserId, str]:
        """Return what people are called, as far as it is known."""
        names: dict[UserId, str] = {}
        ids = list(user_ids)
        for first in range(0, len(ids), _NAMES_AT_ONCE):
            some = ids[first : first + _NAMES_AT_ONCE]
            query = select(profiles.c.user_id, profiles.c.name)
            found = self._connection.execute(query.where(profiles.c.team_id == team_id, profiles.c.user_id.in_(some)))
            names |= {UserId(row.user_id): row.name for row in found if row.name}
        return names

    def calls_per_week(self, team_id: TeamId, since: datetime, weeks: int) -> Sequence[int]:
        """Return how many calls that are over began in each week since a moment."""
        age_us = type_coerce(calls.c.created_at, BigInteger) - round(since.timestamp() * 1_000_000)
        week = (age_us // _WEEK_US).label("week")
        query = select(week, func.count().label("number")).where(
            calls.c.team_id == team_id, is_over, calls.c.created_at >= since
        )
        counts = {int(row.week): int(row.number) for row in self._connection.execute(query.group_by(week))}
        return [counts.get(number, 0) for number in range(weeks)]

    def chart(self, team_id: TeamId) -> Chart | None:
        """Return the chart of a workspace, or None."""
        row = self._connection.execute(select(charts).where(charts.c.team_id == team_id)).one_or_none()
        if row is None:
            return None
        return Chart(TeamId(row.team_id), tuple(row.counts), row.last_week_at, row.file_id, row.drawn_at)

    def save_chart(self, chart: Chart) -> None:
        """Store a chart in the place of the one before."""
        self._connection.execute(delete(charts).where(charts.c.team_id == chart.team_id))
        values = {name: getattr(chart, name) for name in Chart.__slots__} | {"counts": list(chart.counts)}
        self._connection.execute(insert(charts), values)

    def _with_people(self, query: Select[tuple[object, ...]]) -> Sequence[PastCall]:
        found = [rows.call_of(row) for row in self._connection.execute(query)]
        people: defaultdict[CallId, list[Participant]] = defaultdict(list)
        wanted = participants.c.call_id.in_([call.id for call in found])
        there = select(participants).where(wanted, participants.c.same_as.is_(None))
        for row in self._connection.execute(there.order_by(participants.c.joined_at, participants.c.key)):
            people[CallId(row.call_id)].append(rows.participant_of(row))
        return [PastCall(call, people[call.id]) for call in found]
