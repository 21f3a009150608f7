"""How many calls there were in each of the last weeks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from calls.model import TeamId
from calls.past import Chart
from calls.ports import Transaction

WEEKS: Final = 12


@dataclass(frozen=True, slots=True)
class Weeks:
    """How many calls began in each week, oldest first."""

    counts: Sequence[int]
    last_week_at: datetime

    @property
    def days(self) -> Sequence[datetime]:
        """Return when each week began."""
        return [week_start(self.last_week_at, weeks_ago) for weeks_ago in reversed(range(len(self.counts)))]

    @property
    def is_empty(self) -> bool:
        """Say whether there is nothing to show."""
        return not any(self.counts)

    def is_shown_by(self, chart: Chart | None) -> bool:
        """Say whether a chart shows these numbers."""
        same = (tuple(self.counts), self.last_week_at)
        return chart is not None and same == (tuple(chart.counts), chart.last_week_at)


def weeks_of(transaction: Transaction, team_id: TeamId, now: datetime) -> Weeks:
    """Return the weeks up to the present one, which begin on Mondays in UTC."""
    today = now.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    last_week_at = today - timedelta(days=today.weekday())
    since = week_start(last_week_at, WEEKS - 1)
    return Weeks(tuple(transaction.calls_per_week(team_id, since, WEEKS)), last_week_at)


def week_start(last_week_at: datetime, weeks_ago: int) -> datetime:
    """Return when a week began."""
    return last_week_at - timedelta(weeks=weeks_ago)
