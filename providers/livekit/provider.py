"""Meetings at a LiveKit server: everybody enters with a token of their own, and the server says who is in."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

import aiohttp

from calls.errors import ProviderDown, ProviderError
from calls.meetings import Health, Hook, HookResult, Provider, RoomSpec, Seen
from calls.model import Room, Visitor
from providers.livekit import reports
from providers.livekit.settings import CAN, LiveKitSettings
from providers.livekit.tokens import TokenSigner
from providers.reading import UnreadableError
from providers.remote_api import Json, RemoteApi, Reply
from providers.room_names import room_name

EMPTY = timedelta(hours=24)
"""How long a room nobody has come to stays open, as calls do."""

DEPARTURE = timedelta(minutes=10)
"""How long a room everybody has left stays open; Startcall ends calls before that, by its own rules."""

_NO_ROOM = "startcall-probe"


class LiveKitProvider(Provider):
    """Meetings at one server; `calls.meetings.Provider` says what each method does."""

    name = "livekit"
    notice = None
    capabilities = CAN

    def __init__(self, settings: LiveKitSettings, session: aiohttp.ClientSession, now: Callable[[], datetime]) -> None:
        """Send nothing yet."""
        self._settings = settings
        self._session = session
        self._now = now
        self._signer = TokenSigner(settings.api_key, settings.api_secret)

    async def create_room(self, spec: RoomSpec) -> Room:
        """Create the room; asked for the same name again, the server returns the one it has."""
        room_id = room_name(self._settings.room_key, spec.call_id)
        wanted: Json = {
            "name": room_id,
            "empty_timeout": int(EMPTY.total_seconds()),
            "departure_timeout": int(DEPARTURE.total_seconds()),
        }
        reply = await self._ask(room_id, "CreateRoom", wanted)
        if reply.body.get("name") != room_id:
            raise ProviderDown("unreadable_answer", provider=self.name, detail="no room")
        return Room(room_id, self._settings.room_url(room_id))

    async def end_room(self, room: Room) -> None:
        """Delete the room, which shows everybody out."""
        await self._ask(room.id, "DeleteRoom", {"room": room.id})

    async def person_link(self, room: Room, visitor: Visitor, *, lasts: timedelta) -> str:
        """Return the page's address with a token for one person and one room."""
        token = self._signer.for_visitor(room, visitor, at=self._now(), lasts=lasts)
        return self._settings.person_url(room.id, token)

    async def roster(self, room: Room) -> Sequence[Seen]:
        """Ask who is in."""
        reply = await self._ask(room.id, "ListParticipants", {"room": room.id})
        found = reply.body.get("participants", []) if reply.found else []
        try:
            people = [reports.read_seen(one) for one in found if one.get("state") != "DISCONNECTED"]
        except (UnreadableError, AttributeError, TypeError) as error:
            raise ProviderDown("unreadable_answer", provider=self.name, detail="participants") from error
        return [one for one in people if one is not None]

    async def kick(self, room: Room, session_id: str) -> None:
        """Show one session out."""
        identity = session_id.partition(reports.SESSION_SEPARATOR)[0]
        await self._ask(room.id, "RemoveParticipant", {"room": room.id, "identity": identity})

    def receive(self, hook: Hook) -> HookResult:
        """Check a report and say what it tells."""
        return reports.receive(hook, self._settings)

    async def probe(self) -> Health:
        """Ask for a room nobody has, with our key."""
        server = self._settings.url
        try:
            await self._ask(_NO_ROOM, "ListRooms", {"names": [_NO_ROOM]})
        except ProviderError as error:
            return Health(ok=False, sentence=f"LiveKit at {server} does not work: {error}.")
        where = f"Its webhook has to lead to {self._settings.hooks_url}, signed with the same key."
        return Health(ok=True, sentence=f"LiveKit at {server} answers, and takes our key. {where}")

    async def aclose(self) -> None:
        """Hold nothing that would have to be given back."""

    async def _ask(self, room_id: str, method: str, body: Json) -> Reply:
        """Ask the room service, with a token for this request.

        Source: https://docs.livekit.io/server/room-management
        """

        async def authorize(_renewed: bool) -> str:  # noqa: FBT001 - as `remote_api.Authorize` is called
            return f"Bearer {self._signer.for_us(room_id, at=self._now())}"

        api = RemoteApi(self.name, self._settings.url, self._session, authorize)
        return await api.ask("POST", f"/twirp/livekit.RoomService/{method}", body=body)
