"""Make, find, read and end meetings by Zoom's API.

Source of every request and field: https://developers.zoom.us/docs/api/meetings/ and Zoom's own library,
https://zoom.github.io/rivet-javascript/modules/Meetings.html
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import quote

from calls.errors import ProviderAuth, ProviderDown, ProviderRefused
from providers.remote_api import Json, RemoteApi, Reply

ME = "me"
"""What Zoom calls the owner of the token, in place of a user's id or address."""

TITLE_MAX_CHARS = 200
UNTITLED = "Call from Slack"
PAGE_SIZE = 300
PAGES_MAX = 20
"""More than an account can have of anything that is asked for here; ends a list that does not end by itself."""

_SCHEDULED = 2
_NO_REGISTRATION = 2
_LENGTH_MIN = 60

_SCOPE_MISSING = {"4700", "4711"}
"""Said with status 400 when the app lacks a scope: https://developers.zoom.us/docs/api/errors/"""

_USER_UNKNOWN = {"1001", "1010"}
"""Said of somebody whom Zoom does not know, or who belongs to another account."""

_STILL_RUNNING, _OVER = "3002", "3007"
"""Said when a meeting cannot be deleted because it is in progress, or because it has ended."""


@dataclass(frozen=True, slots=True)
class ZoomMeeting:
    """A meeting as Zoom has it.

    Args:
        join_url: for everybody; holds the passcode in encrypted form where the account embeds it in links.
    """

    id: str
    join_url: str
    is_running: bool


class MeetingsApi:
    """Asks Zoom about meetings; every method raises ProviderDown, ProviderAuth or ProviderRefused."""

    def __init__(self, api: RemoteApi) -> None:
        """Send nothing yet."""
        self._api = api

    async def knows(self, host: str) -> bool:
        """Say whether somebody is a user of the account."""
        return (await self._ask("GET", _of_host(host), params={"page_size": "1"})).found

    async def find(self, host: str, mark: str) -> ZoomMeeting | None:
        """Return the scheduled meeting of a host that has a mark in its agenda, or None."""
        try:
            async for meeting in self._pages(_of_host(host), "meetings", {"type": "scheduled"}):
                if mark in str(meeting.get("agenda", "")):
                    return await self.read(str(meeting.get("id", "")))
        except ProviderRefused as refused:
            if refused.detail not in _USER_UNKNOWN:
                raise
        return None

    async def make(self, host: str, title: str, mark: str, start: datetime) -> ZoomMeeting | None:
        """Make a meeting that people enter without waiting for its host; None when the host is not known.

        It is a scheduled one, as instant meetings are not listed and could not be found again.
        """
        body = {
            "topic": (" ".join(title.split()) or UNTITLED)[:TITLE_MAX_CHARS],
            "type": _SCHEDULED,
            "start_time": f"{start:%Y-%m-%dT%H:%M:%SZ}",
            "timezone": "UTC",
            "duration": _LENGTH_MIN,
            "agenda": mark,
            "default_password": True,
            "settings": {
                "join_before_host": True,
                "jbh_time": 0,
                "waiting_room": False,
                "use_pmi": False,
                "approval_type": _NO_REGISTRATION,
            },
        }
        try:
            reply = await self._ask("POST", _of_host(host), body=body)
        except ProviderRefused as refused:
            if refused.detail in _USER_UNKNOWN:
                return None
            raise
        return _meeting(reply.body) if reply.found else None

    async def read(self, meeting_id: str) -> ZoomMeeting | None:
        """Return a meeting, or None when it is gone."""
        reply = await self._ask("GET", _of_meeting(meeting_id))
        return _meeting(reply.body) if reply.found else None

    async def end(self, meeting_id: str) -> None:
        """End a meeting for everybody and delete it, as a scheduled one could be begun anew by its link."""
        meeting = await self.read(meeting_id)
        if meeting is None:
            return
        path = _of_meeting(meeting_id)
        if meeting.is_running:
            await self._ask("PUT", f"{path}/status", body={"action": "end"})
        try:
            await self._ask("DELETE", path, params={"schedule_for_reminder": "false"})
        except ProviderRefused as refused:
            if refused.detail == _STILL_RUNNING:
                raise ProviderDown("still_ending", provider="zoom", detail=meeting_id) from refused
            if refused.detail != _OVER:
                raise

    async def participants(self, meeting_id: str) -> list[Json]:
        """Return who is or was in a running meeting, as Zoom's dashboard has it; nobody when none is running.

        Source: https://zoom.github.io/rivet-javascript/types/Accounts.DashboardsListMeetingParticipantsResponse.html
        """
        path = f"/metrics{_of_meeting(meeting_id)}/participants"
        return [one async for one in self._pages(path, "participants", {"type": "live"})]

    async def _ask(
        self, method: str, path: str, *, body: Json | None = None, params: Mapping[str, str] | None = None
    ) -> Reply:
        """Ask, and tell a missing scope from every other refusal."""
        try:
            return await self._api.ask(method, path, body=body, params=params)
        except ProviderRefused as refused:
            if refused.detail in _SCOPE_MISSING:
                raise ProviderAuth("not_permitted", provider="zoom", detail=refused.detail) from refused
            raise

    async def _pages(self, path: str, name: str, params: Mapping[str, str]) -> AsyncIterator[Json]:
        """Return every object of a list, page by page; none when the list does not exist."""
        token = ""
        for _ in range(PAGES_MAX):
            page = {"next_page_token": token} if token else {}
            reply = await self._ask("GET", path, params={**params, "page_size": str(PAGE_SIZE), **page})
            if not reply.found:
                return
            found = reply.body.get(name)
            if not isinstance(found, list):
                raise ProviderDown("unreadable_answer", provider="zoom", detail=name)
            for one in found:
                if isinstance(one, dict):
                    yield one
            token = str(reply.body.get("next_page_token") or "")
            if not token:
                return


def _of_host(host: str) -> str:
    return f"/users/{quote(host, safe='@')}/meetings"


def _of_meeting(meeting_id: str) -> str:
    return f"/meetings/{quote(meeting_id, safe='')}"


def _meeting(answer: Json) -> ZoomMeeting:
    meeting_id, join_url = answer.get("id"), answer.get("join_url")
    if not isinstance(meeting_id, int | str) or not meeting_id or not isinstance(join_url, str) or not join_url:
        raise ProviderDown("unreadable_answer", provider="zoom", detail="meeting")
    return ZoomMeeting(str(meeting_id), join_url, is_running=answer.get("status") == "started")
