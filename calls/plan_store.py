"""What scheduled calls need from a transaction."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from calls.model import ChannelId, TeamId, UserId
from calls.plan import Plan, PlanId, PlanPerson


class PlanTransaction(Protocol):
    """Reads and writes of plans."""

    def plan(self, plan_id: PlanId) -> Plan | None:
        """Return a plan, or None when there is none with this id."""

    def add_plan(self, plan: Plan) -> None:
        """Store a new plan."""

    def save_plan(self, plan: Plan) -> Plan:
        """Store a changed plan and return it with its new version.

        Raises:
            StaleCallError: when the stored version is no longer `plan.version`.
        """

    def plans_in(self, team_id: TeamId, channel_id: ChannelId) -> Sequence[Plan]:
        """Return what still takes place in a conversation, the next first."""

    def plans_of(self, team_id: TeamId, user_id: UserId) -> Sequence[Plan]:
        """Return what still takes place that a person planned, is invited to or comes to, the next first."""

    def plan_people(self, plan_id: PlanId) -> Sequence[PlanPerson]:
        """Return who is invited or has answered."""

    def save_plan_person(self, person: PlanPerson) -> None:
        """Store somebody of a plan, new or changed."""

    def drop_plan_person(self, person: PlanPerson) -> None:
        """Forget that somebody belongs to a plan."""
