"""Meetings of a Whereby organisation.

Source: https://docs.whereby.com/reference/whereby-rest-api-reference/meetings, with the OpenAPI description behind it
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit
from weakref import WeakValueDictionary

from calls.errors import ProviderDown, ProviderRefused
from calls.model import Room
from providers.addresses import find_address_fault
from providers.reading import UnreadableError, as_object, read_id
from providers.remote_api import Json, RemoteApi

PAGE = 100
PAGES_MAX = 5
"""How many pages of meetings are looked through for one that was made before."""


@dataclass(frozen=True, slots=True)
class WherebyMeetings:
    """What is asked of Whereby; every method raises as `calls.meetings.Provider` says."""

    api: RemoteApi
    _locks: WeakValueDictionary[str, asyncio.Lock] = field(default_factory=WeakValueDictionary, repr=False)

    async def make(self, prefix: str, until: datetime) -> Room:
        """Make a meeting whose room's name begins with a prefix, or return the one that was made before.

        Whereby makes a new meeting each time it is asked, so it is looked first whether an earlier try came to its end.
        """
        async with self._locks.setdefault(prefix, asyncio.Lock()):
            async for meeting in self._all():
                if _name_of(meeting).startswith(prefix):
                    return _read_room(meeting)
            body = {
                "endDate": until.isoformat(timespec="seconds"),
                "isLocked": False,
                "roomMode": "group",
                "roomNamePrefix": prefix,
                "roomNamePattern": "uuid",
            }
            reply = await self.api.ask("POST", "/meetings", body=body)
            if not _name_of(reply.body).startswith(prefix):
                raise _unreadable()
            return _read_room(reply.body)

    async def host_url(self, room: Room) -> str:
        """Return the address that makes whoever opens it a host; asked for each time, so that it is stored nowhere."""
        reply = await self.api.ask("GET", f"/meetings/{room.id}", params={"fields": "hostRoomUrl"})
        if not reply.found:
            raise ProviderRefused("room_gone", provider=self.api.provider, detail=room.id)
        url = reply.body.get("hostRoomUrl")
        if not isinstance(url, str) or find_address_fault(url) or url.partition("?")[0] != room.join_url:
            raise _unreadable()
        return url

    async def delete(self, room: Room) -> None:
        """Delete a meeting and its room; one that is gone already is a success."""
        await self.api.ask("DELETE", f"/meetings/{room.id}")

    async def can_be_asked(self) -> None:
        """Ask for any meeting, which needs a key that is accepted."""
        await self.api.ask("GET", "/meetings", params={"limit": "1"})

    async def _all(self) -> AsyncIterator[Json]:
        params = {"limit": str(PAGE)}
        for _ in range(PAGES_MAX):
            reply = await self.api.ask("GET", "/meetings", params=params)
            results, cursor = reply.body.get("results"), reply.body.get("cursor")
            if not isinstance(results, list):
                raise _unreadable()
            for meeting in results:
                yield _object(meeting)
            if not isinstance(cursor, str) or not cursor:
                return
            params = {**params, "cursor": cursor}


def _read_room(meeting: Json) -> Room:
    url = meeting.get("roomUrl")
    if not isinstance(url, str) or find_address_fault(url) or set("?#") & set(url):
        raise _unreadable()
    try:
        meeting_id = read_id(meeting.get("meetingId"), max_chars=64)
    except UnreadableError as error:
        raise _unreadable() from error
    if not (meeting_id.isascii() and meeting_id.replace("-", "").isalnum()):
        raise _unreadable()
    return Room(id=meeting_id, join_url=url)


def _name_of(meeting: Json) -> str:
    """Return the name of a meeting's room, which is where its address leads; empty for none."""
    url = meeting.get("roomUrl")
    try:
        return urlsplit(url).path.lstrip("/") if isinstance(url, str) else ""
    except ValueError:
        return ""


def _object(meeting: Any) -> Json:  # noqa: ANN401 - whatever the list holds
    try:
        return as_object(meeting)
    except UnreadableError as error:
        raise _unreadable() from error


def _unreadable() -> ProviderDown:
    return ProviderDown("unreadable_answer", provider="whereby")
