"""Google Meet: a room belongs to somebody of a Google Workspace, and what happens in it comes by Pub/Sub."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Sequence

from calls.errors import ProviderAuth, ProviderDown, ProviderError, StorageError
from calls.linked_accounts import SignsPeopleIn
from calls.meetings import (
    Capability,
    EventKind,
    Health,
    Kept,
    MeetingEvent,
    Provider,
    RoomSpec,
    Seen,
    Surroundings,
)
from calls.model import Room
from providers.googlemeet.event_types import ARTIFACTS, CONFERENCE_ENDED, JOINED, Report, read_report
from providers.googlemeet.google_api import NAME, GoogleApi
from providers.googlemeet.inbox import Inbox
from providers.googlemeet.known_rooms import KnownRooms
from providers.googlemeet.made_rooms import MadeRooms
from providers.googlemeet.meet_api import MeetApi
from providers.googlemeet.room_memo import RoomMemo, read_memo
from providers.googlemeet.settings import GoogleMeetSettings
from providers.googlemeet.space_events import SpaceEvents
from providers.googlemeet.tokens import MEET_SCOPES, GoogleTokens, trouble
from providers.join_links import leads_to
from providers.oauth_token import TokenEndpoint
from providers.own_accounts import OwnAccounts, written
from providers.user_oauth import UserOAuth

_log = logging.getLogger(__name__)

_NOT_OF_WORKSPACE = "invalid_grant"
"""What Google answers when asked to act for somebody it does not know."""


class GoogleMeetProvider(Provider):
    """Rooms of one Google Workspace; `calls.meetings.Provider` says what each method does."""

    name = NAME
    notice = None

    def __init__(self, settings: GoogleMeetSettings, surroundings: Surroundings) -> None:
        """Send nothing yet."""
        self._settings = settings
        self._now = surroundings.now
        session = surroundings.session
        tokens = GoogleTokens(settings.account, TokenEndpoint(NAME, settings.token_url, session, surroundings.now))
        self._own = OwnAccounts(NAME, settings.meet_url, session, surroundings.account_token)
        self._session = session
        self._meet = MeetApi(GoogleApi(settings.meet_url, session, tokens, self._own))
        self._events: SpaceEvents | None = None
        self._inbox: Inbox | None = None
        if settings.topic is not None and settings.subscription is not None:
            self._events = SpaceEvents(GoogleApi(settings.events_url, session, tokens, self._own), settings.topic)
            self._inbox = Inbox(GoogleApi(settings.pubsub_url, session, tokens).as_itself(), settings.subscription)
        self._made = MadeRooms()
        self._known = KnownRooms(settings.host)
        self._is_closed = False

    @property
    def capabilities(self) -> Capability:
        """What the settings allow: without Pub/Sub, Google is only asked."""
        can = Capability.CREATE | Capability.END | Capability.ROSTER | Capability.POLL | Capability.HOST_EMAIL
        if self._inbox is not None:
            can |= Capability.STREAM | Capability.KEEP | Capability.RECORDING
        return can

    async def create_room(self, spec: RoomSpec) -> Room:
        """Make a space of whoever starts the call, or of the configured host where they have no account."""

        async def make() -> Room:
            return await self._made_by_starter(spec) or await self._create(spec.host_email or self._settings.host)

        room = await self._made.room_of(spec.call_id, make)
        self._known.note(room)
        return room

    async def end_room(self, room: Room) -> None:
        """Send everybody out; Meet has no way to keep a space closed."""
        self._known.note(room)
        host = read_memo(room.memo).host
        await self._own.api_of_room(host)
        await self._meet.end_conference(host, room.id)

    async def roster(self, room: Room) -> Sequence[Seen]:
        """Ask who takes part in the space's conference, if there is one."""
        self._known.note(room)
        return await self._meet.people(read_memo(room.memo).host, room.id)

    async def keep(self, room: Room) -> Kept:
        """Subscribe to the space, or renew the subscription."""
        if self._events is None:
            raise self._not_offered("keep")
        memo = read_memo(room.memo)
        subscribed = await self._events.keep(memo.host, room.id, memo.subscription, self._now())
        kept = RoomMemo(memo.host, subscribed.name or memo.subscription).as_text()
        self._known.note(Room(room.id, room.join_url, memo=kept))
        return Kept(subscribed.again_at, kept)

    async def stream(self) -> AsyncIterator[MeetingEvent]:
        """Pull messages; each is acknowledged once what it says is stored, and comes again otherwise."""
        if self._inbox is None:
            raise self._not_offered("stream")
        while not self._is_closed:
            for message in await self._inbox.pull():
                report = read_report(message.content)
                try:
                    event = None if report is None else await self._event_of(report)
                except (ProviderDown, StorageError) as error:
                    _log.debug("a report of Google Meet's is put off: %s", error)
                    continue
                except ProviderError as error:
                    _log.warning("A report of Google Meet's is passed over, as it may not be looked into: %s", error)
                    event = None
                if event is not None:
                    yield event
                await self._inbox.acknowledge(message)

    @property
    def accounts(self) -> SignsPeopleIn | None:
        """How people connect their own Google accounts: with consent each time, as Google gives a refresh token then.

        Source: https://developers.google.com/identity/protocols/oauth2/web-server
        """
        if self._settings.user_client_id is None:
            return None
        return UserOAuth(
            NAME,
            "Google Meet",
            authorize_url=self._settings.authorize_url,
            token_url=self._settings.token_url,
            who_url=self._settings.who_url,
            who_field="email",
            client_id=self._settings.user_client_id,
            client_secret=self._settings.user_client_secret,
            session=self._session,
            now=self._now,
            scopes=("openid", "email", *MEET_SCOPES),
            needed=MEET_SCOPES,
            asks={"access_type": "offline", "prompt": "consent"},
            secret_in_form=True,
        )

    async def probe(self) -> Health:
        """Act for the configured host, and see whether messages may be pulled."""
        try:
            await self._meet.try_out(self._settings.host)
        except ProviderError as error:
            return Health(ok=False, sentence=f"Google Meet cannot be used as {self._settings.host}. {trouble(error)}")
        if self._inbox is None:
            return Health(ok=True, sentence="Google Meet answers, and is asked who is in; Pub/Sub is not set up.")
        try:
            may_pull = await self._inbox.may_pull()
        except ProviderError as error:
            return Health(ok=False, sentence=f"Google Meet answers, but Pub/Sub does not. {trouble(error)}")
        if not may_pull:
            sentence = "Google Meet answers, but Pub/Sub knows no such subscription or does not let us pull from it."
            return Health(ok=False, sentence=sentence)
        return Health(ok=True, sentence="Google Meet answers, and tells by Pub/Sub what happens in meetings.")

    def is_join_link(self, url: str) -> bool:
        """Say whether a link leads to a meeting; nobody is asked."""
        return leads_to(url, "meet.google.com", r"/[a-z]{3}-[a-z]{4}-[a-z]{3}")

    async def aclose(self) -> None:
        """Pull no more."""
        self._is_closed = True

    async def _made_by_starter(self, spec: RoomSpec) -> Room | None:
        """Make a space of the starter's own account; None where they connected none, or Google does not take it."""
        owner = self._own.starter_of(spec)
        if await self._own.api_of(owner) is None:
            return None
        try:
            return await self._meet.create_space(written(owner), self._settings.access)
        except ProviderAuth as error:
            _log.warning("Google Meet did not take the account of %s: %s", spec.started_by, error)
            return None

    async def _create(self, host: str) -> Room:
        try:
            return await self._meet.create_space(host, self._settings.access)
        except ProviderAuth as error:
            if error.detail != _NOT_OF_WORKSPACE or host == self._settings.host:
                raise
        # Guests of a Slack workspace, and people under another address, have no account that could own a meeting.
        return await self._meet.create_space(self._settings.host, self._settings.access)

    async def _event_of(self, report: Report) -> MeetingEvent | None:
        """Return what a report means; None where it is about no room of ours, or about nothing any more."""
        space = report.space or self._known.space_of(report.subscription or "")
        if space is None:
            return None
        host = self._known.host_of(space)
        if report.type == CONFERENCE_ENDED:
            # The room stays open, and somebody may be back in it by now.
            began = self._now()
            return MeetingEvent(EventKind.SNAPSHOT, space, began, await self._meet.people(host, space))
        if report.type in ARTIFACTS:
            artifact = await self._meet.artifact(host, report.resource, ARTIFACTS[report.type])
            return None if artifact is None else MeetingEvent(EventKind.LEFT_BEHIND, space, report.at, (), artifact)
        if report.type == JOINED:
            seen = await self._meet.person_of(host, report.resource)
            return None if seen is None else MeetingEvent(EventKind.JOINED, space, report.at, (seen,))
        return MeetingEvent(EventKind.LEFT, space, report.at, (Seen(report.resource),))
