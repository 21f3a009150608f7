"""Who is in the user groups of a workspace, remembered for a while by each process."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta
from typing import Final, Protocol

from calls.errors import CallsError
from calls.model import TeamId, UserId
from calls.ports import Clock
from calls.single_flight import SingleFlight

_log = logging.getLogger(__name__)

FRESH_FOR: Final = timedelta(minutes=5)
"""How long Slack's answer is believed: Slack takes about 20 of these questions a minute."""

REMEMBERED_MAX: Final = 1_000

_Place = tuple[TeamId, str]


class ReadsGroups(Protocol):
    """Asks Slack about a user group."""

    async def members(self, team_id: TeamId, group_id: str) -> frozenset[UserId]:
        """Return who is in it.

        Raises:
            SlackError: when Slack does not say.
        """


class Groups:
    """Knows who is in which user group."""

    def __init__(self, groups: ReadsGroups, now: Clock) -> None:
        """Know of no group yet."""
        self._groups = groups
        self._now = now
        self._known: dict[_Place, tuple[frozenset[UserId], datetime]] = {}
        self._asking = SingleFlight(self._ask)

    async def members(self, team_id: TeamId, group_id: str) -> frozenset[UserId] | None:
        """Return who is in a user group, or None when Slack does not say; all who ask at once are one request."""
        place = (team_id, group_id)
        known = self._known.get(place)
        if known is not None and self._now() - known[1] < FRESH_FOR:
            return known[0]
        return await self._asking.result(place)

    async def stop(self) -> None:
        """Ask nothing more."""
        await self._asking.stop()

    async def _ask(self, place: _Place) -> frozenset[UserId] | None:
        try:
            members = await self._groups.members(*place)
        except CallsError as error:
            _log.warning("Slack did not say who is in the user group %s: %s", place[1], error)
            return None
        if len(self._known) >= REMEMBERED_MAX:
            self._known.clear()
        self._known[place] = (members, self._now())
        return members
