"""What every store of calls keeps to when it looks back."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from sqlalchemy import Connection, text

from calls.ids import new_call_id
from calls.model import Call, CallState, ChannelId, Participant, TeamId, UserId
from calls.past import Chart
from calls.ports import Transaction
from calls.profile import Profile
from storage.database import Database
from tests.contract.storing import NOW

MONDAY = datetime(2026, 11, 16, tzinfo=UTC)
TEAM, OTHER_TEAM = TeamId("T1"), TeamId("T2")
HERE, ELSEWHERE = ChannelId("C1"), ChannelId("C2")
ALICE, BOB = UserId("U1"), UserId("U2")


def a_call(hours_ago: float = 0, **changes: object) -> Call:
    """Return a call that is over, with changes."""
    began = NOW - timedelta(hours=hours_ago)
    call = Call(new_call_id(), "4K7-9QM", TEAM, HERE, "Weekly", ALICE, "link", began, state=CallState.ENDED)
    return replace(call, **changes)  # type: ignore[arg-type]


def there(call: Call, slack_id: UserId, **changes: object) -> Participant:
    """Return somebody who was in a call."""
    key = f"slack:{slack_id}"
    person = Participant(call.id, key, present=False, told=False, joined_at=call.created_at, slack_id=slack_id)
    return replace(person, **changes)  # type: ignore[arg-type]


async def stored(storage: Database, *calls: Call, people: tuple[Participant, ...] = ()) -> None:
    """Store calls and people."""

    def work(transaction: Transaction) -> None:
        for call in calls:
            transaction.add_call(call)
        for person in people:
            transaction.save_participant(person)

    await storage.write(work)


async def test_past_calls_are_those_of_one_conversation_that_are_over_newest_first(storage: Database) -> None:
    """With each person once: who turned out to be somebody else is not counted."""
    old, new = a_call(2), a_call(1)
    others = (a_call(channel_id=ELSEWHERE), a_call(team_id=OTHER_TEAM), a_call(state=CallState.LIVE))
    guest = replace(there(new, BOB, key="guest:1"), slack_id=None, same_as="slack:U1")
    await stored(storage, old, new, *others, people=(there(new, ALICE), guest))
    found = await storage.read(lambda transaction: transaction.past_calls(TEAM, HERE, 10))
    newest = await storage.read(lambda transaction: transaction.past_calls(TEAM, HERE, 1))

    assert [new.id, old.id] == [one.call.id for one in found]
    assert [[ALICE], []] == [[person.slack_id for person in one.people] for one in found]
    assert [new.id] == [one.call.id for one in newest]


async def test_past_calls_of_a_person_are_those_they_started_or_were_in(storage: Database) -> None:
    """Each once, and none of another workspace."""
    started, was_in, both = a_call(3), a_call(2, started_by=BOB), a_call(1)
    not_theirs = (a_call(started_by=BOB), a_call(team_id=OTHER_TEAM))
    await stored(storage, started, was_in, both, *not_theirs, people=(there(was_in, ALICE), there(both, ALICE)))
    found = await storage.read(lambda transaction: transaction.past_calls_of(TEAM, ALICE, 10))
    newest = await storage.read(lambda transaction: transaction.past_calls_of(TEAM, ALICE, 2))

    assert [both.id, was_in.id, started.id] == [one.call.id for one in found]
    assert [both.id, was_in.id] == [one.call.id for one in newest]


async def test_open_calls_for_a_person_are_those_they_started_came_to_or_are_invited_to(storage: Database) -> None:
    """Whoever has left a call may come back; an id that begins alike is somebody else's."""
    live = {"state": CallState.LIVE, "started_by": BOB}
    started = a_call(4, state=CallState.LIVE)
    was_in, invited = a_call(3, **live), a_call(2, **live, invited=(BOB, ALICE))
    others = (a_call(1, **live, invited=(UserId("U11"),)), a_call(1, **live), a_call(1, invited=(ALICE,)))
    await stored(storage, started, was_in, invited, *others, people=(there(was_in, ALICE),))
    found = await storage.read(lambda transaction: transaction.open_calls_for(TEAM, ALICE))

    assert [started.id, was_in.id, invited.id] == [call.id for call in found]


async def test_calls_are_counted_by_the_week_in_which_they_began(storage: Database) -> None:
    """A moment before midnight on Sunday is another week than midnight."""
    moments = [MONDAY, MONDAY - timedelta(microseconds=1), MONDAY - timedelta(weeks=1), MONDAY - timedelta(weeks=3)]
    await stored(storage, *(a_call(created_at=moment) for moment in moments), a_call(team_id=OTHER_TEAM))
    since = MONDAY - timedelta(weeks=2)
    assert [0, 2, 1] == await storage.read(lambda transaction: transaction.calls_per_week(TEAM, since, 3))


async def test_names_are_those_that_slack_told(storage: Database) -> None:
    """Of the workspace asked about, for as many people as are asked about."""
    profiles = [Profile(TEAM, ALICE, NOW, name="Alice"), Profile(OTHER_TEAM, BOB, NOW, name="Bob")]

    def work(transaction: Transaction) -> None:
        for profile in profiles:
            transaction.save_profile(profile)

    await storage.write(work)
    many = [UserId(f"U{number}") for number in range(2_000)]
    assert {ALICE: "Alice"} == await storage.read(lambda transaction: transaction.names_of(TEAM, many))


async def test_a_chart_takes_the_place_of_the_one_before(storage: Database) -> None:
    """One for each workspace."""
    first = Chart(TEAM, (1, 2), MONDAY, "F1", NOW)
    second = replace(first, counts=(1, 3), file_id="F2")

    def work(transaction: Transaction) -> None:
        transaction.save_chart(first)
        transaction.save_chart(second)

    await storage.write(work)
    assert second == await storage.read(lambda transaction: transaction.chart(TEAM))
    assert await storage.read(lambda transaction: transaction.chart(OTHER_TEAM)) is None


async def test_the_history_of_a_conversation_is_read_by_its_index(storage: Database) -> None:
    """However many calls there were, the newest are found without sorting them all."""

    def plan(connection: Connection) -> str:
        is_sqlite = connection.engine.dialect.name == "sqlite"
        if not is_sqlite:
            connection.execute(text("SET LOCAL enable_seqscan = off"))
            connection.execute(text("SET LOCAL enable_sort = off"))
        explain = "EXPLAIN QUERY PLAN " if is_sqlite else "EXPLAIN "
        query = "SELECT id FROM calls WHERE team_id = 'T1' AND channel_id = 'C1' AND state = 'ended'"
        found = connection.execute(text(f"{explain}{query} ORDER BY created_at DESC LIMIT 10"))
        return str(found.all())

    assert "calls_past" in await storage.query(plan)
