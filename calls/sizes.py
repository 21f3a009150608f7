"""How many people a card in a conversation reaches, without asking Slack each time.

Nobody is in more than a few of a workspace's conversations that is not in its general one, so a small general
conversation answers for all of them. Only in a larger workspace is Slack asked about a conversation, once a day.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final, Protocol

from calls.choosing import counting
from calls.conversation import Conversation
from calls.errors import CallsError, SlackRefused
from calls.model import Call, ChannelId, TeamId
from calls.ports import Clock, Storage, Transaction
from calls.single_flight import SingleFlight

_log = logging.getLogger(__name__)

FRESH_FOR: Final = timedelta(hours=24)
"""How long a size is believed before Slack is asked again."""

ASK_AGAIN_AFTER: Final = timedelta(hours=1)
"""How long Slack is not asked for a workspace's size after it did not say."""

TRY_AGAIN_AFTER: Final = timedelta(seconds=10)
"""The same after it could not say just then."""

ASK_AFTER_S: Final = 30.0
"""How long after a start a size that is too old is asked for, in seconds."""

WAIT_FOR_GENERAL_S: Final = 1.0
"""How long somebody who starts a call waits for the workspace's size, in seconds."""


UNTOLD: Final = ChannelId("")
"""In the place of a general conversation where Slack tells no sizes."""


class ReadsConversations(Protocol):
    """Asks Slack about conversations."""

    async def conversation(self, team_id: TeamId, channel_id: ChannelId) -> Conversation:
        """Return what Slack says.

        Raises:
            SlackError: when it does not say.
        """

    async def general(self, team_id: TeamId) -> Conversation | None:
        """Return the conversation that everybody is in, or None where none is found.

        Raises:
            SlackError: when it does not say.
        """


class Sizes:
    """Knows the sizes of conversations in all workspaces."""

    def __init__(self, storage: Storage, conversations: ReadsConversations, now: Clock) -> None:
        """Know nothing yet."""
        self._storage = storage
        self._conversations = conversations
        self._now = now
        self._asking = SingleFlight(self._learn_general)
        self._later = SingleFlight(self._learn_later)
        self._not_before: dict[TeamId, datetime] = {}

    def learn_general(self, team_id: TeamId) -> asyncio.Task[None]:
        """See to it that a workspace's size is known; what is known and not too old is not asked again."""
        return self._asking.begin(team_id)

    def refresh(self, team_id: TeamId) -> None:
        """Have the size of a workspace asked about a while from now, where what is known is too old.

        What people wait for goes first, so that a card never waits for this.
        """
        if self._may_ask(team_id):
            self._later.begin(team_id)

    async def learn(self, call: Call) -> None:
        """Find out how many people a call's card would reach, as far as that matters.

        Raises:
            SlackError: when trying again later can help.
            StorageError: when it cannot be read or stored now.
        """
        await asyncio.wait([self.learn_general(call.team_id)], timeout=WAIT_FOR_GENERAL_S)
        if await self._storage.read(lambda transaction: reached_by(transaction, call, self._now())) is not None:
            return
        try:
            found = await self._conversations.conversation(call.team_id, call.channel_id)
        except CallsError as error:
            if error.retryable:
                raise
            _log.info("Slack does not say how many people are in %s: %s", call.channel_id, error)
            found = Conversation(call.team_id, call.channel_id, None, is_general=False, read_at=self._now())
        await self._storage.write(lambda transaction: transaction.save_conversation(found))

    @property
    def is_idle(self) -> bool:
        """Say whether Slack is not being asked for the size of any workspace now."""
        return self._asking.is_idle

    async def stop(self) -> None:
        """Ask nothing more."""
        await asyncio.gather(self._asking.stop(), self._later.stop())

    async def _learn_later(self, team_id: TeamId) -> None:
        await asyncio.sleep(ASK_AFTER_S)
        await self.learn_general(team_id)

    async def _learn_general(self, team_id: TeamId) -> None:
        if not self._may_ask(team_id):
            return
        self._not_before[team_id] = self._now() + ASK_AGAIN_AFTER
        try:
            known = await self._storage.read(lambda transaction: transaction.conversations(team_id, ChannelId("")))
            read_at = max((one.read_at for one in known), default=None)
            if read_at is None or self._now() - read_at >= FRESH_FOR:
                read_at = await self._ask_for_general(team_id)
        except CallsError as error:
            _log.warning("Slack did not say how large the workspace %s is: %s", team_id, error)
            self._not_before[team_id] = self._now() + (TRY_AGAIN_AFTER if error.retryable else ASK_AGAIN_AFTER)
        else:
            if read_at is not None:
                self._not_before[team_id] = read_at + FRESH_FOR

    async def _ask_for_general(self, team_id: TeamId) -> datetime | None:
        """Store the general conversation's size and return when Slack said it.

        Where Slack will not say, as without the scope for it, no conversation is looked up: a start stays two requests.
        """
        try:
            general = await self._conversations.general(team_id)
        except SlackRefused as refused:
            _log.warning("Slack tells no sizes in %s, so nobody is asked before a start there: %s", team_id, refused)
            general = Conversation(team_id, UNTOLD, 0, is_general=True, read_at=self._now())
        if general is None:
            return None
        await self._storage.write(lambda transaction: transaction.save_conversation(general))
        return general.read_at

    def _may_ask(self, team_id: TeamId) -> bool:
        return team_id not in self._not_before or self._now() >= self._not_before[team_id]


def reached_by(transaction: Transaction, call: Call, now: datetime) -> int | None:
    """Return how many people a call's card would reach, as far as that matters; None when Slack has to be asked."""
    asks_above = counting(transaction, call.team_id, call.channel_id, call.started_by).asks_above
    return people_reached(transaction.conversations(call.team_id, call.channel_id), call.channel_id, asks_above, now)


def people_reached(known: Sequence[Conversation], channel_id: ChannelId, asks_above: int, now: datetime) -> int | None:
    """Return how many people are in a conversation, as far as that matters; None when Slack has to be asked.

    Args:
        known: what `Transaction.conversations` gives.
        asks_above: from how many members more it matters.
    """
    own = next((one for one in known if one.channel_id == channel_id), None)
    if own is not None and now - own.read_at < FRESH_FOR:
        return own.members or 0
    general = max((one for one in known if one.is_general), key=lambda one: one.read_at, default=None)
    if general is not None and general.members is not None and general.members <= asks_above:
        return general.members
    return None
