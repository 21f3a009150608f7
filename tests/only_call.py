"""An app with one call, whose meeting system a test plays: what Slack shows of it, and what we have of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from calls.ids import new_call_id
from calls.model import Call, Room, UserId, Visitor
from sandbox.workspace import CallRecord
from tests.world import GENERAL, World

LEAVE_S = 5 + 2
"""The delay of a leave, and what it takes to be seen."""


@dataclass(slots=True)
class OnlyCall:
    """The app and its only call."""

    world: World

    @property
    def at_slack(self) -> CallRecord:
        """Return the call, as Slack has it."""
        (call,) = self.world.slack.workspace.calls.values()
        return call

    async def call(self) -> Call:
        """Return the call, as we have it."""
        found = await self.world.server.database.read(lambda transaction: transaction.call_named(self.at_slack.id))
        assert found is not None
        return found

    async def begin(self, title: str = "Weekly sync") -> None:
        """Start the call and wait for its card."""
        await self.world.alice.command(GENERAL, "/startcall", title)
        await self.world.card(GENERAL)

    async def let_in(self, user_id: str, name: str = "Somebody") -> Visitor:
        """Let a Slack person in as our page does."""
        visitor = Visitor(new_call_id(), (await self.call()).id, f"slack:{user_id}", name, UserId(user_id))
        await self.world.server.database.write(lambda transaction: transaction.add_visitor(visitor))
        return visitor

    async def link(self, room: Room, user_id: str) -> str:
        """Let a Slack person in as our page does, and return the link it leads them to."""
        visitor = await self.let_in(user_id)
        return await self.world.server.provider.person_link(room, visitor, lasts=timedelta(minutes=5))

    async def end(self) -> None:
        """Press *End* on the card."""
        await self.world.alice.click(GENERAL, self.world.cards(GENERAL)[0].ts, "end_call")

    def shown(self) -> list[str]:
        """Return who Slack shows in the call."""
        return sorted(user.get("slack_id") or user["display_name"] for user in self.at_slack.active)

    def last_line(self) -> str:
        """Return the last line of the card."""
        return str(self.world.cards(GENERAL)[0].blocks[-1]["elements"][0]["text"])
