"""The rooms of Janus's video room plugin: made, closed, asked who is in, and people shown out.

Source: https://janus.conf.meetecho.com/docs/videoroom.html
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from calls.errors import ProviderAuth, ProviderDown, ProviderRefused
from providers.janus.api import NAME, Answer, JanusApi
from providers.janus.room_name import room_secret

PEOPLE_MAX: Final = 50
"""Who of more than these comes last is told that the room is full."""

VIDEO_MAX_BITS_PER_S: Final = 768_000
"""What a browser is told to send at most; a room of four costs each of them about 2.3 Mbit/s to receive."""

KEYFRAME_EVERY_S: Final = 10

# https://github.com/meetecho/janus-gateway/blob/v1.1.2/src/plugins/janus_videoroom.c
_NO_SUCH_ROOM = 426
_ROOM_EXISTS = 427
_NO_SUCH_PERSON = 428
_MISSING_ELEMENT = 429
_UNAUTHORIZED = 433


@dataclass(frozen=True, slots=True)
class Present:
    """Somebody who is in a room.

    Args:
        id: what they joined with.
        name: what they call themselves now.
    """

    id: str
    name: str | None


class VideoRooms:
    """Rules the rooms of one Janus.

    Args:
        admin_key: without which no room is made.
        key: of this installation, from which the secret of each room follows.
    """

    def __init__(self, api: JanusApi, admin_key: str, key: bytes) -> None:
        self._api = api
        self._admin_key = admin_key
        self._key = key

    async def make(self, room_id: str) -> bool:
        """Make a room that only signed tokens open, and say whether it was not there already."""
        body: Answer = {
            "request": "create",
            "room": room_id,
            "admin_key": self._admin_key,
            "secret": room_secret(self._key, room_id),
            "description": "Call",
            "permanent": False,
            "is_private": True,
            "signed_tokens": True,
            # Nobody receives sound or video without being in the room, where everybody sees them.
            "require_pvtid": True,
            # Those who only listen are seen, too.
            "notify_joining": True,
            # Else anybody in a room could have Janus write files.
            "lock_record": True,
            "publishers": PEOPLE_MAX,
            "bitrate": VIDEO_MAX_BITS_PER_S,
            "bitrate_cap": True,
            "fir_freq": KEYFRAME_EVERY_S,
            "videocodec": "vp8,h264",
        }
        answer = await self._ask(body, success=(_ROOM_EXISTS,))
        return "error_code" not in answer

    async def close(self, room_id: str) -> None:
        """Close a room for everybody; one that is gone already is a success."""
        await self._ask({"request": "destroy", **self._ruling(room_id)}, success=(_NO_SUCH_ROOM,))

    async def show_out(self, room_id: str, participant_id: str) -> None:
        """Put somebody out of a room; if one of them is gone already, that is a success."""
        body = {"request": "kick", **self._ruling(room_id), "id": participant_id}
        await self._ask(body, success=(_NO_SUCH_ROOM, _NO_SUCH_PERSON))

    async def present(self, room_id: str) -> Sequence[Present]:
        """Return who is in a room; nobody, where it is gone."""
        answer = await self._ask({"request": "listparticipants", "room": room_id}, success=(_NO_SUCH_ROOM,))
        return _people_in(answer)

    async def can_be_made_by_anybody(self, room_id: str) -> bool:
        """Find out whether Janus makes rooms without the key, which it must not; one that it does make is closed."""
        ruling = self._ruling(room_id)
        answer = await self._api.ask_video_rooms({"request": "create", "is_private": True, **ruling})
        if "error_code" in answer:
            return False
        await self.close(room_id)
        return True

    def _ruling(self, room_id: str) -> Answer:
        return {"room": room_id, "secret": room_secret(self._key, room_id)}

    async def _ask(self, body: Answer, *, success: tuple[int, ...]) -> Answer:
        """Ask for something, and raise what a no means unless its code is one that is a success here."""
        answer = await self._api.ask_video_rooms(body)
        code = answer.get("error_code")
        if code is None or code in success:
            return answer
        detail = f"{body['request']}: {code} {str(answer.get('error'))[:200]}"
        if code == _UNAUTHORIZED or (code == _MISSING_ELEMENT and "admin_key" in detail):
            raise ProviderAuth("not_permitted", provider=NAME, detail=detail)
        raise ProviderRefused("refused", provider=NAME, detail=detail)


def _people_in(answer: Answer) -> Sequence[Present]:
    if "error_code" in answer:
        return ()
    listed = answer.get("participants")
    if not isinstance(listed, list) or not all(isinstance(one, dict) for one in listed):
        raise ProviderDown("unreadable_answer", provider=NAME, detail="no list of participants")
    names = ((one.get("id"), one.get("display")) for one in listed)
    return [Present(id_, name if isinstance(name, str) else None) for id_, name in names if isinstance(id_, str)]
