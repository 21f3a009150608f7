"""Reports of one room are stored in their order, as many at once as have come, and each asker learns how it went."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

import pytest

from calls.errors import StorageError
from calls.meetings import EventKind, MeetingEvent, Seen
from calls.report_queue import TOGETHER_MAX, Place, ReportQueue

ROOM, OTHER = Place("acme", "room"), Place("acme", "other")


def came(session_id: str) -> list[MeetingEvent]:
    """Return the report that somebody came."""
    return [MeetingEvent(EventKind.JOINED, "room", datetime(2026, 11, 21, tzinfo=UTC), (Seen(session_id),))]


@dataclass
class Shelf:
    """A store that is as slow as it is told to be, and cannot store some reports.

    Args:
        stored: what was stored, transaction by transaction.
    """

    stored: list[tuple[str, list[str]]] = field(default_factory=list)
    refuses: set[str] = field(default_factory=set)
    is_open: asyncio.Event = field(default_factory=asyncio.Event)
    begun: asyncio.Event = field(default_factory=asyncio.Event)

    async def store(self, place: Place, events: Sequence[MeetingEvent]) -> None:
        """Store events once the shelf is open."""
        self.begun.set()
        await self.is_open.wait()
        names = [seen.session_id for event in events for seen in event.people]
        if self.refuses.intersection(names):
            raise StorageError("not_stored")
        self.stored.append((place.room_id, names))


async def outcomes(*asking: asyncio.Task[None]) -> list[str]:
    """Return how each ended."""
    ended = await asyncio.gather(*asking, return_exceptions=True)
    return ["stored" if one is None else type(one).__name__ for one in ended]


async def put(queue: ReportQueue, session_id: str, place: Place = ROOM) -> asyncio.Task[None]:
    """Begin to have a report stored."""
    task = asyncio.create_task(queue.put(place, came(session_id)))
    await asyncio.sleep(0)
    return task


async def test_what_comes_while_one_is_stored_goes_together_in_its_order() -> None:
    """Two transactions for ten reports; nobody is answered before their own is stored."""
    shelf = Shelf()
    queue = ReportQueue(shelf.store)
    first = await put(queue, "0")
    await shelf.begun.wait()
    others = [await put(queue, str(number)) for number in range(1, 10)]
    assert not any(task.done() for task in (first, *others))
    shelf.is_open.set()

    assert ["stored"] * 10 == await outcomes(first, *others)
    assert [("room", ["0"]), ("room", [str(number) for number in range(1, 10)])] == shelf.stored


async def test_no_room_waits_for_another() -> None:
    """Each has a line of its own."""
    shelf = Shelf()
    queue = ReportQueue(shelf.store)
    tasks = [await put(queue, "a"), await put(queue, "b", OTHER)]
    shelf.is_open.set()

    assert ["stored", "stored"] == await outcomes(*tasks)
    assert [("other", ["b"]), ("room", ["a"])] == sorted(shelf.stored)


async def test_a_crowd_is_stored_in_several_parts() -> None:
    """So that whoever came first is not kept waiting for all."""
    shelf = Shelf()
    queue = ReportQueue(shelf.store)
    shelf.is_open.set()
    await asyncio.gather(*(queue.put(ROOM, came(str(number))) for number in range(2 * TOGETHER_MAX + 1)))

    assert [TOGETHER_MAX, TOGETHER_MAX, 1] == [len(names) for _, names in shelf.stored]
    stored = [name for _, names in shelf.stored for name in names]
    assert [str(number) for number in range(2 * TOGETHER_MAX + 1)] == stored


async def test_a_report_that_cannot_be_stored_is_in_nobodys_way() -> None:
    """Its own asker learns so, and sends it again; the others are stored without it."""
    shelf = Shelf(refuses={"bad"})
    queue = ReportQueue(shelf.store)
    first = await put(queue, "first")
    await shelf.begun.wait()
    others = [await put(queue, name) for name in ("good", "bad", "fine")]
    shelf.is_open.set()

    assert ["stored", "stored", "StorageError", "stored"] == await outcomes(first, *others)
    assert {"first", "good", "fine"} == {name for _, names in shelf.stored for name in names}


async def test_a_store_that_fails_is_told_to_everybody_who_waits_and_tried_again_by_the_next() -> None:
    """A queue does not stop because of what has failed."""
    shelf = Shelf(refuses={"0", "1", "2"})
    queue = ReportQueue(shelf.store)
    tasks = [await put(queue, str(number)) for number in range(3)]
    shelf.is_open.set()

    assert ["StorageError"] * 3 == await outcomes(*tasks)
    shelf.refuses.clear()
    assert ["stored"] == await outcomes(await put(queue, "4"))


async def test_whoever_no_longer_waits_leaves_the_others_their_turn() -> None:
    """A connection that is cut takes no report back: it may be stored, as others are."""
    shelf = Shelf()
    queue = ReportQueue(shelf.store)
    tasks = [await put(queue, str(number)) for number in range(3)]
    tasks[0].cancel()
    tasks[1].cancel()
    with pytest.raises(asyncio.CancelledError):
        await tasks[0]
    shelf.is_open.set()

    assert ["CancelledError", "stored"] == await outcomes(tasks[1], tasks[2])
    assert ["0", "1", "2"] == [name for _, names in shelf.stored for name in names]
