"""Zoom: meetings of a company's own account, made and followed by a Server-to-Server OAuth app."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import aclosing
from dataclasses import replace
from datetime import datetime
from weakref import WeakValueDictionary

import aiohttp

from calls.errors import ProviderAuth, ProviderError, ProviderRefused
from calls.linked_accounts import SignsPeopleIn
from calls.meetings import (
    Capability,
    Health,
    Hook,
    HookReply,
    HookResult,
    MeetingEvent,
    Provider,
    RoomSpec,
    Seen,
    TokenOfAccount,
    of_nobody,
)
from calls.model import CallId, Room
from providers.access_token import TokenKeeper
from providers.join_links import leads_to
from providers.own_accounts import OwnAccounts, written
from providers.reading import UnreadableError, as_object, read_id, read_object
from providers.remote_api import Json, RemoteApi
from providers.room_names import room_name
from providers.user_oauth import UserOAuth
from providers.zoom.account_token import AccountToken
from providers.zoom.event_socket import WAIT_MIN_S, EventSocket
from providers.zoom.meetings_api import ME, MeetingsApi, ZoomMeeting
from providers.zoom.reports import people_in, read_events
from providers.zoom.settings import ZoomSettings
from providers.zoom.signatures import answer_check, is_signed

_log = logging.getLogger(__name__)

_CHECK = "endpoint.url_validation"


class ZoomProvider(Provider):
    """Meetings of one Zoom account; `calls.meetings.Provider` says what each method does."""

    name = "zoom"
    notice = None

    def __init__(
        self,
        settings: ZoomSettings,
        session: aiohttp.ClientSession,
        now: Callable[[], datetime],
        wait_min_s: float = WAIT_MIN_S,
        account_token: TokenOfAccount = of_nobody,
    ) -> None:
        """Send nothing yet.

        Args:
            wait_min_s: how long to wait before a lost WebSocket is opened anew, at first.
        """
        self._settings = settings
        self._session = session
        self._now = now
        self._wait_min_s = wait_min_s
        self._own = OwnAccounts(self.name, settings.api_url, session, account_token)
        self._tokens = TokenKeeper(AccountToken(settings, session, now).fetch, now)
        self._meetings = MeetingsApi(RemoteApi(self.name, settings.api_url, session, self._tokens.authorize))
        self._making: WeakValueDictionary[CallId, asyncio.Lock] = WeakValueDictionary()

    @property
    def capabilities(self) -> Capability:
        """What the settings allow: without a way to hear of them, comings and goings are not known."""
        can = Capability.CREATE | Capability.END | Capability.HOST_EMAIL
        if self._settings.hook_secrets:
            can |= Capability.ROSTER | Capability.WEBHOOK | Capability.RECORDING
        if self._settings.subscription_id is not None:
            can |= Capability.ROSTER | Capability.STREAM | Capability.RECORDING
        if self._settings.asks_dashboard:
            can |= Capability.ROSTER | Capability.POLL
        return can

    async def create_room(self, spec: RoomSpec) -> Room:
        """Make a meeting in the name of whoever starts the call, or of the set host where Zoom does not know them.

        Zoom takes no id of ours. So a mark that only this installation can compute goes into the agenda, and a meeting
        that has it is found before one is made.
        """
        mark = f"Startcall {room_name(self._settings.room_key, spec.call_id)}"
        async with self._making.setdefault(spec.call_id, asyncio.Lock()):
            own = await self._made_by_starter(spec, mark)
            if own is not None:
                return own
            for host in _hosts(spec.host_email, self._settings.host):
                meeting = await self._meetings.find(host, mark) or await self._meetings.make(
                    host, spec.title, mark, self._now()
                )
                if meeting is not None:
                    return _room(meeting)
        raise ProviderRefused("host_unknown", provider=self.name, detail="STARTCALL_ZOOM_HOST")

    async def end_room(self, room: Room) -> None:
        """End the meeting and delete it, so that nobody begins it anew."""
        owner = self._own.owner_of(room.memo)
        own = None if owner is None else await self._own.api_of(owner)
        await (self._meetings if own is None else MeetingsApi(own)).end(room.id)

    @property
    def accounts(self) -> SignsPeopleIn | None:
        """How people connect their own Zoom accounts.

        Source: https://developers.zoom.us/docs/integrations/oauth/
        """
        if self._settings.user_client_id is None:
            return None
        return UserOAuth(
            self.name,
            "Zoom",
            authorize_url=f"{self._settings.sign_in_url}/oauth/authorize",
            token_url=f"{self._settings.sign_in_url}/oauth/token",
            who_url=f"{self._settings.api_url}/users/me",
            who_field="email",
            client_id=self._settings.user_client_id,
            client_secret=self._settings.user_client_secret,
            session=self._session,
            now=self._now,
        )

    async def roster(self, room: Room) -> Sequence[Seen]:
        """Ask Zoom's dashboard, which needs a Business plan."""
        if not self._settings.asks_dashboard:
            raise self._not_offered("roster")
        return people_in(await self._meetings.participants(room.id))

    def receive(self, hook: Hook) -> HookResult:
        """Take a report, or answer Zoom's question whether we know the secret."""
        secrets = self._settings.hook_secrets
        if not secrets:
            return HookResult(HookReply(503))
        if not is_signed(hook, secrets):
            return HookResult(HookReply(401))
        try:
            report = read_object(hook.body)
            if report.get("event") == _CHECK:
                plain_token = read_id(as_object(report.get("payload")).get("plainToken"))
                return HookResult(HookReply(200, answer_check(secrets[0], plain_token), "application/json"))
            return HookResult(events=read_events(report))
        except UnreadableError:
            return HookResult(HookReply(400))

    async def stream(self) -> AsyncGenerator[MeetingEvent]:
        """Follow the event subscription."""
        if self._settings.subscription_id is None:
            raise self._not_offered("stream")
        socket = EventSocket(
            self._settings.socket_url,
            self._settings.subscription_id,
            self._session,
            self._tokens,
            wait_min_s=self._wait_min_s,
        )
        async with aclosing(socket.events()) as reports:
            async for report in reports:
                for event in _readable(report):
                    yield event

    async def probe(self) -> Health:
        """Get a token and ask for the host's meetings, which needs the app, its scopes and the host."""
        try:
            knows_host = await self._meetings.knows(self._settings.host)
        except ProviderError as error:
            return Health(ok=False, sentence=f"Zoom does not work: {error}. See providers/zoom/README.md.")
        if not knows_host:
            return Health(ok=False, sentence="Zoom has no user of the name in STARTCALL_ZOOM_HOST; name one it has.")
        return Health(ok=True, sentence=f"Zoom takes our credentials and knows the host.{self._what_is_missing()}")

    def is_join_link(self, url: str) -> bool:
        """Say whether a link leads to a meeting; nobody is asked."""
        return leads_to(url, "*.zoom.us", r"/(j|my|w|s)/[\w.]+")

    async def aclose(self) -> None:
        """Hold nothing that would have to be given back."""

    async def _made_by_starter(self, spec: RoomSpec, mark: str) -> Room | None:
        """Make a meeting of the starter's own account; None where they connected none, or it is no longer ours."""
        owner = self._own.starter_of(spec)
        own = await self._own.api_of(owner)
        if own is None:
            return None
        meetings = MeetingsApi(own)
        try:
            meeting = await meetings.find(ME, mark) or await meetings.make(ME, spec.title, mark, self._now())
        except ProviderAuth as error:
            _log.warning("Zoom did not take the account of %s: %s", spec.started_by, error)
            return None
        return None if meeting is None else replace(_room(meeting), memo=written(owner))

    def _what_is_missing(self) -> str:
        if self._settings.hook_secrets or self._settings.subscription_id is not None:
            return ""
        return (
            " It does not tell who is in, as neither STARTCALL_ZOOM_HOOK_SECRET nor STARTCALL_ZOOM_SUBSCRIPTION_ID is"
            " set."
        )


def _readable(report: Json) -> tuple[MeetingEvent, ...]:
    """Return what an event says; one that cannot be read is logged, as nobody would send another in its place."""
    try:
        return read_events(report)
    except UnreadableError as error:
        _log.warning("Zoom told of %s in a form that is not known: %s", report.get("event"), error)
        return ()


def _hosts(starter: str | None, fallback: str) -> tuple[str, ...]:
    """Return whose meeting it may be, the first whom Zoom knows."""
    return (fallback,) if starter is None or starter.lower() == fallback.lower() else (starter, fallback)


def _room(meeting: ZoomMeeting) -> Room:
    return Room(id=meeting.id, join_url=meeting.join_url, display_id=_spaced(meeting.id))


def _spaced(number: str) -> str:
    """Return a meeting's number as Zoom shows it, such as 812 3456 7890."""
    return f"{number[:3]} {number[3:-4]} {number[-4:]}"
