"""Whereby: a room for each call in one Whereby Embedded organisation."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from urllib.parse import urlencode

import aiohttp

from calls.errors import ProviderAuth, ProviderError
from calls.meetings import Capability, Health, Hook, HookReply, HookResult, Provider, RoomSpec
from calls.model import Room, Visitor
from providers.join_links import leads_to
from providers.reading import UnreadableError
from providers.remote_api import RemoteApi
from providers.room_names import room_name
from providers.whereby.meetings_api import WherebyMeetings
from providers.whereby.reports import is_signed, read_events
from providers.whereby.settings import WherebySettings

ROOM_LASTS = timedelta(days=7)
"""When Whereby deletes the room by itself, should it not be deleted before."""

NAME_MAX_CHARS = 100
"""Source: https://docs.whereby.com/whereby-101/customizing-rooms/using-url-parameters#displayname-less-than-name"""


class WherebyProvider(Provider):
    """Meetings in one Whereby organisation; `calls.meetings.Provider` says what each method does."""

    name = "whereby"
    notice = None

    def __init__(self, settings: WherebySettings, session: aiohttp.ClientSession, now: Callable[[], datetime]) -> None:
        """Send nothing yet."""

        async def authorize(_renewed: bool) -> str:  # noqa: FBT001 - as `providers.remote_api.Authorize` is called
            return f"Bearer {settings.api_key}"

        self._settings = settings
        self._now = now
        self._meetings = WherebyMeetings(RemoteApi("whereby", settings.api_url, session, authorize))

    @property
    def capabilities(self) -> Capability:
        """What it can do; Whereby cannot be asked who is in, so without reports it is not known."""
        can = Capability.CREATE | Capability.END | Capability.PERSON_LINK
        return can | Capability.ROSTER | Capability.WEBHOOK if self._settings.hook_secrets else can

    async def create_room(self, spec: RoomSpec) -> Room:
        """Make the meeting, unless it was made before under the name that follows from the call."""
        return await self._meetings.make(room_name(self._settings.key, spec.call_id), self._now() + ROOM_LASTS)

    async def end_room(self, room: Room) -> None:
        """Delete the meeting and its room."""
        await self._meetings.delete(room)

    async def person_link(self, room: Room, visitor: Visitor, *, lasts: timedelta) -> str:
        """Return the room's address with an id nobody can guess, which Whereby reports back, and the person's name.

        Whereby has nothing like a token, so the link works as long as the room does.
        Source: https://docs.whereby.com/whereby-101/customizing-rooms/using-url-parameters
        """
        del lasts
        url = await self._meetings.host_url(room) if visitor.is_host else room.join_url
        about = urlencode({"externalId": visitor.id, "displayName": visitor.name[:NAME_MAX_CHARS]})
        return f"{url}{'&' if '?' in url else '?'}{about}"

    def receive(self, hook: Hook) -> HookResult:
        """Take a report."""
        if not self._settings.hook_secrets:
            return HookResult(HookReply(503))
        if hook.path or hook.method != "POST":
            return HookResult(HookReply(404 if hook.path else 405))
        if not is_signed(hook, self._settings.hook_secrets):
            return HookResult(HookReply(401))
        try:
            return HookResult(events=read_events(hook.body))
        except UnreadableError:
            return HookResult(HookReply(400))

    async def probe(self) -> Health:
        """Find out whether Whereby takes the key."""
        try:
            await self._meetings.can_be_asked()
        except ProviderAuth:
            return Health(ok=False, sentence="Whereby does not accept STARTCALL_WHEREBY_API_KEY.")
        except ProviderError as error:
            return Health(ok=False, sentence=f"Whereby could not be asked ({error.detail or error.code}).")
        reports = (
            "Whether its webhook is set up shows with the first report."
            if self._settings.hook_secrets
            else "Without STARTCALL_WHEREBY_WEBHOOK_SECRET nobody says who is in."
        )
        return Health(ok=True, sentence=f"Whereby accepts our key. {reports}")

    def is_join_link(self, url: str) -> bool:
        """Say whether a link leads to a meeting; nobody is asked."""
        return leads_to(url, "*.whereby.com", r"/[\w-]+")

    async def aclose(self) -> None:
        """Hold nothing that would have to be given back."""
