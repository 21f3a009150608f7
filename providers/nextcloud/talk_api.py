"""Conversations and calls of Nextcloud Talk.

Source: https://github.com/nextcloud/spreed/tree/main/docs, conversation.md, call.md and participant.md
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final
from weakref import WeakValueDictionary

from calls.errors import ProviderDown, ProviderRefused
from calls.meetings import Seen
from providers.reading import UnreadableError, as_object, read_id, read_name
from providers.remote_api import Json, RemoteApi

HEADERS: Final = {"OCS-APIRequest": "true", "Accept": "application/json"}
"""Source: https://docs.nextcloud.com/server/latest/developer_manual/client_apis/OCS/ocs-api-overview.html"""

PUBLIC, READ_ONLY, OWNER = 3, 1, 1
"""Source: https://github.com/nextcloud/spreed/blob/main/docs/constants.md"""

_TALK = "/ocs/v2.php/apps/spreed/api/v4"
_CAPABILITIES = "/ocs/v2.php/cloud/capabilities"


@dataclass(frozen=True, slots=True)
class TalkApi:
    """What is asked of Talk; every method raises as `calls.meetings.Provider` says.

    Talk's own way to end a call for everybody, `DELETE /call/{token}?all`, is for those who are in it, with a browser's
    session. Locking the conversation does the same (https://github.com/nextcloud/spreed/pull/5215).
    """

    api: RemoteApi
    _locks: WeakValueDictionary[str, asyncio.Lock] = field(default_factory=WeakValueDictionary, repr=False)

    async def make(self, title: str, code: str, since: datetime) -> str:
        """Make a conversation that guests may join, or find the one whose name ends with the code; return its token.

        Talk makes a new one each time it is asked, so it is looked first whether an earlier try came to its end.

        Args:
            since: when an earlier try can have been at the earliest; older conversations are not looked at.
        """
        recent = {"modifiedSince": str(int(since.timestamp())), "noStatusUpdate": "1"}
        ending = f"({code})"
        async with self._locks.setdefault(code, asyncio.Lock()):
            for conversation in _objects(await self._ask("GET", "/room", params=recent)):
                is_ours = conversation.get("participantType") == OWNER
                if is_ours and str(conversation.get("name")).endswith(ending):
                    return _token(conversation)
            body = {"roomType": PUBLIC, "roomName": f"{title} {ending}"}
            made = await self._ask("POST", "/room", body=body)
            if made is None:
                raise ProviderRefused("talk_missing", provider=self.api.provider)
            return _token(_object(made))

    async def close(self, token: str) -> None:
        """Show everybody out of the call and delete the conversation; one that is gone already is a success."""
        # It may be locked already, as after a crash between the two, which Talk refuses. Then it is left to delete it.
        with suppress(ProviderRefused):
            await self._ask("PUT", f"/room/{token}/read-only", body={"state": READ_ONLY})
        await self._ask("DELETE", f"/room/{token}")

    async def people(self, token: str) -> Sequence[Seen]:
        """Return everybody who is in the call; nobody, where there is no such conversation."""
        found = await self._ask("GET", f"/call/{token}")
        try:
            return tuple(_seen(person) for person in _objects(found))
        except UnreadableError as error:
            raise _unreadable() from error

    async def show_out(self, token: str, session_id: str) -> None:
        """Remove whoever has a session from the conversation; who is gone already is a success."""
        for attendee in _objects(await self._ask("GET", f"/room/{token}/participants")):
            sessions = attendee.get("sessionIds")
            if isinstance(sessions, list) and session_id in {_hidden(str(one)) for one in sessions}:
                params = {"attendeeId": str(attendee.get("attendeeId"))}
                await self._ask("DELETE", f"/room/{token}/attendees", params=params)

    async def has_talk(self) -> bool:
        """Say whether the account may use Talk, in a version that has this interface."""
        reply = await self.api.ask("GET", _CAPABILITIES, headers=HEADERS)
        capabilities = _object(_object(_data(reply.body)).get("capabilities"))
        talk = capabilities.get("spreed")
        return isinstance(talk, dict) and "conversation-v4" in (talk.get("features") or ())

    async def _ask(
        self, method: str, path: str, *, body: Json | None = None, params: dict[str, str] | None = None
    ) -> Any:  # noqa: ANN401 - what the server answers
        """Return the data of an answer; None when there is nothing at the address."""
        reply = await self.api.ask(method, _TALK + path, body=body, params=params, headers=HEADERS)
        return _data(reply.body) if reply.found else None


def _data(body: Json) -> Any:  # noqa: ANN401 - what the server answers
    return _object(body.get("ocs")).get("data")


def _object(found: object) -> Json:
    try:
        return as_object(found)
    except UnreadableError as error:
        raise _unreadable() from error


def _objects(found: object) -> list[Json]:
    """Return a list of objects; an empty one, where there was nothing at the address."""
    if found is None:
        return []
    if not isinstance(found, list):
        raise _unreadable()
    return [_object(one) for one in found]


def _token(conversation: Json) -> str:
    """Return what a conversation is named by in addresses."""
    try:
        token = read_id(conversation.get("token"), max_chars=64)
    except UnreadableError as error:
        raise _unreadable() from error
    if not (token.isascii() and token.isalnum()):
        raise _unreadable()
    return token


def _seen(person: Json) -> Seen:
    """Return who is in a call; a guest's id lasts as long as their browser's session."""
    actor = f"{read_id(person.get('actorType'))}/{read_id(person.get('actorId'))}"
    return Seen(
        session_id=_hidden(read_id(person.get("sessionId"))),
        person_id=actor,
        display_name=read_name(person.get("displayName")),
    )


def _hidden(session: str) -> str:
    """Return an id in a session's place, as the session itself lets whoever knows it act for the person."""
    return hashlib.sha256(session.encode()).hexdigest()[:32]


def _unreadable() -> ProviderDown:
    return ProviderDown("unreadable_answer", provider="nextcloud")
