"""Webex: meetings of one user, who has allowed it once."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from datetime import datetime
from functools import partial
from weakref import WeakValueDictionary

import aiohttp

from calls.errors import ProviderError
from calls.meetings import Capability, Health, Hook, HookReply, HookResult, Kept, Provider, RoomSpec, Seen
from calls.model import CallId, Room
from providers.access_token import TokenKeeper
from providers.join_links import leads_to
from providers.oauth_token import TokenEndpoint
from providers.remote_api import RemoteApi
from providers.room_names import room_name
from providers.webex.end_reports import LOOK_AGAIN, EndReports
from providers.webex.meetings_api import MeetingsApi, WebexMeeting
from providers.webex.settings import WebexSettings

_NUMBER_CHARS = 11


class WebexProvider(Provider):
    """Meetings of one Webex user; `calls.meetings.Provider` says what each method does."""

    name = "webex"
    notice = None

    def __init__(self, settings: WebexSettings, session: aiohttp.ClientSession, now: Callable[[], datetime]) -> None:
        """Send nothing yet."""
        self._settings = settings
        self._now = now
        # Source: https://developer.webex.com/docs/integrations, Using the Refresh Token
        form = {
            "grant_type": "refresh_token",
            "client_id": settings.client_id,
            "client_secret": settings.client_secret,
            "refresh_token": settings.refresh_token,
        }
        endpoint = TokenEndpoint(self.name, f"{settings.api_url}/access_token", session, now)
        tokens = TokenKeeper(partial(endpoint.fetch, form), now)
        api = RemoteApi(self.name, settings.api_url, session, tokens.authorize)
        self._meetings = MeetingsApi(api)
        self._ends = None if settings.hooks_url is None else EndReports(api, settings.hooks_url, settings.key)
        self._making: WeakValueDictionary[CallId, asyncio.Lock] = WeakValueDictionary()

    @property
    def capabilities(self) -> Capability:
        """What is known to work; it is not WEBHOOK, as Webex's documents do not say what it reports of people."""
        can = Capability.CREATE | Capability.END | Capability.ROSTER | Capability.POLL
        return can if self._ends is None else can | Capability.KEEP

    async def create_room(self, spec: RoomSpec) -> Room:
        """Make a meeting with a tag that only this installation can compute, unless there is one with it already."""
        tag = f"startcall-{room_name(self._settings.key, spec.call_id)}"
        async with self._making.setdefault(spec.call_id, asyncio.Lock()):
            meeting = await self._meetings.find(tag, self._now())
            return _room(meeting or await self._meetings.make(spec.title, tag, self._now()))

    async def end_room(self, room: Room) -> None:
        """End the meeting and delete it, so that nobody begins it anew."""
        await self._meetings.end(room.id)

    async def roster(self, room: Room) -> Sequence[Seen]:
        """Ask who is in."""
        return await self._meetings.people(room.id)

    def receive(self, hook: Hook) -> HookResult:
        """Take a report that a meeting has ended."""
        return HookResult(HookReply(503)) if self._ends is None else self._ends.read(hook)

    async def keep(self, room: Room) -> Kept:
        """Look whether Webex still reports the ends of meetings."""
        if self._ends is None:
            raise self._not_offered("keep", room)
        await self._ends.ensure()
        return Kept(self._now() + LOOK_AGAIN)

    async def probe(self) -> Health:
        """Get a token and ask whose it is, and for a meeting nobody has, which needs the scopes."""
        try:
            whose = await self._meetings.whose()
            await self._meetings.find("startcall-nobody", self._now())
        except ProviderError as error:
            return Health(ok=False, sentence=f"Webex does not work: {error}. See providers/webex/README.md.")
        ends = "" if self._ends is not None else " Webex cannot report ends, as PUBLIC_URL is not set."
        return Health(ok=True, sentence=f"Webex takes our credentials; meetings are those of {whose}.{ends}")

    def is_join_link(self, url: str) -> bool:
        """Say whether a link leads to a meeting; nobody is asked."""
        return leads_to(url, "*.webex.com", r"/(meet/[\w.-]+|[\w.-]+/j\.php|join/[\w.-]+)")

    async def aclose(self) -> None:
        """Hold nothing that would have to be given back."""


def _room(meeting: WebexMeeting) -> Room:
    return Room(id=meeting.id, join_url=meeting.link, display_id=_spaced(meeting.number))


def _spaced(number: str) -> str:
    """Return a meeting's number as Webex shows it, such as 2553 212 0552."""
    return f"{number[:4]} {number[4:7]} {number[7:]}" if len(number) == _NUMBER_CHARS else number
