"""Where a new call takes place: what was asked for, else what its starter, the conversation or the workspace chose."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace

from calls.choosing import Choices
from calls.model import Call, CallState, Room
from calls.own_room import room_at
from calls.ports import Transaction
from calls.preferences import OWN_ROOM
from calls.words import settings as words


@dataclass(frozen=True, slots=True)
class Placed:
    """A new call that has its meeting system, and, where that is somebody's own room, the room.

    Args:
        said: what its starter should know about the choice.
    """

    call: Call
    said: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Placing:
    """Chooses meeting systems.

    Args:
        providers: the names of those that are set up.
        usual: the name of the one that counts where nobody chose.
    """

    providers: Collection[str]
    usual: str

    def place(
        self, transaction: Transaction, call: Call, chose: Choices, asked: str | None, room_url: str | None = None
    ) -> Placed:
        """Return a new call with its meeting system.

        Args:
            chose: what counts where it takes place.
            asked: the meeting system that was named for this call, `OWN_ROOM` included, or None.
            room_url: the room that was named for it, or None.
        """
        if room_url is not None:
            return _in_own_room(transaction, call, room_at(room_url), [])
        own_room_url = chose.person.room_url
        said: list[str] = []
        for name in self._in_order(chose, asked):
            if name == OWN_ROOM and own_room_url is not None:
                return _in_own_room(transaction, call, room_at(own_room_url), said)
            if name in self.providers and name != OWN_ROOM:
                return Placed(replace(call, provider=name), (*said, *([words.takes_place_at(name)] if said else ())))
            said.append(words.no_room_of_own() if name == OWN_ROOM else words.not_set_up(name))
        raise AssertionError(self.usual)

    def _in_order(self, chose: Choices, asked: str | None) -> Iterable[str]:
        """Return the names that were chosen, the one that counts most first, each once."""
        chosen = (
            asked,
            chose.person.provider or (OWN_ROOM if chose.person.room_url is not None else None),
            chose.channel.provider,
            chose.workspace.provider,
            self.usual,
        )
        return dict.fromkeys(name for name in chosen if name is not None)


def _in_own_room(transaction: Transaction, call: Call, room: Room, said: list[str]) -> Placed:
    """Return a call in its starter's room, which may be in use by another one already."""
    others = [
        other
        for other in transaction.open_calls(call.team_id)
        if other.provider == OWN_ROOM and other.room is not None and other.room.id == room.id
    ]
    if others:
        said = [*said, words.room_in_use(others[0])]
    placed = replace(call, provider=OWN_ROOM, room=room, join_url=room.join_url, state=CallState.ROOM_MADE)
    return Placed(placed, tuple(said))
