"""Rooms on a Janus: the app makes and closes them, and its own page brings people in."""

from __future__ import annotations

import base64
import hmac
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from urllib.parse import urlsplit

import aiohttp
from aiohttp import web

from calls.errors import UsageError
from calls.meetings import Capability, Health, Hook, HookReply, HookResult, IsOpen, Provider, RoomSpec, Seen
from calls.model import Room, Visitor
from providers.janus.api import NAME, JanusApi
from providers.janus.events import NotReadableError, read_events
from providers.janus.participant_id import JOIN_WITHIN, make_participant_id, visitor_of
from providers.janus.probing import probe
from providers.janus.room_name import room_name
from providers.janus.settings import JanusSettings
from providers.janus.signed_token import core_token, room_token
from providers.janus.video_rooms import PEOPLE_MAX, VideoRooms
from providers.room_page.entry import Entry
from providers.room_page.routes import room_page_routes
from providers.room_page.tokens import RESUME_LASTS, RoomTokens

HOOK_USER = "startcall"
"""`backend_user` of `janus.eventhandler.sampleevh.jcfg`."""

_REQUEST_TOKEN_LASTS = timedelta(minutes=2)


class JanusProvider(Provider):
    """Brings calls to one Janus; `calls.meetings.Provider` says what each method does."""

    def __init__(
        self, settings: JanusSettings, session: aiohttp.ClientSession, *, now: Callable[[], datetime], is_open: IsOpen
    ) -> None:
        """Send nothing yet.

        Args:
            session: shared, and not closed here.
            is_open: says whether a call is running in a room.
        """
        self._settings = settings
        self._now = now
        self._is_open = is_open
        self._tokens = RoomTokens(settings.key, NAME, now)
        self._api = JanusApi(session, settings.url, self._request_token)
        self._rooms = VideoRooms(self._api, settings.admin_key, settings.key)

    @property
    def name(self) -> str:
        """The name it is chosen by."""
        return NAME

    @property
    def capabilities(self) -> Capability:
        """Everything but recording; it tells by itself who comes and goes, and it can be asked."""
        known = Capability.CREATE | Capability.END | Capability.WEBHOOK | Capability.POLL | Capability.ROSTER
        return known | Capability.PERSON_LINK | Capability.KICK

    @property
    def notice(self) -> str | None:
        """Nothing to warn of."""
        return None

    async def create_room(self, spec: RoomSpec) -> Room:
        """Make the room, unless it is there already."""
        room_id = room_name(self._settings.key, spec.call_id)
        await self._rooms.make(room_id)
        return Room(id=room_id, join_url=self._page(room_id))

    async def end_room(self, room: Room) -> None:
        """Close the room; everybody's page says so."""
        await self._rooms.close(room.id)

    async def person_link(self, room: Room, visitor: Visitor, *, lasts: timedelta) -> str:
        """Return the address of the page with a token in its fragment, which no server gets to see.

        A Janus that was restarted has forgotten its rooms, so the room is made again where it is missing.
        """
        await self._rooms.make(room.id)
        return f"{self._page(room.id)}#{self._tokens.link(room.id, visitor, lasts)}"

    async def roster(self, room: Room) -> Sequence[Seen]:
        """Ask who is in the room, those who only listen as well."""
        key = self._settings.key
        return [
            Seen(one.id, visitor_id=visitor_of(key, room.id, one.id, one.name), display_name=one.name)
            for one in await self._rooms.present(room.id)
        ]

    async def kick(self, room: Room, session_id: str) -> None:
        """Put one participant out of the room."""
        await self._rooms.show_out(room.id, session_id)

    def receive(self, hook: Hook) -> HookResult:
        """Read what Janus's event handler sends, if it knows the password."""
        if self._settings.hook_secret is None:
            return HookResult(HookReply(503, b"STARTCALL_JANUS_HOOK_SECRET is not set.\n"))
        if not _is_authorized(hook, self._settings.hook_secret):
            return HookResult(HookReply(401, b"The user or the password is wrong.\n"))
        try:
            return HookResult(events=tuple(read_events(hook.body, self._settings.key, hook.received_at)))
        except NotReadableError:
            return HookResult(HookReply(400, b"This is not what Janus sends.\n"))

    def routes(self) -> Sequence[web.RouteDef]:
        """Return the page, which may connect to Janus."""
        janus = urlsplit(self._settings.public_url)
        return room_page_routes(NAME, self.enter, connect_to=(f"{janus.scheme}://{janus.netloc}",))

    async def enter(self, room_id: str, token: str) -> Entry:
        """Let somebody into a room whose token is good, for one connection of theirs.

        Raises:
            UsageError: when the token is not good, or the call has ended.
            ProviderError: when Janus cannot be asked.
        """
        ticket, resume = self._tokens.enter(room_id, token)
        await self._have_room(room_id)
        if len(await self._rooms.present(room_id)) >= PEOPLE_MAX:
            raise UsageError("room_full", detail=str(PEOPLE_MAX))
        now = self._now()
        settings = self._settings
        made = make_participant_id(settings.key, room_id, ticket.visitor_id, ticket.name, now)
        given = {
            "url": settings.public_url,
            # Asked for with every request, so it has to last as long as the page may stay in the room.
            "token": core_token(settings.token_secret, now + RESUME_LASTS),
            "room": room_id,
            "room_token": room_token(settings.token_secret, room_id, now + JOIN_WITHIN),
            "id": made,
        }
        return Entry(backend=NAME, name=ticket.name, resume=resume, backend_settings=given)

    async def probe(self) -> Health:
        """Find out whether Janus takes our tokens and makes rooms for us, and for nobody else."""
        return await probe(self._api, self._rooms, self._settings)

    async def aclose(self) -> None:
        """Hold nothing that would have to be given back."""

    async def _have_room(self, room_id: str) -> None:
        """Make sure that the room of a running call is there, and that of an ended one is not."""
        if not await self._is_open(NAME, room_id):
            raise UsageError("room_ended")
        is_new = await self._rooms.make(room_id)
        # Had the call ended since it was asked about, nobody else would close this room.
        if is_new and not await self._is_open(NAME, room_id):
            await self._rooms.close(room_id)
            raise UsageError("room_ended")

    def _page(self, room_id: str) -> str:
        return f"{self._settings.site_url}/room/{NAME}/{room_id}"

    def _request_token(self) -> str:
        return core_token(self._settings.token_secret, self._now() + _REQUEST_TOKEN_LASTS)


def _is_authorized(hook: Hook, secret: str) -> bool:
    """Check a request's user and password in a time that tells nothing about them."""
    expected = base64.b64encode(f"{HOOK_USER}:{secret}".encode())
    scheme, _, given = (hook.header("Authorization") or "").partition(" ")
    return hmac.compare_digest(given.strip().encode("utf-8", "surrogateescape"), expected) and scheme.lower() == "basic"
