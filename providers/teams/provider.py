"""Microsoft Teams: a meeting belongs to somebody of an organization, and Graph reports what happens in it."""

from __future__ import annotations

import logging
import re
from urllib.parse import parse_qs

from calls.errors import ProviderAuth, ProviderDown, ProviderError, ProviderRefused
from calls.linked_accounts import SignsPeopleIn
from calls.meetings import Capability, Health, Hook, HookReply, HookResult, Kept, Provider, RoomSpec, Surroundings
from calls.model import Room
from providers.access_token import AccessToken, TokenKeeper
from providers.join_links import leads_to
from providers.oauth_token import TokenEndpoint
from providers.own_accounts import OwnAccounts, written
from providers.reading import UnreadableError
from providers.remote_api import RemoteApi
from providers.room_names import room_name
from providers.teams.call_events import (
    ForgedNotificationError,
    client_state,
    read_notifications,
)
from providers.teams.graph_api import LASTS, ME, NAME, RENEW_EARLY, GraphApi, OnlineMeeting, Wanted
from providers.teams.room_memo import RoomMemo, read_memo
from providers.teams.settings import TeamsSettings
from providers.teams.trouble import trouble
from providers.user_oauth import UserOAuth

_log = logging.getLogger(__name__)

_USER_SCOPES = (
    "offline_access",
    "https://graph.microsoft.com/User.Read",
    "https://graph.microsoft.com/OnlineMeetings.ReadWrite",
)

_ROOM = re.compile("[a-z2-7]{26}")
_TOKEN_MAX_CHARS = 4096
_PEOPLE_MAX = 1000


