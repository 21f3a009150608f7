"""What Slack says of the people of a workspace: how to speak to them, what time it is for them, what they may do.

Nothing that people wait for waits for this: until Slack has been asked, a person is met without a profile.
What it said is kept in the database, for all processes, and in memory, for the acknowledgement that comes next.
"""

from __future__ import annotations

import asyncio
import logging
from collections import OrderedDict
from datetime import datetime, timedelta
from typing import Any, Final, Protocol

from calls.errors import CallsError, StorageError
from calls.model import TeamId, UserId
from calls.ports import Clock, Storage
from calls.profile import Profile
from calls.single_flight import SingleFlight

_log = logging.getLogger(__name__)

FRESH_FOR: Final = timedelta(hours=1)
"""How long a profile is believed before Slack is asked again."""

ASK_AGAIN_AFTER: Final = timedelta(minutes=5)
"""How long Slack is not asked about somebody after it did not say."""

ASK_AFTER_S: Final = 30.0
"""How long after somebody did something Slack is asked about them, in seconds."""

READING_MAX_S: Final = 0.5
"""How long the database has to tell a profile, in seconds."""

UNKNOWN_FOR: Final = timedelta(minutes=5)
"""How long somebody who is in no table is not looked for again; whoever asks Slack here notes them at once."""

READ_AGAIN_AFTER: Final = timedelta(seconds=2)
"""How long it is not asked for one after it did not."""

REMEMBERED_MAX: Final = 20_000
"""How many people are kept in memory."""


_Place = tuple[TeamId, UserId]


class ReadsProfiles(Protocol):
    """Asks Slack about a person."""

    async def profile(self, team_id: TeamId, user_id: UserId) -> Profile:
        """Return what Slack says.

        Raises:
            SlackError: when it does not say.
        """


class Profiles:
    """Knows the people of all workspaces."""

    def __init__(self, storage: Storage, users: ReadsProfiles, now: Clock) -> None:
        """Know nobody yet."""
        self._storage = storage
        self._users = users
        self._now = now
        self._remembered: OrderedDict[_Place, Profile] = OrderedDict()
        self._unknown_until: OrderedDict[_Place, datetime] = OrderedDict()
        self._readable_from = now()
        self._not_before: dict[_Place, datetime] = {}
        self._asking = SingleFlight(self._ask)
        self._later = SingleFlight(self._ask_later)

    async def known(self, team_id: TeamId, user_id: UserId) -> Profile | None:
        """Return what is known of a person without asking Slack, or None.

        Raises:
            StorageError: when it cannot be read now.
        """
        place = (team_id, user_id)
        if place in self._remembered:
            self._remembered.move_to_end(place)
            return self._remembered[place]
        if place in self._unknown_until and self._now() < self._unknown_until[place]:
            return None
        found = await self._read(team_id, user_id)
        if found is None:
            self._unknown_until[place] = self._now() + UNKNOWN_FOR
            _forget_beyond(self._unknown_until)
        else:
            self._remember(found)
        return found

    async def _read(self, team_id: TeamId, user_id: UserId) -> Profile | None:
        """Read what is known, and read nothing for a while after that failed: whoever answers has no time for it."""
        if self._now() < self._readable_from:
            raise StorageError("not_readable")
        try:
            async with asyncio.timeout(READING_MAX_S):
                return await self._storage.read(lambda transaction: transaction.profile(team_id, user_id))
        except (StorageError, TimeoutError) as failure:
            self._readable_from = self._now() + READ_AGAIN_AFTER
            raise StorageError("not_readable", detail=type(failure).__name__) from failure

    async def learned(self, team_id: TeamId, user_id: UserId, at_most: timedelta = FRESH_FOR) -> Profile | None:
        """Return what Slack says of a person, asking it when what is known is too old; None when it never said.

        Args:
            at_most: how old what is known may be.

        Raises:
            StorageError: when it cannot be read or stored now.
        """
        profile = await self.known(team_id, user_id)
        if profile is not None and self._now() - profile.read_at < at_most:
            return profile
        return await self._asking.result((team_id, user_id)) or profile

    def refresh(self, team_id: TeamId, user_id: UserId) -> None:
        """Have Slack asked about a person a while from now, where what is known is too old.

        What they are waiting for goes first, so that no profile takes a turn from a card.
        """
        place = (team_id, user_id)
        profile = self._remembered.get(place)
        is_fresh = profile is not None and self._now() - profile.read_at < FRESH_FOR
        if not is_fresh and self._may_ask(place):
            self._later.begin(place)

    async def stop(self) -> None:
        """Ask nothing more."""
        await asyncio.gather(self._asking.stop(), self._later.stop())

    async def _ask_later(self, place: _Place) -> None:
        await asyncio.sleep(ASK_AFTER_S)
        try:
            await self.learned(*place)
        except CallsError as error:
            _log.warning("What Slack says of %s could not be kept: %s", place[1], error)

    async def _ask(self, place: _Place) -> Profile | None:
        if not self._may_ask(place):
            return None
        try:
            profile = await self._users.profile(*place)
        except CallsError as error:
            _log.warning("Slack did not say who %s is: %s", place[1], error)
            if len(self._not_before) >= REMEMBERED_MAX:
                self._not_before.clear()
            self._not_before[place] = self._now() + ASK_AGAIN_AFTER
            return None
        await self._storage.write(lambda transaction: transaction.save_profile(profile))
        self._remember(profile)
        return profile

    def _may_ask(self, place: _Place) -> bool:
        return place not in self._not_before or self._now() >= self._not_before[place]

    def _remember(self, profile: Profile) -> None:
        self._remembered[profile.team_id, profile.user_id] = profile
        self._unknown_until.pop((profile.team_id, profile.user_id), None)
        _forget_beyond(self._remembered)


def _forget_beyond(kept: OrderedDict[_Place, Any]) -> None:
    """Let go of whoever was met the longest ago, where there are too many."""
    if len(kept) > REMEMBERED_MAX:
        kept.popitem(last=False)
