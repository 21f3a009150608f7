"""The reads and writes of scheduled calls within one transaction."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, delete, insert, select, update

from calls.errors import StaleCallError
from calls.model import ChannelId, ResponseUrl, TeamId, UserId
from calls.plan import Coming, Plan, PlanId, PlanPerson, PlanState, Repeats
from storage.plan_tables import is_waiting, plan_people, plans

Values = dict[str, Any]

_OTHERWISE_KEPT = {"duration", "reminder", "skipped", "repeats", "state", "start_url"}
_SAME_IN_BOTH = tuple(field.name for field in fields(Plan) if field.name not in _OTHERWISE_KEPT)


class SqlPlans:
    """Plans in an open transaction; `calls.plan_store.PlanTransaction` says what each method does."""

    _connection: Connection
    _writes: bool

    def plan(self, plan_id: PlanId) -> Plan | None:
        """Return a plan, or None."""
        query = select(plans).where(plans.c.id == plan_id)
        if self._writes:
            query = query.with_for_update(key_share=True)
        row = self._connection.execute(query).one_or_none()
        return None if row is None else _plan_of(row)

    def add_plan(self, plan: Plan) -> None:
        """Store a new plan."""
        self._connection.execute(insert(plans), _plan_values(plan))

    def save_plan(self, plan: Plan) -> Plan:
        """Store a changed plan if nobody else has changed it since it was read."""
        saved = replace(plan, version=plan.version + 1)
        query = update(plans).where(plans.c.id == plan.id, plans.c.version == plan.version)
        if self._connection.execute(query.values(_plan_values(saved))).rowcount != 1:
            raise StaleCallError("stale_call", detail=plan.id)
        return saved

    def plans_in(self, team_id: TeamId, channel_id: ChannelId) -> Sequence[Plan]:
        """Return what still takes place in a conversation, the next first."""
        query = select(plans).where(plans.c.team_id == team_id, is_waiting, plans.c.channel_id == channel_id)
        return [_plan_of(row) for row in self._connection.execute(query.order_by(plans.c.next_at))]

    def plans_of(self, team_id: TeamId, user_id: UserId) -> Sequence[Plan]:
        """Return what a person has planned, is invited to or has not declined, the next first."""
        asked = select(plan_people.c.plan_id).where(
            plan_people.c.plan_id == plans.c.id,
            plan_people.c.user_id == user_id,
            plan_people.c.coming.is_distinct_from(Coming.NO.value),
        )
        query = select(plans).where(plans.c.team_id == team_id, is_waiting)
        query = query.where((plans.c.planned_by == user_id) | asked.exists()).order_by(plans.c.next_at)
        return [_plan_of(row) for row in self._connection.execute(query)]

    def plan_people(self, plan_id: PlanId) -> Sequence[PlanPerson]:
        """Return who is invited or has answered."""
        query = select(plan_people).where(plan_people.c.plan_id == plan_id).order_by(plan_people.c.user_id)
        return [_person_of(row) for row in self._connection.execute(query)]

    def save_plan_person(self, person: PlanPerson) -> None:
        """Store somebody of a plan, new or changed."""
        self.drop_plan_person(person)
        self._connection.execute(insert(plan_people), _person_values(person))

    def drop_plan_person(self, person: PlanPerson) -> None:
        """Forget that somebody belongs to a plan."""
        same = (plan_people.c.plan_id == person.plan_id, plan_people.c.user_id == person.user_id)
        self._connection.execute(delete(plan_people).where(*same))


def _plan_of(row: Row[Any]) -> Plan:
    url = None if row.start_url is None else ResponseUrl(row.start_url, row.start_url_expires_at)
    return Plan(
        **{name: getattr(row, name) for name in _SAME_IN_BOTH},
        duration=timedelta(seconds=row.duration_s),
        reminder=timedelta(seconds=row.reminder_s),
        skipped=tuple(datetime.fromisoformat(time) for time in row.skipped),
        repeats=Repeats(row.repeats),
        state=PlanState(row.state),
        start_url=url,
    )


def _plan_values(plan: Plan) -> Values:
    return {
        **{name: getattr(plan, name) for name in _SAME_IN_BOTH},
        "duration_s": int(plan.duration.total_seconds()),
        "reminder_s": int(plan.reminder.total_seconds()),
        "skipped": [time.isoformat() for time in plan.skipped],
        "repeats": plan.repeats.value,
        "state": plan.state.value,
        "start_url": None if plan.start_url is None else plan.start_url.url,
        "start_url_expires_at": None if plan.start_url is None else plan.start_url.expires_at,
    }


def _person_of(row: Row[Any]) -> PlanPerson:
    coming = None if row.coming is None else Coming(row.coming)
    return PlanPerson(row.plan_id, row.user_id, is_invited=row.is_invited, coming=coming)


def _person_values(person: PlanPerson) -> Values:
    coming = None if person.coming is None else person.coming.value
    return {
        "plan_id": person.plan_id,
        "user_id": person.user_id,
        "is_invited": person.is_invited,
        "coming": coming,
    }