class TeamsProvider(Provider):
    """Meetings of one organization; `calls.meetings.Provider` says what each method does."""

    name = NAME
    notice = None

    def __init__(self, settings: TeamsSettings, surroundings: Surroundings) -> None:
        """Send nothing yet."""
        self._settings = settings
        self._now = surroundings.now
        self._site_url = surroundings.site_url
        self._endpoint = TokenEndpoint(NAME, settings.token_url, surroundings.session, surroundings.now)
        keeper = TokenKeeper(self._fetch_token, surroundings.now)
        self._graph = GraphApi(RemoteApi(NAME, settings.graph_url, surroundings.session, keeper.authorize))
        self._session = surroundings.session
        self._own = OwnAccounts(NAME, settings.graph_url, surroundings.session, surroundings.account_token)
        self._user_ids: dict[str, str] = {}

    @property
    def capabilities(self) -> Capability:
        """What the settings allow: Graph reports to an https address, and cannot be asked who is in."""
        can = Capability.CREATE | Capability.HOST_EMAIL
        if self._hears:
            can |= Capability.ROSTER | Capability.WEBHOOK | Capability.KEEP
        return can

    async def create_room(self, spec: RoomSpec) -> Room:
        """Make the meeting under an id that follows from the call's, so that a repetition finds it."""
        external_id = room_name(self._settings.room_key, spec.call_id)
        own = await self._made_by_starter(spec, external_id)
        if own is not None:
            return own
        host = None if spec.host_email is None else await self._user_id(spec.host_email)
        meeting, organizer = await self._made(host, external_id, spec.title), host
        if meeting is None or organizer is None:
            organizer = self._settings.organizer
            meeting = await self._graph.create_or_get(organizer, external_id, spec.title)
        if meeting is None:
            raise ProviderRefused("organizer_unknown", provider=NAME, detail="STARTCALL_TEAMS_ORGANIZER")
        return _room(external_id, meeting, organizer)

    async def keep(self, room: Room) -> Kept:
        """Subscribe to the meeting, or renew the subscription."""
        decryption = self._settings.decryption
        if decryption is None or self._site_url is None:
            raise self._not_offered("keep")
        memo, now = read_memo(room.memo), self._now()
        again_at = now + LASTS - RENEW_EARLY
        if memo.subscription is not None and await self._graph.renew(memo.subscription, now):
            return Kept(again_at)
        state = client_state(self._settings.room_key, room.id)
        wanted = Wanted(room.join_url, f"{self._site_url}/hooks/{NAME}/{room.id}", state, decryption)
        subscription = await self._graph.subscribe(wanted, now)
        if subscription is None:
            subscription = await self._graph.subscription_to(wanted)
            if subscription is None or not await self._graph.renew(subscription, now):
                raise ProviderDown("subscription_taken", provider=NAME)
        return Kept(again_at, RoomMemo(memo.organizer, memo.meeting, subscription).as_text())

    def receive(self, hook: Hook) -> HookResult:
        """Answer Graph's question whether we are there, or take its report of a room."""
        decryption = self._settings.decryption
        if decryption is None:
            return _reply(503)
        if not _ROOM.fullmatch(hook.path) or hook.method != "POST":
            return _reply(404)
        if "validationToken=" in hook.query:
            return _shown_token(hook.query)
        state = client_state(self._settings.room_key, hook.path)
        try:
            return HookResult(events=read_notifications(hook, hook.path, state, decryption))
        except ForgedNotificationError:
            return _reply(401)
        except UnreadableError:
            return _reply(400)

    @property
    def accounts(self) -> SignsPeopleIn | None:
        """How people of the organization connect their own accounts.

        Source: https://learn.microsoft.com/en-us/entra/identity-platform/v2-oauth2-auth-code-flow
        """
        if self._settings.user_client_id is None:
            return None
        return UserOAuth(
            NAME,
            "Microsoft Teams",
            authorize_url=self._settings.authorize_url,
            token_url=self._settings.token_url,
            who_url=f"{self._settings.graph_url}/v1.0/me",
            who_field="userPrincipalName",
            client_id=self._settings.user_client_id,
            client_secret=self._settings.user_client_secret,
            session=self._session,
            now=self._now,
            scopes=_USER_SCOPES,
            asks={"response_mode": "query"},
            secret_in_form=True,
        )

    async def probe(self) -> Health:
        """Ask Graph for something that needs what making a meeting needs."""
        try:
            await self._graph.try_out(self._settings.organizer)
        except ProviderError as error:
            return Health(ok=False, sentence=f"Microsoft Teams cannot be used. {trouble(error)}")
        if self._hears:
            return Health(ok=True, sentence="Microsoft Graph answers, and is asked to report who is in.")
        missing = "STARTCALL_TEAMS_KEY" if self._settings.decryption is None else "PUBLIC_URL, with https"
        return Health(ok=True, sentence=f"Microsoft Graph answers; who is in is not reported without {missing}.")

    def is_join_link(self, url: str) -> bool:
        """Say whether a link leads to a meeting; nobody is asked."""
        return leads_to(url, "*.teams.microsoft.com", r"/(l/meetup-join/.+|meet/\w+)")

    async def aclose(self) -> None:
        """Hold nothing that would have to be given back."""

    @property
    def _hears(self) -> bool:
        """Whether Graph can reach us; a server in its place may be on this computer."""
        if self._settings.decryption is None or self._site_url is None:
            return False
        return self._site_url.startswith("https://") or self._settings.api_url is not None

    async def _made_by_starter(self, spec: RoomSpec, external_id: str) -> Room | None:
        """Make a meeting of the starter's own account; None where there is none that works."""
        owner = self._own.starter_of(spec)
        own = await self._own.api_of(owner)
        if own is None:
            return None
        try:
            meeting = await GraphApi(own).create_or_get(ME, external_id, spec.title)
        except ProviderAuth as error:
            _log.warning("Microsoft Teams did not take the account of %s: %s", spec.started_by, error)
            return None
        return None if meeting is None else _room(external_id, meeting, written(owner))

    async def _made(self, host: str | None, external_id: str, title: str) -> OnlineMeeting | None:
        """Return a meeting in somebody's own name; None where that is not to be."""
        if host is None:
            return None
        try:
            return await self._graph.create_or_get(host, external_id, title)
        except ProviderAuth as error:
            if error.code != "not_permitted":
                raise
            _log.info("A meeting belongs to the configured organizer, as the access policy leaves its starter out.")
            return None

    async def _user_id(self, email: str) -> str | None:
        """Return the object id of somebody; None where there is none, or we may not look."""
        if email not in self._user_ids:
            try:
                found = await self._graph.user_id(email)
            except ProviderAuth as error:
                if error.code != "not_permitted":
                    raise
                found = None
            if found is None:
                return None
            while len(self._user_ids) >= _PEOPLE_MAX:
                self._user_ids.pop(next(iter(self._user_ids)))
            self._user_ids[email] = found
        return self._user_ids[email]

    async def _fetch_token(self) -> AccessToken:
        """Ask for a token as the application.

        Source: https://learn.microsoft.com/en-us/entra/identity-platform/v2-oauth2-client-creds-grant-flow
        """
        return await self._endpoint.fetch(
            {
                "grant_type": "client_credentials",
                "client_id": self._settings.client_id,
                "client_secret": self._settings.client_secret,
                "scope": "https://graph.microsoft.com/.default",
            }
        )


def _shown_token(query: str) -> HookResult:
    """Give back what Graph sent, as text, which proves to it that we are there.

    Source: https://learn.microsoft.com/en-us/graph/change-notifications-delivery-webhooks
    """
    tokens = parse_qs(query, max_num_fields=20).get("validationToken", [])
    if len(tokens) != 1 or len(tokens[0]) > _TOKEN_MAX_CHARS:
        return _reply(400)
    return HookResult(HookReply(200, tokens[0].encode()))


def _room(external_id: str, meeting: OnlineMeeting, organizer: str) -> Room:
    memo = RoomMemo(organizer, meeting.id).as_text()
    return Room(external_id, meeting.join_url, display_id=meeting.display_id, memo=memo)


def _reply(status: int) -> HookResult:
    return HookResult(HookReply(status))
