"""Keep the chart of each workspace's calls per week: drawn when its numbers change, and at most once an hour.

The picture is a file at Slack that is shared with nobody, so it is shown behind a firewall too. Without the scope
`files:write` there is none, and the Home tells the numbers in words.
"""

from __future__ import annotations

import asyncio
import logging
from datetime import datetime, timedelta
from typing import Final

from calls.errors import SlackError
from calls.model import TeamId
from calls.past import Chart
from calls.ports import Clock, Storage
from calls.slack.files_api import FilesApi, OutgoingFile
from calls.weeks import Weeks
from calls.words import home as words

_log = logging.getLogger(__name__)

REDRAWN_AFTER: Final = timedelta(hours=1)


class Charts:
    """Draws charts and uploads them."""

    def __init__(self, storage: Storage, files: FilesApi, now: Clock) -> None:
        """Draw nothing yet."""
        self._storage = storage
        self._files = files
        self._now = now
        self._refused: dict[TeamId, datetime] = {}
        self._one_at_a_time = asyncio.Lock()

    def is_outdated(self, team_id: TeamId, weeks: Weeks, chart: Chart | None) -> bool:
        """Say whether a chart is to be drawn anew."""
        if weeks.is_empty or weeks.is_shown_by(chart):
            return False
        tried_at = max((at for at in (chart and chart.drawn_at, self._refused.get(team_id)) if at), default=None)
        return tried_at is None or self._now() - tried_at >= REDRAWN_AFTER

    async def draw(self, team_id: TeamId, weeks: Weeks) -> Chart | None:
        """Draw and upload a chart, unless somebody else just did; None when Slack does not take it.

        Raises:
            StorageError: when it could not be stored.
        """
        async with self._one_at_a_time:
            stored = await self._storage.read(lambda transaction: transaction.chart(team_id))
            if not self.is_outdated(team_id, weeks, stored):
                return stored
            png = await asyncio.to_thread(_drawn, weeks)
            file = OutgoingFile("calls-per-week.png", words.chart_title(), png, words.chart_text(weeks.counts))
            try:
                file_id = await self._files.upload(team_id, file)
            except SlackError as error:
                _log.warning("The chart of %s could not be uploaded: %s", team_id, error)
                self._refused[team_id] = self._now()
                return None
            chart = Chart(team_id, weeks.counts, weeks.last_week_at, file_id, self._now())
            await self._storage.write(lambda transaction: transaction.save_chart(chart))
            return chart


def _drawn(weeks: Weeks) -> bytes:
    # Pillow takes 0.06 s and 7 MB to import, which only a process that draws has to pay.
    from calls.chart_picture import draw_chart  # noqa: PLC0415

    return draw_chart(weeks)
