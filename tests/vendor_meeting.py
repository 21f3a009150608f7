"""An app whose calls meet at a server in a vendor's place, with the local Slack."""

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
class VendorMeeting:
    """What can be said of the only call of an app."""

    world: World

    @property
    def at_slack(self) -> CallRecord:
        """Return the only call, as Slack has it."""
        (call,) = self.world.slack.workspace.calls.values()
        return call

    async def call(self) -> Call:
        """Return the only call, as we have it."""
        found = await self.world.server.database.read(lambda transaction: transaction.call_named(self.at_slack.id))
        assert found is not None
        return found

    async def start(self) -> Room:
        """Start a call and return its room, once everything for it is done."""
        await self.world.alice.command(GENERAL, "/startcall", "Weekly sync")
        await self.world.card(GENERAL)
        room = (await self.call()).room
        assert room is not None
        return room

    async def end(self) -> None:
        """End the call by its button."""
        await self.world.alice.click(GENERAL, self.world.cards(GENERAL)[0].ts, "end_call")

    async def link(self, room: Room, user_id: str) -> str:
        """Let a Slack person in as our page does, and return their link."""
        call = await self.call()
        visitor = Visitor(new_call_id(), call.id, f"slack:{user_id}", "Somebody", UserId(user_id))
        await self.world.server.database.write(lambda transaction: transaction.add_visitor(visitor))
        return await self.world.server.provider.person_link(room, visitor, lasts=timedelta(minutes=5))

    def shown(self) -> list[str]:
        """Return who Slack shows in the call."""
        return sorted(user.get("slack_id") or user["display_name"] for user in self.at_slack.active)
