"""Calls as they are looked back on, and how storage gives them."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from calls.model import Call, ChannelId, Participant, TeamId, UserId


@dataclass(frozen=True, slots=True)
class PastCall:
    """A call that is over, with everybody who was there, each person once, in the order in which they came."""

    call: Call
    people: Sequence[Participant]


@dataclass(frozen=True, slots=True)
class Chart:
    """The picture of a workspace's calls per week that was uploaded last.

    Args:
        counts: the numbers it shows, oldest week first.
        last_week_at: when its last week began.
        file_id: Slack's.
    """

    team_id: TeamId
    counts: Sequence[int]
    last_week_at: datetime
    file_id: str
    drawn_at: datetime


class PastTransaction(Protocol):
    """Reads of calls that are over, and of what is counted of them."""

    def past_calls(self, team_id: TeamId, channel_id: ChannelId, limit: int) -> Sequence[PastCall]:
        """Return the newest calls of a conversation that are over, newest first."""

    def past_calls_of(self, team_id: TeamId, user_id: UserId, limit: int) -> Sequence[PastCall]:
        """Return the newest calls that are over and that a person started or was in, newest first."""

    def open_calls_for(self, team_id: TeamId, user_id: UserId) -> Sequence[Call]:
        """Return the open calls that a person started, is or was in, or is invited to, oldest first."""

    def names_of(self, team_id: TeamId, user_ids: Collection[UserId]) -> Mapping[UserId, str]:
        """Return what people are called, of those whom Slack was asked about."""

    def calls_per_week(self, team_id: TeamId, since: datetime, weeks: int) -> Sequence[int]:
        """Return how many calls that are over began in each week since a moment."""

    def chart(self, team_id: TeamId) -> Chart | None:
        """Return the chart of a workspace that was uploaded last, or None."""

    def save_chart(self, chart: Chart) -> None:
        """Store a chart in the place of the one before."""
