"""Pause a person's notifications for a while, with a token that the person gave us for that."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from calls.model import TeamId
from calls.slack.web import SlackWeb

FOREVER_S: Final = 2**53
"""When a pause ends that has no end."""

_INFO, _SET, _END = "dnd.info", "dnd.setSnooze", "dnd.endSnooze"


class DndApi:
    """Slack's dnd methods, of the person whose token is used; times are seconds since 1970, 0 for no pause."""

    def __init__(self, web: SlackWeb) -> None:
        self._web = web

    async def snooze_end_s(self, team_id: TeamId, token: str) -> int:
        """Return until when notifications are paused by hand; quiet hours that come every day do not count.

        Raises:
            SlackError: the one that fits, for every outcome but success.

        Source: https://docs.slack.dev/reference/methods/dnd.info
        """
        return _end_s((await self._web.call_as_person(team_id, token, _INFO, {})).data)

    async def set_snooze(self, team_id: TeamId, token: str, minutes: int) -> int:
        """Pause notifications from now on, or change until when, and return until when Slack keeps it.

        Raises:
            SlackError: the one that fits, for every outcome but success.

        Source: https://docs.slack.dev/reference/methods/dnd.setSnooze
        """
        return _end_s((await self._web.call_as_person(team_id, token, _SET, {"num_minutes": minutes})).data)

    async def end_snooze(self, team_id: TeamId, token: str) -> None:
        """Let notifications come again.

        Raises:
            SlackError: the one that fits, for every outcome but success.

        Source: https://docs.slack.dev/reference/methods/dnd.endSnooze
        """
        await self._web.call_as_person(team_id, token, _END, {})


def _end_s(data: Mapping[str, object]) -> int:
    if data.get("snooze_enabled") is not True:
        return 0
    end_s = data.get("snooze_endtime")
    return FOREVER_S if data.get("snooze_is_indefinite") is True or not isinstance(end_s, int) else end_s
