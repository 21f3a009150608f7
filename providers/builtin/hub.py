"""Who is in which room, kept in memory: a page that loses its connection comes back by itself, also after a restart."""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from calls.errors import UsageError
from calls.meetings import EventKind, MeetingEvent, Seen
from calls.words.errors import sentence_for
from calls.words.language import speaking, spoken
from providers.builtin.messages import (
    Person,
    Shown,
    Signal,
    render_closing,
    render_gone,
    render_joined,
    render_shown,
    render_signal,
    render_welcome,
)
from providers.builtin.outbox import Outbox
from providers.builtin.reports import Reports
from providers.room_page.tokens import Ticket

CLOSE_ENDED: Final = 4000
CLOSE_REMOVED: Final = 4001
CLOSE_REPLACED: Final = 4002
CLOSE_RESTARTING: Final = 1012
"""Close codes of the WebSocket; a page comes back by itself after the last one, and after a broken connection.

Source: https://www.iana.org/assignments/websocket/websocket.xhtml#close-code-number
"""

_REMEMBERED_MAX = 10_000


@dataclass(slots=True)
class Session:
    """One opened page of one person, for as long as it is in the room.

    Args:
        id: the same when the page loses its connection and comes back, and unlike that of any other page.
        language: what was spoken when the page was let in; what others do to it is said in this.
        device: `Ticket.page`.
    """

    id: str
    room_id: str
    ticket: Ticket
    shown: Shown
    outbox: Outbox = field(repr=False)
    language: str = field(default_factory=spoken)

    def person(self) -> Person:
        """Return what others in the room see."""
        return Person(self.id, self.ticket.name, self.ticket.is_host, self.shown)

    def seen(self) -> Seen:
        """Return what the app is told."""
        return Seen(self.id, visitor_id=self.ticket.visitor_id, display_name=self.ticket.name)


