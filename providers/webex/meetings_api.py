"""Make, find, look into and end meetings by Webex's API.

Source of every request and field: https://github.com/webex/webex-openapi-specs, public-spec/webex-meeting.json, which
is what https://developer.webex.com/docs/api/v1/meetings shows.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import quote

from calls.errors import ProviderAuth, ProviderDown, ProviderRefused
from calls.meetings import Seen
from providers.reading import UnreadableError, as_object, read_id, read_name
from providers.remote_api import Json, RemoteApi

TITLE_MAX_CHARS = 128
UNTITLED = "Call from Slack"

STARTS_IN = timedelta(minutes=1)
"""Webex refuses a start that is over when it reads it; people may come five minutes before."""

LASTS = timedelta(hours=23)
"""As long as Webex allows, so that the link does not end before the call does."""

PEOPLE_MAX = 100
"""How many Webex tells of at once."""

_IN_PROGRESS = "inProgress"
_IN = {"joined", "breakoutSession"}


@dataclass(frozen=True, slots=True)
class WebexMeeting:
    """A meeting as Webex has it.

    Args:
        id: of the series, which a single meeting is to Webex; what takes place has an id that begins with it.
        link: of the page at which everybody enters.
    """

    id: str
    number: str
    link: str
    is_running: bool


class MeetingsApi:
    """Asks Webex about meetings; every method raises ProviderDown, ProviderAuth or ProviderRefused."""

    def __init__(self, api: RemoteApi) -> None:
        """Send nothing yet."""
        self._api = api

    async def whose(self) -> str:
        """Return the e-mail address of the user whose meetings these are."""
        answer = (await self._api.ask("GET", "/people/me")).body
        emails = answer.get("emails")
        return _read_id(emails[0] if isinstance(emails, list) and emails else None)

    async def find(self, tag: str, now: datetime) -> WebexMeeting | None:
        """Return the meeting that has a tag, of those around now, or None."""
        params = {
            "integrationTag": tag,
            "meetingType": "meetingSeries",
            "from": _iso(now - timedelta(days=1)),
            "to": _iso(now + timedelta(days=2)),
            "max": "10",
        }
        meetings = await self._items("/meetings", params)
        return _meeting(meetings[0]) if meetings else None

    async def make(self, title: str, tag: str, now: datetime) -> WebexMeeting:
        """Make a meeting that people enter without waiting for its host, and of which nobody gets mail."""
        body = {
            "title": (" ".join(title.split()) or UNTITLED)[:TITLE_MAX_CHARS],
            "start": _iso(now + STARTS_IN),
            "end": _iso(now + STARTS_IN + LASTS),
            "timezone": "UTC",
            "enabledJoinBeforeHost": True,
            "enableConnectAudioBeforeHost": True,
            "joinBeforeHostMinutes": 5,
            "unlockedMeetingJoinSecurity": "allowJoin",
            "publicMeeting": False,
            "sendEmail": False,
            "integrationTags": [tag],
        }
        reply = await self._api.ask("POST", "/meetings", body=body)
        if not reply.found:
            raise ProviderRefused("refused", provider="webex", detail="404")
        return _meeting(reply.body)

    async def end(self, meeting_id: str) -> None:
        """End a meeting for everybody and delete it, so that its link opens nothing any more."""
        path = f"/meetings/{quote(meeting_id, safe='')}"
        reply = await self._api.ask("GET", path)
        if not reply.found:
            return
        was_running = _meeting(reply.body).is_running
        if was_running:
            await self._api.ask("POST", f"{path}/end", body={})
        try:
            await self._api.ask("DELETE", path, params={"sendEmail": "false"})
        except (ProviderRefused, ProviderAuth) as refused:
            if not was_running and isinstance(refused, ProviderAuth):
                raise
            # Webex does not delete a meeting before it takes note that it has ended, or while somebody is in its lobby.
            raise ProviderDown("still_ending", provider="webex", detail=refused.detail) from refused

    async def people(self, meeting_id: str) -> list[Seen]:
        """Return who is in a meeting, breakout rooms included; nobody when none is running.

        Their addresses are left out: guests type theirs, and Webex does not tell these from others.
        """
        found = await self._items("/meetingParticipants", {"meetingId": meeting_id, "max": str(PEOPLE_MAX)})
        try:
            people = [as_object(one) for one in found]
            return [_seen(one) for one in people if one.get("state") in _IN]
        except UnreadableError as error:
            raise _unreadable("participant") from error

    async def _items(self, path: str, params: Mapping[str, str]) -> list[object]:
        reply = await self._api.ask("GET", path, params=params)
        items = reply.body.get("items") if reply.found else []
        if not isinstance(items, list):
            raise _unreadable(path)
        return items


def _seen(one: Json) -> Seen:
    return Seen(read_id(one.get("id")), display_name=read_name(one.get("displayName")))


def _meeting(found: object) -> WebexMeeting:
    try:
        meeting = as_object(found)
        is_running = meeting.get("state") == _IN_PROGRESS
        return WebexMeeting(
            read_id(meeting.get("id")),
            read_id(meeting.get("meetingNumber")),
            read_id(meeting.get("webLink")),
            is_running,
        )
    except UnreadableError as error:
        raise _unreadable("meeting") from error


def _read_id(found: object) -> str:
    try:
        return read_id(found)
    except UnreadableError as error:
        raise _unreadable("person") from error


def _unreadable(what: str) -> ProviderDown:
    return ProviderDown("unreadable_answer", provider="webex", detail=what)


def _iso(time: datetime) -> str:
    return f"{time:%Y-%m-%dT%H:%M:%SZ}"
