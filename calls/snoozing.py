"""The steps by which a person's notifications are paused while they are in a call, and afterwards are as before.

As with a status, what was there before and what we are about to do is stored before Slack is asked to do it. Whether a
pause is ours can be told by its end alone.
"""

from __future__ import annotations

import math
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta
from typing import Final

from calls.errors import CallsError, SlackScopeMissing
from calls.outside import Outside
from calls.slack.dnd_api import DndApi
from calls.status import PersonStatus, StatusState

Record = Callable[[PersonStatus], PersonStatus]
Work = Callable[[str, PersonStatus], Awaitable[Record]]

LONGEST: Final = timedelta(days=1)
"""Notifications are paused for no longer, however long a call may take: Slack refuses what it finds too long."""

SAME_S: Final = 5
"""By how much two ends may differ that are the same."""

UNSURE_S: Final = 600
"""The same for a pause whose answer was lost: a request may have waited for its turn."""

_MINUTE_S: Final = 60


class SnoozeSteps:
    """Pauses notifications, and ends that."""

    def __init__(self, outside: Outside, dnd: DndApi) -> None:
        self._outside = outside
        self._dnd = dnd

    def missing(self, status: PersonStatus, *, is_wanted: bool) -> Work | None:
        """Return what has to be done at Slack next; None for nothing."""
        state = status.snooze_state
        if is_wanted:
            return {StatusState.AT_REST: self._begin, StatusState.SETTING: self._set}.get(state)
        return self._put_back if state in {StatusState.SETTING, StatusState.SHOWN} else None

    async def _begin(self, token: str, status: PersonStatus) -> Record:
        """Find out whether notifications are paused already, and decide until when they are going to be."""
        present_s = await self._dnd.snooze_end_s(status.team_id, token)
        now_s = self._now_s()
        until_s = now_s + int(min(self._outside.rules.longest, LONGEST).total_seconds())
        if present_s >= until_s - SAME_S:
            return snooze_left
        before_s = present_s if present_s > now_s else 0
        return lambda stored: replace(
            stored, snooze_state=StatusState.SETTING, snooze_before_s=before_s, snooze_ours_s=until_s
        )

    async def _set(self, token: str, status: PersonStatus) -> Record:
        """Pause notifications, unless the person changed something since it was looked at."""
        present_s = await self._dnd.snooze_end_s(status.team_id, token)
        if _is_ours(status, present_s):
            return _shown(present_s)
        if not self._is_as_before(status, present_s):
            return snooze_left
        return _shown(await self._dnd.set_snooze(status.team_id, token, self._minutes_until(status.snooze_ours_s)))

    async def _put_back(self, token: str, status: PersonStatus) -> Record:
        """Have notifications as they were, unless the person changed something meanwhile."""
        present_s = await self._dnd.snooze_end_s(status.team_id, token)
        if present_s > self._now_s() and _is_ours(status, present_s):
            if status.snooze_before_s > self._now_s():
                await self._dnd.set_snooze(status.team_id, token, self._minutes_until(status.snooze_before_s))
            else:
                await self._dnd.end_snooze(status.team_id, token)
        return snooze_rested

    def _is_as_before(self, status: PersonStatus, present_s: int) -> bool:
        """Say whether nothing changed but that a pause has come to its end."""
        before_s = status.snooze_before_s
        if abs(present_s - before_s) <= SAME_S:
            return True
        return present_s <= self._now_s() and before_s <= self._now_s()

    def _minutes_until(self, end_s: int) -> int:
        return max(1, math.ceil((end_s - self._now_s()) / _MINUTE_S))

    def _now_s(self) -> int:
        return int(self._outside.now().timestamp())


def snooze_given_up(error: CallsError) -> Record:
    """Return what to record when Slack does not let us: it is left alone, without the right until that is given."""
    state = StatusState.DENIED if isinstance(error, SlackScopeMissing) else StatusState.LEFT
    return lambda stored: replace(stored, snooze_state=state)


def snooze_left(stored: PersonStatus) -> PersonStatus:
    """Leave notifications alone until the person's next call."""
    return replace(stored, snooze_state=StatusState.LEFT)


def snooze_rested(stored: PersonStatus) -> PersonStatus:
    """Have nothing of ours at Slack."""
    return replace(stored, snooze_state=StatusState.AT_REST, snooze_before_s=0, snooze_ours_s=0)


def _shown(end_s: int) -> Record:
    return lambda stored: replace(stored, snooze_state=StatusState.SHOWN, snooze_ours_s=end_s)


def _is_ours(status: PersonStatus, present_s: int) -> bool:
    margin_s = UNSURE_S if status.snooze_state is StatusState.SETTING else SAME_S
    return present_s > 0 and abs(present_s - status.snooze_ours_s) <= margin_s
