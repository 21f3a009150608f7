"""Remember whose rooms are, as what Google reports of them does not say."""

from __future__ import annotations

from calls.model import Room
from providers.googlemeet.room_memo import read_memo

_ROOMS_MAX = 5000


class KnownRooms:
    """The rooms that this process has had to do with.

    After a restart one is known again as soon as its call is looked after: asked who is in, kept, or ended.
    """

    def __init__(self, host: str) -> None:
        """Know no room yet.

        Args:
            host: whose a room is that is not known.
        """
        self._host = host
        self._hosts: dict[str, str] = {}
        self._spaces: dict[str, str] = {}

    def note(self, room: Room) -> None:
        """Remember a room, instead of the oldest when there are too many."""
        memo = read_memo(room.memo)
        _put(self._hosts, room.id, memo.host)
        if memo.subscription is not None:
            _put(self._spaces, memo.subscription, room.id)

    def host_of(self, space: str) -> str:
        """Return whose a room is."""
        return self._hosts.get(space, self._host)

    def space_of(self, subscription: str) -> str | None:
        """Return the room that a subscription tells of, or None."""
        return self._spaces.get(subscription)


def _put(known: dict[str, str], key: str, value: str) -> None:
    known.pop(key, None)
    while len(known) >= _ROOMS_MAX:
        known.pop(next(iter(known)))
    known[key] = value
