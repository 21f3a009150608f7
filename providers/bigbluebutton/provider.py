"""Meetings at a BigBlueButton server: everybody enters by a link of their own, and the server says who is in."""

from __future__ import annotations

import hashlib
import hmac
import unicodedata
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

import aiohttp

from calls.errors import ProviderError, ProviderRefused
from calls.meetings import Capability, Health, Hook, HookResult, Kept, Provider, RoomSpec, Seen
from calls.model import Room, Visitor
from providers.bigbluebutton.meeting_api import MeetingApi, needed_text, text_of
from providers.bigbluebutton.meeting_memo import MeetingMemo
from providers.bigbluebutton.reports import EVENTS, Reports, read_seen
from providers.bigbluebutton.settings import BigBlueButtonSettings
from providers.room_names import room_name

HOOK_AGAIN = timedelta(minutes=5)
"""As often as the documents advise: a hook that could not be reached for a while is forgotten."""

NO_HOOKS_AGAIN = timedelta(hours=1)
"""When to find out whether bbb-webhooks was installed meanwhile."""

EMPTY_MINUTES = 60
"""How long a meeting nobody is in stays open; Startcall ends calls before that, by its own rules."""

_NAME_MAX_CHARS = 200
_NO_MEETING = "startcall-probe"


class BigBlueButtonProvider(Provider):
    """Meetings at one server; `calls.meetings.Provider` says what each method does."""

    name = "bigbluebutton"
    notice = None

    def __init__(
        self, settings: BigBlueButtonSettings, session: aiohttp.ClientSession, now: Callable[[], datetime]
    ) -> None:
        """Send nothing yet."""
        self._settings = settings
        self._api = MeetingApi(settings, session)
        self._reports = Reports(settings)
        self._now = now

    @property
    def capabilities(self) -> Capability:
        """What the server can; it reports only to an address that it can reach."""
        can = Capability.CREATE | Capability.END | Capability.ROSTER | Capability.POLL | Capability.PERSON_LINK
        if self._settings.hooks_url is None:
            return can
        reports = Capability.WEBHOOK | Capability.KEEP
        return can | reports | (Capability.RECORDING if self._settings.records else Capability.NONE)

    async def create_room(self, spec: RoomSpec) -> Room:
        """Create the meeting; asked for the same id again, the server returns the one it has."""
        room_id = room_name(self._settings.room_key, spec.call_id)
        name = _meeting_name(spec.title)
        await self._create(room_id, name)
        return Room(room_id, self._join_url(room_id, {"fullName": "Guest", "guest": "true"}), memo=_memo(name))

    async def person_link(self, room: Room, visitor: Visitor, *, lasts: timedelta) -> str:  # noqa: ARG002 - see below
        """Return a signed link with the visitor's id, good for this run of the meeting and for no longer.

        A meeting that the server has closed because nobody came is opened again. The server knows no end of a link but
        that of the meeting.
        """
        create_time = await self._create_time(room)
        person = {
            "fullName": visitor.name,
            "role": "MODERATOR" if visitor.is_host else "VIEWER",
            "userID": visitor.id,
            "createTime": create_time,
        }
        if visitor.avatar_url is not None:
            person["avatarURL"] = visitor.avatar_url
        return self._join_url(room.id, person)

    async def end_room(self, room: Room) -> None:
        """End the meeting, and have the server forget where it reported to."""
        # Versions before 2.4 want the password; later ones ignore it.
        password = self._password(room.id, "moderator")
        await self._api.ask("end", {"meetingID": room.id, "password": password})
        hook_id = MeetingMemo.read(room.memo).hook_id
        if hook_id:
            await self._forget_hook(hook_id)

    async def roster(self, room: Room) -> Sequence[Seen]:
        """Ask who is in; those who still wait to be let in are not."""
        answer = await self._api.ask("getMeetingInfo", {"meetingID": room.id})
        found = [] if answer is None else answer.findall("attendees/attendee")
        people = {needed_text(one, "userID"): text_of(one, "fullName") for one in found}
        return [read_seen(user_id, name) for user_id, name in people.items()]

    def receive(self, hook: Hook) -> HookResult:
        """Check a report and say what it tells."""
        return self._reports.receive(hook)

    async def keep(self, room: Room) -> Kept:
        """Have bbb-webhooks report the meeting, where it is installed; asked again, it keeps the hook it has."""
        url = self._reports.url("events", room.id)
        try:
            hook = {"callbackURL": url, "meetingID": room.id, "eventID": ",".join(EVENTS)}
            answer = await self._api.ask("hooks/create", hook)
        except ProviderRefused:
            answer = None
        if answer is None:
            return Kept(self._now() + NO_HOOKS_AGAIN)
        memo = MeetingMemo(MeetingMemo.read(room.memo).name, needed_text(answer, "hookID"))
        return Kept(self._now() + HOOK_AGAIN, memo.written())

    async def probe(self) -> Health:
        """Ask for a meeting nobody has, with our signature, and whether bbb-webhooks is there."""
        server = self._settings.api_url
        try:
            await self._api.ask("getMeetingInfo", {"meetingID": _NO_MEETING})
        except ProviderError as error:
            return Health(ok=False, sentence=f"BigBlueButton at {server} does not work: {error}.")
        works = f"BigBlueButton at {server} answers, and takes our signature."
        if self._settings.hooks_url is None:
            return Health(ok=True, sentence=f"{works} Without PUBLIC_URL it is asked who is in, every 5 to 20 seconds.")
        try:
            await self._api.ask("hooks/list", {"meetingID": _NO_MEETING})
        except ProviderError as error:
            sentence = f"{works} Its bbb-webhooks does not ({error}), so comings and goings show up to 45 seconds late."
            return Health(ok=True, sentence=sentence)
        return Health(ok=True, sentence=f"{works} Its bbb-webhooks does too, and reports comings and goings.")

    async def aclose(self) -> None:
        """Hold nothing that would have to be given back."""

    async def _create(self, room_id: str, name: str) -> str:
        """Create a meeting, or find the one there is, and return when it was created, in the server's own form.

        Source of the passwords' part in it: `create` in
        https://github.com/bigbluebutton/bigbluebutton/blob/develop/bigbluebutton-web/grails-app/controllers/org/bigbluebutton/web/controllers/ApiController.groovy:
        one that names other passwords is refused with idNotUnique.
        """
        wanted = {
            "name": name,
            "meetingID": room_id,
            "attendeePW": self._password(room_id, "attendee"),
            "moderatorPW": self._password(room_id, "moderator"),
            "record": "true" if self._settings.records else "false",
            "meetingExpireIfNoUserJoinedInMinutes": str(EMPTY_MINUTES),
            "meetingExpireWhenLastUserLeftInMinutes": str(EMPTY_MINUTES),
            "meta_bbb-origin": "Startcall",
        }
        if self._settings.hooks_url is not None:
            # Not meta_endCallbackUrl: what is in the metadata, everybody in the meeting can read.
            wanted["meetingEndedURL"] = self._reports.url("ended", room_id)
            wanted["meta_bbb-recording-ready-url"] = self._reports.url("recording")
        answer = await self._api.ask("create", wanted)
        if answer is None:
            raise ProviderRefused("refused", provider=self.name, detail="meeting ended")
        return needed_text(answer, "createTime")

    async def _create_time(self, room: Room) -> str:
        answer = await self._api.ask("getMeetingInfo", {"meetingID": room.id})
        if answer is None:
            return await self._create(room.id, MeetingMemo.read(room.memo).name)
        return needed_text(answer, "createTime")

    async def _forget_hook(self, hook_id: str) -> None:
        try:
            await self._api.ask("hooks/destroy", {"hookID": hook_id})
        except ProviderRefused:
            # It was forgotten already, or bbb-webhooks is no longer there.
            return

    def _join_url(self, room_id: str, person: dict[str, str]) -> str:
        return self._api.signed_url("join", {"meetingID": room_id, "role": "VIEWER", "redirect": "true", **person})

    def _password(self, room_id: str, role: str) -> str:
        """Return a password nobody is told: the same each time, so that creating twice is the same meeting."""
        return hmac.new(self._settings.room_key, f"bigbluebutton {role} {room_id}".encode(), hashlib.sha256).hexdigest()


def _memo(name: str) -> str:
    return MeetingMemo(name).written()


def _meeting_name(title: str) -> str:
    """Return a name of 2 to 256 characters, without the commas and control characters that are refused."""
    plain = "".join(" " if one == "," or unicodedata.category(one)[0] == "C" else one for one in title)
    name = " ".join(plain.split())[:_NAME_MAX_CHARS].strip()
    return name if len(name) > 1 else "Call"