class Hub:
    """The rooms of this process; every change is one step without waiting, so no two can mix."""

    def __init__(self, people_max: int, now: Callable[[], datetime]) -> None:
        """Begin with no rooms.

        Args:
            people_max: how many sessions a room may have.
        """
        self._people_max = people_max
        self._reports = Reports(now)
        self._rooms: dict[str, dict[str, Session]] = {}
        self._known = _Remembered()
        self._ended = _Remembered()
        self._removed = _Remembered()
        self._closed = False

    def expect(self, room_id: str) -> None:
        """Take note of a room that nobody can be in yet; one that was closed is open again."""
        self._known.add(room_id)
        self._ended.discard(room_id)

    def knows(self, room_id: str) -> bool:
        """Say whether a room was made, or entered, since this hub began."""
        return room_id in self._known

    def check_may_enter(self, room_id: str, ticket: Ticket) -> None:
        """Find out whether somebody could come in now.

        Raises:
            UsageError: room_ended, room_full, room_removed.
        """
        self._check_not_shut_out(room_id, ticket)
        # Who loads the page anew has a place until their old connection is known to be gone.
        self._check_place(session for session in self._sessions(room_id) if session.ticket.page != ticket.page)

    def join(self, room_id: str, ticket: Ticket, page: str, shown: Shown, outbox: Outbox) -> Session:
        """Let a page in, or back in.

        Args:
            page: `Hello.page`.

        Raises:
            UsageError: as `check_may_enter`.
        """
        session = Session(session_id_of(room_id, ticket, page), room_id, ticket, shown, outbox)
        self._check_not_shut_out(room_id, ticket)
        self._check_place(other for other in self._sessions(room_id) if other.id != session.id)
        room = self._rooms.setdefault(room_id, {})
        before = room.pop(session.id, None)
        if before is not None:
            before.outbox.close(CLOSE_REPLACED)
        session.outbox.post(render_welcome(session.id, [other.person() for other in room.values()]))
        for other in room.values():
            other.outbox.post(render_joined(session.person()))
        room[session.id] = session
        self._known.add(room_id)
        if before is None:
            self._reports.tell(EventKind.JOINED, room_id, session.seen())
        return session

    def leave(self, session: Session, *, lost: bool) -> None:
        """Take a page out of its room; one that is not, or no longer, in it is left alone.

        Args:
            lost: whether its connection broke, so that it may be back in a moment.
        """
        room = self._rooms.get(session.room_id, {})
        if self._closed or room.get(session.id) is not session:
            return
        del room[session.id]
        if not room:
            del self._rooms[session.room_id]
        for other in room.values():
            other.outbox.post(render_gone(session.id, lost=lost))
        self._reports.tell(EventKind.LEFT, session.room_id, session.seen())

    def relay(self, session: Session, signal: Signal) -> None:
        """Pass a part of a negotiation on to somebody in the same room; for one who is gone it is lost."""
        other = self._peers(session).get(signal.to)
        if other is not None:
            other.outbox.post(render_signal(session.id, signal.content))

    def show(self, session: Session, shown: Shown) -> None:
        """Tell the others what somebody has switched on or off."""
        session.shown = shown
        for other in self._peers(session).values():
            other.outbox.post(render_shown(session.id, shown))

    def end(self, room_id: str) -> None:
        """Close a room for good and tell everybody in it."""
        self._ended.add(room_id)
        for session in self._sessions(room_id):
            session.outbox.close(CLOSE_ENDED, _closing("room_ended", session.language))
            self.leave(session, lost=False)

    def kick(self, room_id: str, session_id: str) -> None:
        """Show one page out; it cannot come back without a new link."""
        session = self._rooms.get(room_id, {}).get(session_id)
        if session is None:
            return
        self._removed.add(session.ticket.page)
        session.outbox.close(CLOSE_REMOVED, _closing("room_removed", session.language))
        self.leave(session, lost=False)

    def roster(self, room_id: str) -> tuple[Seen, ...]:
        """Return everybody who is in a room."""
        return tuple(session.seen() for session in self._sessions(room_id))

    @property
    def room_ids(self) -> tuple[str, ...]:
        """The rooms with somebody in them."""
        return tuple(self._rooms)

    def events(self) -> AsyncIterator[MeetingEvent]:
        """Return a snapshot of each room, then what happens."""
        return self._reports.listen(self._snapshots)

    def close(self) -> None:
        """Let all connections go without saying that anybody has left: they meet on, and come back."""
        self._closed = True
        self._reports.close()
        for room in self._rooms.values():
            for session in room.values():
                session.outbox.close(CLOSE_RESTARTING)
        self._rooms.clear()

    def _check_not_shut_out(self, room_id: str, ticket: Ticket) -> None:
        if room_id in self._ended:
            raise UsageError("room_ended")
        if ticket.page in self._removed:
            raise UsageError("room_removed")

    def _check_place(self, others: Iterable[Session]) -> None:
        if len(list(others)) >= self._people_max:
            raise UsageError("room_full", detail=str(self._people_max))

    def _sessions(self, room_id: str) -> list[Session]:
        return list(self._rooms.get(room_id, {}).values())

    def _peers(self, session: Session) -> dict[str, Session]:
        """Return the others in a room, for a page that is in it itself."""
        room = self._rooms.get(session.room_id, {})
        if room.get(session.id) is not session:
            return {}
        return {key: other for key, other in room.items() if key != session.id}

    def _snapshots(self) -> Sequence[MeetingEvent]:
        return [self._reports.event(EventKind.SNAPSHOT, room_id, self.roster(room_id)) for room_id in self._rooms]


def session_id_of(room_id: str, ticket: Ticket, page: str) -> str:
    """Return the id of a page in a room: the same whenever it comes back, and nobody else can have it.

    Others in the room learn the id, but neither the token nor the page's own number, from which it is computed.
    """
    return hashlib.sha256(f"{room_id} {ticket.page} {page}".encode()).hexdigest()[:32]


def _closing(code: str, language: str) -> str:
    with speaking(language):
        return render_closing(code, sentence_for(UsageError(code)))


class _Remembered:
    """The newest of many names."""

    def __init__(self) -> None:
        self._names: dict[str, None] = {}

    def add(self, name: str) -> None:
        self._names[name] = None
        if len(self._names) > _REMEMBERED_MAX:
            del self._names[next(iter(self._names))]

    def discard(self, name: str) -> None:
        self._names.pop(name, None)

    def __contains__(self, name: object) -> bool:
        return name in self._names
