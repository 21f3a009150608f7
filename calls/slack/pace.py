"""Send requests no sooner than Slack asked for, in the order in which they came.

Source: https://docs.slack.dev/apis/web-api/rate-limits
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from calls.budgets import Place
from calls.errors import SlackUnreachable
from calls.measuring import SLACK_WAITS
from calls.ports import Budgets

_POSTING = {"chat.postMessage", "chat.postEphemeral"}
"""Methods that Slack limits by conversation, together: about one message a second in each."""


class Pace:
    """Gives each request its turn.

    Args:
        budgets: where the lines are kept, one for each method in a workspace, and one for the messages of each
            conversation.
    """

    def __init__(self, budgets: Budgets) -> None:
        self._budgets = budgets
        self._stopping = asyncio.Event()

    async def turn(self, team_id: str, method: str, body: Mapping[str, Any]) -> Turn:
        """Wait until a request may be sent.

        Args:
            body: its arguments.

        Raises:
            SlackUnreachable: when the app stops meanwhile.
            StorageError: when nobody can say whose turn it is.
        """
        key = f"{team_id}:posts:{body.get('channel')}" if method in _POSTING else f"{team_id}:{method}"
        place = await self._budgets.join(key)
        turn = Turn(self._budgets, self._stopping, key, method, place)
        if place.wait_s > 0:
            await turn.wait()
        return turn

    def stop(self) -> None:
        """Send away everybody who waits, and whoever would have to from now on."""
        self._stopping.set()


@dataclass(frozen=True, slots=True)
class Turn:
    """The place of one request in the line for its method."""

    budgets: Budgets
    stopping: asyncio.Event
    key: str
    method: str
    place: Place

    async def wait(self) -> None:
        """Wait until it comes up.

        Raises:
            SlackUnreachable: when the app stops meanwhile.
            StorageError: when nobody can say whose turn it is.
        """
        began_s = time.perf_counter()
        while (wait_s := await self.budgets.wait_s(self.key, self.place.number)) > 0:
            try:
                await asyncio.wait_for(self.stopping.wait(), wait_s)
            except TimeoutError:
                continue
            raise SlackUnreachable("stopping", self.method)
        SLACK_WAITS.labels(self.method).observe(time.perf_counter() - began_s)

    async def hold(self, seconds: float) -> None:
        """Keep everybody from sending, as Slack asked for when it refused the request; this one goes first then.

        Raises:
            StorageError: when the others could not be told.
        """
        await self.budgets.hold(self.key, self.place.number, seconds)
