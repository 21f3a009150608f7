"""Ask the Google Meet REST API, for the person whose room it is.

Source: https://developers.google.com/workspace/meet/api/reference/rest/v2
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Any

from calls.errors import ProviderDown, ProviderRefused
from calls.meetings import Seen
from calls.model import Artifact, ArtifactKind, Room
from providers.googlemeet.google_api import NAME, GoogleApi
from providers.googlemeet.room_memo import RoomMemo
from providers.reading import read_name
from providers.remote_api import Json

PEOPLE_AT_ONCE = 10
"""Of so many people it is asked at the same time by which devices they are in."""

_PAGE = "250"
"""The most participants that come in one answer."""

_PAGES_MAX = 20


@dataclass(frozen=True, slots=True)
class MeetApi:
    """The API, asked for whomever a request names as host.

    Every method raises ProviderDown, ProviderAuth or ProviderRefused as `calls.meetings.Provider` says.
    """

    google: GoogleApi

    async def create_space(self, host: str, access: str | None) -> Room:
        """Make a room that belongs to `host`."""
        body = {} if access is None else {"config": {"accessType": access}}
        space = (await self.google.as_user(host).ask("POST", "/v2/spaces", body=body)).body
        name, url, code = (_text(space, key) for key in ("name", "meetingUri", "meetingCode"))
        return Room(name, url, display_id=code, memo=RoomMemo(host).as_text())

    async def end_conference(self, host: str, space: str) -> None:
        """Send everybody out of a room; where nobody is in, nothing has to be done."""
        try:
            await self.google.as_user(host).ask("POST", f"/v2/{space}:endActiveConference", body={})
        except ProviderRefused:
            if await self._conference(host, space) is not None:
                raise

    async def people(self, host: str, space: str) -> tuple[Seen, ...]:
        """Return who is in a room, by each device."""
        conference = await self._conference(host, space)
        if conference is None:
            return ()
        found = await self._listed(host, f"/v2/{conference}/participants", "participants", "latest_end_time IS NULL")
        turns = asyncio.Semaphore(PEOPLE_AT_ONCE)

        async def devices(participant: Json) -> list[Seen]:
            path = f"/v2/{_text(participant, 'name')}/participantSessions"
            async with turns:
                sessions = await self._listed(host, path, "participantSessions", "end_time IS NULL")
            return [_seen(_text(session, "name"), participant) for session in sessions]

        of_each = await asyncio.gather(*(devices(participant) for participant in found))
        return tuple(seen for devices_of_one in of_each for seen in devices_of_one)

    async def person_of(self, host: str, session: str) -> Seen | None:
        """Return whose device a session is, by its name; None where Google knows nothing of it any more."""
        reply = await self.google.as_user(host).ask("GET", f"/v2/{session.partition('/participantSessions/')[0]}")
        return _seen(session, reply.body) if reply.found else None

    async def artifact(self, host: str, name: str, kind: ArtifactKind) -> Artifact | None:
        """Return where a recording, a transcript or notes can be had; None where they are gone."""
        reply = await self.google.as_user(host).ask("GET", f"/v2/{name}")
        place = reply.body.get("driveDestination") or reply.body.get("docsDestination")
        url = place.get("exportUri") if isinstance(place, dict) else None
        return Artifact(kind, url) if isinstance(url, str) and url.startswith("https://") else None

    async def try_out(self, host: str) -> None:
        """Ask for something that everybody may know of themselves."""
        await self.google.as_user(host).ask("GET", "/v2/conferenceRecords", params={"pageSize": "1"})

    async def _conference(self, host: str, space: str) -> str | None:
        """Return the name of the conference that takes place in a room; None where nobody is in."""
        reply = await self.google.as_user(host).ask("GET", f"/v2/{space}")
        active = reply.body.get("activeConference")
        return _text(active, "conferenceRecord") if active else None

    async def _listed(self, host: str, path: str, field: str, only: str) -> list[Json]:
        """Return all items of a list, page after page."""
        items: list[Json] = []
        params = {"filter": only, "pageSize": _PAGE}
        for _ in range(_PAGES_MAX):
            answer = (await self.google.as_user(host).ask("GET", path, params=params)).body
            items += [item for item in answer.get(field) or () if isinstance(item, dict)]
            following = answer.get("nextPageToken")
            if not following:
                return items
            params = params | {"pageToken": str(following)}
        raise ProviderDown("unreadable_answer", provider=NAME, detail=f"{field} without an end")


def _seen(session: str, participant: Json) -> Seen:
    """Return a device of somebody; of who is not signed in, Meet knows them only within this conference."""
    signed_in = participant.get("signedinUser") or {}
    user = signed_in or participant.get("anonymousUser") or participant.get("phoneUser") or {}
    person_id = signed_in.get("user") or participant.get("name")
    return Seen(session, person_id=person_id, display_name=read_name(user.get("displayName")))


def _text(found: Any, name: str) -> str:  # noqa: ANN401 - whatever the answer holds
    value = found.get(name) if isinstance(found, dict) else None
    if not isinstance(value, str) or not value:
        raise ProviderDown("unreadable_answer", provider=NAME, detail=name)
    return value
