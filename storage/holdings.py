"""What each table holds of a workspace and of a person: the one list that deleting and handing out go by.

A table that is not here is in `APART`, with the reason; a test sees to it that each is in one of the two.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from sqlalchemy import Table

from storage.account_tables import account_states, accounts
from storage.plan_tables import plan_people, plans
from storage.status_tables import statuses
from storage.tables import (
    calls,
    charts,
    conversations,
    deliveries,
    invitations,
    links,
    notices,
    participants,
    preference_changes,
    preferences,
    profiles,
    sessions,
    visitors,
)


class Through(StrEnum):
    """The column by which a row belongs to a workspace: at once, or by its call or plan."""

    TEAM = "team_id"
    CALL = "call_id"
    PLAN = "plan_id"


@dataclass(frozen=True, slots=True)
class Holding:
    """What one table holds.

    Args:
        gone_with: columns with a person's id; a row in which one of them is the person's is deleted with them.
        without: columns with a person's id, which becomes nobody's where the row is kept for others.
        lists: columns with several people's ids, out of which one is taken.
        texts: columns with sentences, which are deleted where they mention the person.
        secret: columns that lead to a meeting or let somebody post, which are never handed out.
    """

    table: Table
    through: Through
    gone_with: tuple[str, ...] = ()
    without: tuple[str, ...] = ()
    lists: tuple[str, ...] = ()
    texts: tuple[str, ...] = ()
    secret: tuple[str, ...] = ()


OF_CALLS: Final = (
    Holding(participants, Through.CALL, without=("key", "slack_id", "same_as")),
    Holding(sessions, Through.CALL, gone_with=("key",)),
    Holding(visitors, Through.CALL, gone_with=("slack_id", "key")),
    Holding(links, Through.CALL, gone_with=("slack_id",), without=("made_by",), secret=("id",)),
    Holding(invitations, Through.CALL, gone_with=("user_id",), without=("invited_by",)),
    Holding(notices, Through.CALL, gone_with=("user_id",), secret=("response_url",)),
)
"""What belongs to a call, and goes with it."""

CALLS: Final = Holding(
    calls,
    Through.TEAM,
    without=("started_by", "ended_by", "sequel_asked_by"),
    lists=("invited",),
    secret=("join_token", "start_url", "card_url"),
)

OF_PLANS: Final = (Holding(plan_people, Through.PLAN, gone_with=("user_id",)),)
PLANS: Final = Holding(plans, Through.TEAM, gone_with=("planned_by",), without=("changed_by",), secret=("start_url",))

OF_TEAMS: Final = (
    Holding(profiles, Through.TEAM, gone_with=("user_id",)),
    Holding(preferences, Through.TEAM, gone_with=("holder_id",)),
    Holding(preference_changes, Through.TEAM, gone_with=("holder_id",), without=("changed_by",)),
    Holding(accounts, Through.TEAM, gone_with=("user_id",), secret=("tokens",)),
    Holding(account_states, Through.TEAM, gone_with=("user_id",), secret=("state", "browser")),
    Holding(statuses, Through.TEAM, gone_with=("user_id",)),
    Holding(charts, Through.TEAM),
    Holding(conversations, Through.TEAM),
    Holding(deliveries, Through.TEAM, texts=("text",)),
)
"""What belongs to a workspace itself."""

HOLDINGS: Final = (CALLS, *OF_CALLS, PLANS, *OF_PLANS, *OF_TEAMS)

APART: Final = MappingProxyType(
    {
        "installations": "deleted once the app was removed from the workspace; the tokens go at once",
        "organisation_members": "says which organisation serves a workspace, and goes with the installation",
        "install_states": "hashes of installations that were just finished, good for nothing after ten minutes",
        "budgets": "counts requests, deleted when it was not used for a while",
    }
)
"""The tables that say nothing of people or calls."""
