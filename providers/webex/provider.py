"""Webex: meetings of one user, who has allowed it once, or of people who connected their own accounts."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial
from weakref import WeakValueDictionary

import aiohttp

from calls.errors import ProviderAuth, ProviderError
from calls.linked_accounts import SignsPeopleIn
from calls.meetings import (
    Capability,
    Health,
    Hook,
    HookReply,
    HookResult,
    Kept,
    Provider,
    RoomSpec,
    Seen,
    TokenOfAccount,
    of_nobody,
)
from calls.model import CallId, Room
from providers.access_token import TokenKeeper
from providers.join_links import leads_to
from providers.oauth_token import TokenEndpoint
from providers.own_accounts import OwnAccounts, written
from providers.remote_api import RemoteApi
from providers.room_names import room_name
from providers.user_oauth import UserOAuth
from providers.webex.end_reports import LOOK_AGAIN, EndReports
from providers.webex.meetings_api import MeetingsApi, WebexMeeting
from providers.webex.settings import WebexSettings

_log = logging.getLogger(__name__)

_NUMBER_CHARS = 11

_USER_SCOPES = (
    "meeting:schedules_read",
    "meeting:schedules_write",
    "meeting:participants_read",
    "spark:people_read",
)


class WebexProvider(Provider):
    """Meetings of one Webex user; `calls.meetings.Provider` says what each method does."""

    name = "webex"
    notice = None

    def __init__(
        self,
        settings: WebexSettings,
        session: aiohttp.ClientSession,
        now: Callable[[], datetime],
        account_token: TokenOfAccount = of_nobody,
    ) -> None:
        """Send nothing yet."""
        self._settings = settings
        self._session = session
        self._now = now
        self._own = OwnAccounts(self.name, settings.api_url, session, account_token)
        # Source: https://developer.webex.com/docs/integrations, Using the Refresh Token
        form = {
            "grant_type": "refresh_token",
            "client_id": settings.client_id,
            "client_secret": settings.client_secret,
            "refresh_token": settings.refresh_token,
        }
        endpoint = TokenEndpoint(self.name, f"{settings.api_url}/access_token", session, now)
        tokens = TokenKeeper(partial(endpoint.fetch, form), now)
        self._api = RemoteApi(self.name, settings.api_url, session, tokens.authorize)
        self._meetings = MeetingsApi(self._api)
        self._ends = None if settings.hooks_url is None else EndReports(settings.hooks_url, settings.key)
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
            return await self._made_by_starter(spec, tag) or await self._made(self._meetings, spec.title, tag)

    async def end_room(self, room: Room) -> None:
        """End the meeting and delete it, so that nobody begins it anew."""
        await MeetingsApi(await self._api_of(room)).end(room.id)

    async def roster(self, room: Room) -> Sequence[Seen]:
        """Ask who is in."""
        return await MeetingsApi(await self._api_of(room)).people(room.id)

    def receive(self, hook: Hook) -> HookResult:
        """Take a report that a meeting has ended."""
        return HookResult(HookReply(503)) if self._ends is None else self._ends.read(hook)

    async def keep(self, room: Room) -> Kept:
        """Look whether Webex still reports the ends of meetings."""
        if self._ends is None:
            raise self._not_offered("keep", room)
        await self._ends.ensure(await self._api_of(room))
        return Kept(self._now() + LOOK_AGAIN)

    @property
    def accounts(self) -> SignsPeopleIn | None:
        """How people connect their own Webex accounts.

        Source: https://developer.webex.com/docs/integrations, and for PKCE https://developer.webex.com/docs/login-with-webex
        """
        if self._settings.user_client_id is None:
            return None
        return UserOAuth(
            self.name,
            "Webex",
            authorize_url=f"{self._settings.api_url}/authorize",
            token_url=f"{self._settings.api_url}/access_token",
            who_url=f"{self._settings.api_url}/people/me",
            who_field="emails",
            client_id=self._settings.user_client_id,
            client_secret=self._settings.user_client_secret,
            session=self._session,
            now=self._now,
            scopes=_USER_SCOPES,
            secret_in_form=True,
        )

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

    async def _made(self, meetings: MeetingsApi, title: str, tag: str) -> Room:
        """Make a meeting, unless there is one with the tag already."""
        meeting = await meetings.find(tag, self._now())
        return _room(meeting or await meetings.make(title, tag, self._now()))

    async def _made_by_starter(self, spec: RoomSpec, tag: str) -> Room | None:
        """Make a meeting of the starter's own account; None where they connected none, or Webex does not take it."""
        owner = self._own.starter_of(spec)
        own = await self._own.api_of(owner)
        if own is None:
            return None
        try:
            room = await self._made(MeetingsApi(own), spec.title, tag)
        except ProviderAuth as error:
            _log.warning("Webex did not take the account of %s: %s", spec.started_by, error)
            return None
        return replace(room, memo=written(owner))

    async def _api_of(self, room: Room) -> RemoteApi:
        """Return what asks for a room, in its owner's name."""
        return await self._own.api_of_room(room.memo) or self._api


def _room(meeting: WebexMeeting) -> Room:
    return Room(id=meeting.id, join_url=meeting.link, display_id=_spaced(meeting.number))


def _spaced(number: str) -> str:
    """Return a meeting's number as Webex shows it, such as 2553 212 0552."""
    return f"{number[:4]} {number[4:7]} {number[7:]}" if len(number) == _NUMBER_CHARS else number
