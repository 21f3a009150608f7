"""Rooms, tokens and people of a Daily domain.

Source: https://docs.daily.co/reference/rest-api/rooms and its neighbours; the OpenAPI description they are made from.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

from calls.errors import ProviderDown, ProviderRefused
from calls.meetings import Seen
from calls.model import Room, Visitor
from providers.addresses import find_address_fault
from providers.daily.reports import read_present
from providers.reading import UnreadableError, read_id
from providers.remote_api import Json, RemoteApi

EJECT_MAX = 100
"""Source: https://docs.daily.co/reference/rest-api/rooms/session/eject"""


@dataclass(frozen=True, slots=True)
class DailyRooms:
    """What is asked of Daily about rooms; every method raises as `calls.meetings.Provider` says."""

    api: RemoteApi

    async def make(self, name: str, *, is_private: bool, until: datetime) -> Room:
        """Make a room, or return the one of this name: an earlier try may have come to its end unheard.

        Daily refuses a name that is taken with the same code as anything else it does not like, so the room is looked
        for after any refusal.
        """
        privacy = "private" if is_private else "public"
        body = {"name": name, "privacy": privacy, "properties": {"exp": int(until.timestamp())}}
        try:
            reply = await self.api.ask("POST", "/rooms", body=body)
        except ProviderRefused:
            reply = await self.api.ask("GET", f"/rooms/{name}")
            if not reply.found:
                raise
        return _read_room(reply.body, name)

    async def token(self, room: Room, visitor: Visitor, until: datetime) -> str:
        """Return what lets one person into one room, and makes Daily report their id with them."""
        properties = {
            "room_name": room.id,
            "user_id": visitor.id,
            "user_name": visitor.name,
            "is_owner": visitor.is_host,
            "exp": int(until.timestamp()),
        }
        reply = await self.api.ask("POST", "/meeting-tokens", body={"properties": properties})
        try:
            return read_id(reply.body.get("token"), max_chars=2048)
        except UnreadableError as error:
            raise _unreadable() from error

    async def people(self, room: Room) -> Sequence[Seen]:
        """Return everybody who is in; nobody, where the room is gone."""
        reply = await self.api.ask("GET", f"/rooms/{room.id}/presence")
        if not reply.found:
            return ()
        if _count(reply.body) > len(_people(reply.body)):
            params = {"limit": str(_count(reply.body))}
            reply = await self.api.ask("GET", f"/rooms/{room.id}/presence", params=params)
        try:
            people = tuple(read_present(person) for person in _people(reply.body))
        except UnreadableError as error:
            raise _unreadable() from error
        if _count(reply.body) > len(people):
            # Half a list would show the other half as gone.
            raise ProviderDown("roster_incomplete", provider=self.api.provider)
        return people

    async def show_out(self, room: Room, session_ids: Sequence[str]) -> None:
        """Show sessions out; who is gone already, or a room that is, is a success."""
        for start in range(0, len(session_ids), EJECT_MAX):
            ids = list(session_ids[start : start + EJECT_MAX])
            await self.api.ask("POST", f"/rooms/{room.id}/eject", body={"ids": ids})

    async def close(self, room: Room) -> None:
        """Show everybody out and delete the room; Daily does not say that deleting alone shows people out."""
        await self.show_out(room, [person.session_id for person in await self.people(room)])
        await self.api.ask("DELETE", f"/rooms/{room.id}")

    async def can_be_asked(self) -> None:
        """Ask for any room, which needs a key that is accepted."""
        await self.api.ask("GET", "/rooms", params={"limit": "1"})


def _read_room(body: Json, name: str) -> Room:
    url = body.get("url")
    if body.get("name") != name or not isinstance(url, str) or find_address_fault(url) or urlsplit(url).query:
        raise _unreadable()
    return Room(id=name, join_url=url)


def _people(body: Json) -> list[object]:
    people = body.get("data")
    if not isinstance(people, list):
        raise _unreadable()
    return people


def _count(body: Json) -> int:
    count = body.get("total_count")
    return count if isinstance(count, int) else 0


def _unreadable() -> ProviderDown:
    return ProviderDown("unreadable_answer", provider="daily")
