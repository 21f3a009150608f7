"""Whoever is in a call is stored and found many at once, on both databases."""

from __future__ import annotations

from dataclasses import replace

from calls.ids import new_call_id
from calls.model import Call, ChannelId, Participant, Session, TeamId, UserId, Visitor
from calls.ports import Transaction
from storage.database import Database
from tests.contract.storing import NOW


def a_call() -> Call:
    """Return a new call."""
    return Call(new_call_id(), "4K7-9QM", TeamId("T1"), ChannelId("C1"), "Weekly", UserId("U1"), "link", NOW)


async def test_people_and_devices_are_stored_many_at_once_whether_they_are_new_or_changed(storage: Database) -> None:
    """Nothing of those who are not named is changed, also not in another call with people of the same keys."""
    call, other = a_call(), a_call()
    people = [Participant(call.id, f"slack:U{n}", present=True, told=False, joined_at=NOW) for n in range(3)]
    devices = [Session(call.id, f"{n}", f"slack:U{n}", present=True, changed_at=NOW, heard_at=NOW) for n in range(3)]
    elsewhere = replace(people[0], call_id=other.id)

    def store(transaction: Transaction) -> None:
        for one in (call, other):
            transaction.add_call(one)
        transaction.save_participants([*people[:2], elsewhere])
        transaction.save_sessions(devices[:2])
        transaction.save_participants([])

    def change(transaction: Transaction) -> None:
        transaction.save_participants([replace(people[1], present=False), people[2]])
        transaction.save_sessions([replace(devices[1], present=False), devices[2]])

    await storage.write(store)
    await storage.write(change)

    def found(transaction: Transaction) -> tuple[list[Participant], list[Session], list[Participant]]:
        return (
            list(transaction.participants(call.id)),
            list(transaction.sessions(call.id)),
            list(transaction.participants(other.id)),
        )

    assert (
        [people[0], replace(people[1], present=False), people[2]],
        [devices[0], replace(devices[1], present=False), devices[2]],
        [elsewhere],
    ) == await storage.read(found)


async def test_visitors_are_found_by_their_ids_in_their_own_call_only(storage: Database) -> None:
    """The id of a visitor of another call, which a report could name, leads nowhere."""
    call, other = a_call(), a_call()
    own = [Visitor(f"{n}" * 32, call.id, f"slack:U{n}", f"U{n}") for n in range(3)]
    stranger = Visitor("f" * 32, other.id, "slack:U0", "U0")

    def store(transaction: Transaction) -> None:
        for one in (call, other):
            transaction.add_call(one)
        for visitor in (*own, stranger):
            transaction.add_visitor(visitor)

    await storage.write(store)
    asked = [own[0].id, own[2].id, stranger.id, "unknown"]
    found = await storage.read(lambda transaction: transaction.visitors_with(call.id, asked))

    assert [own[0], own[2]] == sorted(found, key=lambda visitor: visitor.id)
