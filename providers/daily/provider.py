"""Daily.co: rooms in one Daily domain; each person has a link of their own where Daily can report to us."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

import aiohttp

from calls.errors import ProviderAuth, ProviderError
from calls.meetings import Capability, Health, Hook, HookReply, HookResult, Kept, Provider, RoomSpec, Seen
from calls.model import Room, Visitor
from providers.daily.reports import is_signed, is_trial, read_events
from providers.daily.rooms import DailyRooms
from providers.daily.settings import DailySettings
from providers.daily.webhook import FAILED, DailyWebhook
from providers.reading import UnreadableError
from providers.remote_api import RemoteApi
from providers.room_names import room_name

ROOM_LASTS = timedelta(days=7)
"""When nobody can enter any more, should the room not be deleted before."""

CLOCKS_DIFFER = timedelta(seconds=60)
"""How much longer a link works, as Daily's clock and ours are not the same."""

KEEP_AGAIN = timedelta(minutes=10)


class DailyProvider(Provider):
    """Meetings in one Daily domain; `calls.meetings.Provider` says what each method does."""

    name = "daily"
    notice = None

    def __init__(self, settings: DailySettings, session: aiohttp.ClientSession, now: Callable[[], datetime]) -> None:
        """Send nothing yet."""

        async def authorize(_renewed: bool) -> str:  # noqa: FBT001 - as `providers.remote_api.Authorize` is called
            return f"Bearer {settings.api_key}"

        self._settings = settings
        self._now = now
        api = RemoteApi("daily", settings.api_url, session, authorize)
        self._rooms = DailyRooms(api)
        self._webhook = (
            None if settings.hook_url is None else DailyWebhook(api, settings.hook_url, settings.hook_secret)
        )

    @property
    def capabilities(self) -> Capability:
        """What it can do; without a public address there are no links of people's own and no reports.

        Daily's answer to who is in may be 15 s old (https://docs.daily.co/reference/rest-api/presence), so together
        with reports, which are newer, it would take people off the card who have just come.
        """
        can = Capability.CREATE | Capability.END | Capability.ROSTER | Capability.KICK
        if self._webhook is None:
            return can | Capability.POLL
        return can | Capability.PERSON_LINK | Capability.WEBHOOK | Capability.KEEP

    async def create_room(self, spec: RoomSpec) -> Room:
        """Make the room under a name that follows from the call; private where people have links of their own."""
        name = room_name(self._settings.key, spec.call_id)
        return await self._rooms.make(name, is_private=self._webhook is not None, until=self._now() + ROOM_LASTS)

    async def end_room(self, room: Room) -> None:
        """Show everybody out and delete the room."""
        await self._rooms.close(room)

    async def person_link(self, room: Room, visitor: Visitor, *, lasts: timedelta) -> str:
        """Return the room's address with a token that lets one person in.

        Source: https://docs.daily.co/guides/configurations-and-settings/controlling-who-joins-a-meeting
        """
        token = await self._rooms.token(room, visitor, self._now() + lasts + CLOCKS_DIFFER)
        return f"{room.join_url}?t={token}"

    async def roster(self, room: Room) -> Sequence[Seen]:
        """Ask Daily who is in."""
        return await self._rooms.people(room)

    async def kick(self, room: Room, session_id: str) -> None:
        """Show one session out."""
        await self._rooms.show_out(room, [session_id])

    async def keep(self, room: Room) -> Kept:
        """See to the webhook, which Daily switches off after some failures."""
        if self._webhook is None:
            raise self._not_offered("keep", room)
        await self._webhook.ensure()
        return Kept(self._now() + KEEP_AGAIN)

    def receive(self, hook: Hook) -> HookResult:
        """Take a report, or Daily's question whether we are there."""
        if self._webhook is None:
            return HookResult(HookReply(503))
        if hook.path or hook.method != "POST":
            return HookResult(HookReply(404 if hook.path else 405))
        if is_trial(hook.body):
            return HookResult()
        if not is_signed(hook, self._settings.hook_secret):
            return HookResult(HookReply(401))
        try:
            return HookResult(events=read_events(hook.body))
        except UnreadableError:
            return HookResult(HookReply(400))

    async def probe(self) -> Health:
        """Find out whether Daily takes the key, and whether it still reports."""
        try:
            await self._rooms.can_be_asked()
            found = None if self._webhook is None else await self._webhook.find()
        except ProviderAuth:
            sentence = "Daily does not accept STARTCALL_DAILY_API_KEY, or it does not allow making rooms and webhooks."
            return Health(ok=False, sentence=sentence)
        except ProviderError as error:
            return Health(ok=False, sentence=f"Daily could not be asked ({error.detail or error.code}).")
        if found is not None and found.get("state") == FAILED:
            sentence = (
                "Daily has stopped reporting, as it did not reach PUBLIC_URL; the next call switches it on again."
            )
            return Health(ok=False, sentence=sentence)
        return Health(ok=True, sentence=f"Daily accepts our key. {self._state_of_reports(found is not None)}")

    async def aclose(self) -> None:
        """Hold nothing that would have to be given back."""

    def _state_of_reports(self, is_set_up: bool) -> str:  # noqa: FBT001 - said of one thing
        if self._webhook is None:
            return "Without PUBLIC_URL it is asked who is in, and rooms are open to everybody who has their address."
        if is_set_up:
            return "It reports who is in."
        return "It is asked to report with the first call."
