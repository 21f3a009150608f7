"""An app whose only call meets at a server in a vendor's place, with the local Slack."""

from __future__ import annotations

from dataclasses import dataclass

from calls.model import Room
from tests.only_call import OnlyCall


@dataclass(slots=True)
class VendorMeeting(OnlyCall):
    """The app and its only call, which has a room as soon as it has a card."""

    async def start(self) -> Room:
        """Start the call and return its room, once everything for it is done."""
        await self.begin("Weekly sync, with a comma")
        room = (await self.call()).room
        assert room is not None
        return room
