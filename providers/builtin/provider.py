"""Meetings in a room of our own; `calls.meetings.Provider` says what each method does."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final
from urllib.parse import urlsplit

from aiohttp import web

from calls.errors import UsageError
from calls.meetings import Capability, Health, IsOpen, MeetingEvent, Provider, RoomSpec, Seen
from calls.model import Room, Visitor
from providers.builtin.hub import Hub
from providers.builtin.ice import ice_configuration
from providers.builtin.settings import BuiltinSettings
from providers.builtin.signalling import HEARTBEAT_S, Signalling, origin_of
from providers.builtin.watch import WATCH_EVERY_S, Watch
from providers.room_names import room_name
from providers.room_page.entry import Entry
from providers.room_page.routes import room_page_routes
from providers.room_page.tokens import RoomTokens, Ticket

NAME: Final = "builtin"

SETTLE_S: Final = 3.0
"""How long pages get to come back after a start, before an older room is said to be empty."""


@dataclass(frozen=True, slots=True)
class Rhythm:
    """How often the room looks after things by itself, in seconds; tests are in more of a hurry."""

    heartbeat_s: float = HEARTBEAT_S
    watch_every_s: float = WATCH_EVERY_S
    settle_s: float = SETTLE_S


@dataclass(frozen=True, slots=True)
class House:
    """What the installation gives the room.

    Args:
        key: secret, for deriving names of rooms and signing.
        is_alone: whether no other process works on the same calls.
    """

    key: bytes = field(repr=False)
    now: Callable[[], datetime]
    is_open: IsOpen
    is_alone: bool = True


class BuiltinProvider(Provider):
    """Serves the page, introduces browsers to each other, and knows who is connected."""

    def __init__(self, settings: BuiltinSettings, house: House, rhythm: Rhythm = Rhythm()) -> None:
        """Serve nothing yet; `routes` is what does."""
        self._settings = settings
        self._house = house
        self._rhythm = rhythm
        self._hub = Hub(settings.people_max, house.now)
        self._tokens = RoomTokens(house.key, NAME, house.now)
        self._settled_at_s = time.monotonic() + rhythm.settle_s
        self._watch = Watch(self._hub, NAME, house.is_open, every_s=rhythm.watch_every_s)

    @property
    def name(self) -> str:
        """The name it is chosen by."""
        return NAME

    @property
    def capabilities(self) -> Capability:
        """Everything but recording and a desktop program; rooms need no making.

        Only the process that people are connected to knows of them, so where others work on the same calls it cannot
        be asked: they would find the room empty.
        """
        can = Capability.ROSTER | Capability.STREAM | Capability.END | Capability.PERSON_LINK
        # Whether a room was closed is kept in each process, so only one that is alone can open it again.
        alone = Capability.POLL | Capability.KICK | Capability.REOPEN
        return can | alone if self._house.is_alone else can

    @property
    def notice(self) -> str | None:
        """Nothing to warn of: who finds the room full is told so there."""
        return None

    async def create_room(self, spec: RoomSpec) -> Room:
        """Compute the room's name; the same call gets the same room, also after a restart."""
        room_id = room_name(self._house.key, spec.call_id)
        self._hub.expect(room_id)
        return Room(id=room_id, join_url=self._address(room_id))

    async def end_room(self, room: Room) -> None:
        """Close the room for everybody."""
        self._hub.end(room.id)

    async def person_link(self, room: Room, visitor: Visitor, *, lasts: timedelta) -> str:
        """Return the room's address with a token behind the #, which browsers send to no server."""
        return f"{self._address(room.id)}#{self._tokens.link(room.id, visitor, lasts)}"

    async def roster(self, room: Room) -> Sequence[Seen]:
        """Return who is connected to this process; for a room that is older than it, wait until pages can be back."""
        if not self._hub.knows(room.id):
            await asyncio.sleep(max(0.0, self._settled_at_s - time.monotonic()))
        return self._hub.roster(room.id)

    def stream(self) -> AsyncIterator[MeetingEvent]:
        """Return a snapshot of each room with somebody in it, then who comes and goes."""
        return self._hub.events()

    async def kick(self, room: Room, session_id: str) -> None:
        """Show one page out."""
        self._hub.kick(room.id, session_id)

    def routes(self) -> Sequence[web.RouteDef]:
        """Return the page, its files, and the WebSocket of each room."""
        origin = origin_of(self._settings.site_url)
        signalling = Signalling(self._hub, self._admit, origin, self._rhythm.heartbeat_s)
        page = room_page_routes(NAME, self._enter, connect_to=[origin.replace("http", "ws", 1)])
        return [*page, web.get(f"/room/{NAME}/{{room_id}}/socket", signalling.handle)]

    async def probe(self) -> Health:
        """Say where calls meet and what helps browsers to reach each other."""
        host = urlsplit(self._settings.site_url).netloc
        if self._settings.turn_urls:
            helped = f"with the TURN server {', '.join(self._settings.turn_urls)}"
        else:
            helped = "without a TURN server, so people behind strict firewalls may not see each other"
        return Health(ok=True, sentence=f"Calls meet in the built-in room at {host}, {helped}.")

    async def aclose(self) -> None:
        """Let all connections go; the pages meet on and come back to the next start."""
        self._hub.close()
        await self._watch.stop()

    async def _enter(self, room_id: str, token: str) -> Entry:
        """Let somebody into the lobby."""
        ticket, resume = self._tokens.enter(room_id, token)
        await self._check_open(room_id)
        self._hub.check_may_enter(room_id, ticket)
        ice = ice_configuration(self._settings, ticket.visitor_id, self._house.now())
        return Entry("mesh", ticket.name, resume, {"ice": ice, "people_max": self._settings.people_max})

    async def _admit(self, room_id: str, token: str) -> Ticket:
        """Let a page into the room itself."""
        ticket = self._tokens.resume(room_id, token)
        await self._check_open(room_id)
        self._watch.start()
        return ticket

    async def _check_open(self, room_id: str) -> None:
        if not await self._house.is_open(NAME, room_id):
            raise UsageError("room_ended")

    def _address(self, room_id: str) -> str:
        return f"{self._settings.site_url}/room/{NAME}/{room_id}"
