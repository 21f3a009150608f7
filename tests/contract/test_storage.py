"""What every store of calls keeps to."""

from __future__ import annotations

import asyncio
import threading
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from calls.errors import ConfigError, StaleCallError, StorageError
from calls.ids import new_call_id
from calls.model import (
    Call,
    CallState,
    ChannelId,
    Delivery,
    EndReason,
    Notice,
    Participant,
    Reply,
    ResponseUrl,
    Room,
    TeamId,
    UserId,
)
from calls.ports import Transaction
from calls.sequel import Sequel
from calls.words.language import speaking, spoken
from storage import schema
from storage.database import Database
from storage.opening import open_engine
from storage.sqlite import process_lock
from tests.contract.storing import NOW

TEAM, OTHER_TEAM = TeamId("T1"), TeamId("T2")
HERE, ELSEWHERE = ChannelId("C1"), ChannelId("C2")
ALICE, BOB = UserId("U1"), UserId("U2")


def a_call(**changes: object) -> Call:
    """Return a new call, with changes."""
    call = Call(new_call_id(), "4K7-9QM", TEAM, HERE, "Weekly", ALICE, "link", NOW, due_at=NOW)
    return replace(call, **changes)  # type: ignore[arg-type]


def starting(call: Call) -> Reply:
    """Return the reply to a start."""
    return Reply("Starting.", call.id)


async def test_everything_of_a_call_comes_back_as_it_was_stored(storage: Database) -> None:
    """No field is lost, rounded or confused with another."""
    url = ResponseUrl("https://hooks.slack.com/x", NOW + timedelta(minutes=29))
    call = a_call(
        thread_ts="1.1",
        invited=(ALICE, BOB),
        state=CallState.ENDING,
        live_at=NOW + timedelta(microseconds=1),
        ended_at=NOW + timedelta(hours=1),
        ended_by=BOB,
        end_reason=EndReason.ENDED_BY_PERSON,
        error_code="none",
        room=Room("room", "https://meet.example.com/room", "123", "meet://room"),
        slack_call_id="R1",
        title_told="Old",
        posted=True,
        message_ts="2.2",
        slack_ended=True,
        end_shown=True,
        start_url=url,
        card_url=url,
        tries=3,
        language="de",
        invited_told="a1",
        invited_tell_at=NOW,
        sequel=Sequel("b", BOB, "a", is_offered=True, is_begun=True),
    )

    await storage.write(lambda transaction: transaction.add_call(call))

    assert call == await storage.read(lambda transaction: transaction.call(call.id))


async def test_a_copy_of_a_delivery_does_nothing_and_gets_the_same_reply(storage: Database) -> None:
    """Four copies at once start one call, and all four are told the same."""
    ran: list[Call] = []

    def work(transaction: Transaction) -> Reply:
        call = a_call(title=f"call {len(ran)}")
        ran.append(call)
        transaction.add_call(call)
        return Reply("Starting.", call.id)

    replies = await asyncio.gather(*(storage.accept(Delivery(TEAM, "command:1"), work) for _ in range(4)))

    assert len(ran) == 1
    assert {starting(ran[0])} == set(replies)
    assert len(await storage.read(lambda transaction: transaction.open_calls(TEAM, HERE))) == 1


async def test_the_same_key_of_another_workspace_is_another_delivery(storage: Database) -> None:
    """Ids of Slack's are only unique within a workspace."""
    first = await storage.accept(Delivery(TEAM, "command:1"), lambda _: Reply("one"))
    second = await storage.accept(Delivery(OTHER_TEAM, "command:1"), lambda _: Reply("two"))

    assert (Reply("one"), Reply("two")) == (first, second)


async def test_a_write_on_an_old_version_is_refused(storage: Database) -> None:
    """Two writers that read the same version cannot both win."""
    call = a_call()
    await storage.write(lambda transaction: transaction.add_call(call))
    await storage.write(lambda transaction: transaction.save_call(replace(call, title="first")))

    with pytest.raises(StaleCallError):
        await storage.write(lambda transaction: transaction.save_call(replace(call, title="second")))

    stored = await storage.read(lambda transaction: transaction.call(call.id))
    assert stored is not None
    assert stored.title == "first"


@pytest.mark.timeout(20)
async def test_work_that_fails_in_a_way_nobody_foresaw_harms_nobody_else(storage: Database) -> None:
    """Whoever asked for it gets its error, alone or among others, and the store goes on."""

    def fail(_: Transaction) -> None:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await storage.write(fail)
    calls = [a_call(title=str(number)) for number in range(10)]
    results = await asyncio.gather(
        storage.write(fail),
        *(storage.write(lambda transaction, call=call: transaction.add_call(call)) for call in calls),  # type: ignore[misc]
        storage.write(fail),
        return_exceptions=True,
    )

    assert [ZeroDivisionError] * 2 == [type(results[0]), type(results[-1])]
    assert 10 == len(await storage.read(lambda transaction: transaction.open_calls(TEAM, HERE)))


@pytest.mark.timeout(20)
async def test_an_asker_whose_loop_is_gone_harms_nobody_else(storage: Database) -> None:
    """Work outlives whoever asked for it, and there is nobody to answer to then."""
    begun, may_end = threading.Event(), threading.Event()

    def slow(_: Transaction) -> None:
        begun.set()
        may_end.wait(10)

    def ask_and_leave() -> None:
        loop = asyncio.new_event_loop()
        asking = loop.create_task(storage.write(slow))
        loop.run_until_complete(asyncio.to_thread(begun.wait))
        asking.cancel()
        loop.run_until_complete(asyncio.wait([asking]))
        loop.close()

    await asyncio.to_thread(ask_and_leave)
    may_end.set()

    await storage.check_writable()


async def test_one_refused_write_takes_nothing_of_its_neighbours_back(storage: Database) -> None:
    """Writes that share a commit stay independent."""
    kept = [a_call(title=str(number)) for number in range(20)]
    stale = a_call(version=9)

    results = await asyncio.gather(
        *(storage.write(lambda transaction, call=call: transaction.add_call(call)) for call in kept),  # type: ignore[misc]
        storage.write(lambda transaction: transaction.save_call(stale)),
        return_exceptions=True,
    )

    assert isinstance(results[-1], StaleCallError)
    assert len(await storage.read(lambda transaction: transaction.open_calls(TEAM))) == 20


async def test_a_refused_delivery_leaves_no_trace(storage: Database) -> None:
    """A delivery that could not be done is not remembered as done."""
    with pytest.raises(StaleCallError):
        await storage.accept(Delivery(TEAM, "k"), _stale)

    assert Reply("again") == await storage.accept(Delivery(TEAM, "k"), lambda _: Reply("again"))


async def test_open_calls_are_found_by_workspace_conversation_and_person(storage: Database) -> None:
    """Nobody is shown a call of another workspace, and finished calls are not listed."""
    here, elsewhere = a_call(title="here"), a_call(title="elsewhere", channel_id=ELSEWHERE, started_by=BOB)
    foreign, over = a_call(team_id=OTHER_TEAM), a_call(state=CallState.ENDED)
    joined = Participant(elsewhere.id, "slack:U1", present=True, told=True, joined_at=NOW, slack_id=ALICE)

    def work(transaction: Transaction) -> None:
        for call in (here, elsewhere, foreign, over):
            transaction.add_call(call)
        transaction.save_participant(joined)

    await storage.write(work)

    async def titles(find: str, *given: object) -> list[str]:
        found = await storage.read(lambda transaction: getattr(transaction, find)(*given))
        return [call.title for call in found]

    assert await titles("open_calls", TEAM, HERE) == ["here"]
    assert await titles("open_calls", TEAM) == ["here", "elsewhere"]
    assert await titles("calls_of", TEAM, ALICE) == ["here", "elsewhere"]
    assert await titles("calls_of", TEAM, BOB) == ["elsewhere"]


async def test_due_calls_come_longest_due_first(storage: Database) -> None:
    """The sweep finds what is due now and learns when to look again."""
    late, later, future, idle = (
        a_call(title=title, due_at=due_at)
        for title, due_at in (
            ("late", NOW - timedelta(seconds=9)),
            ("later", NOW - timedelta(seconds=5)),
            ("future", NOW + timedelta(seconds=5)),
            ("idle", None),
        )
    )
    for call in (later, future, idle, late):
        await storage.write(lambda transaction, call=call: transaction.add_call(call))  # type: ignore[misc]

    assert [late.id, later.id] == list(await storage.due(NOW, 10))
    assert [late.id] == list(await storage.due(NOW, 1))
    assert late.due_at == await storage.next_due_at()


async def test_people_keep_the_order_in_which_they_came(storage: Database) -> None:
    """Coming back does not move somebody to the end of the list."""
    call = a_call()
    first = Participant(call.id, "slack:U9", present=True, told=False, joined_at=NOW)
    second = Participant(call.id, "guest:1", present=True, told=False, joined_at=NOW + timedelta(seconds=1))

    def work(transaction: Transaction) -> None:
        transaction.add_call(call)
        transaction.save_participant(second)
        transaction.save_participant(first)
        transaction.save_participant(replace(first, present=False, left_at=NOW))

    await storage.write(work)

    people = await storage.read(lambda transaction: transaction.participants(call.id))
    assert [replace(first, present=False, left_at=NOW), second] == list(people)


async def test_a_sentence_waits_until_it_is_dropped(storage: Database) -> None:
    """What a person still has to be told survives until it was told."""
    call = a_call()
    notice = Notice(call.id, TEAM, HERE, ALICE, "Something went wrong.", ResponseUrl("https://x", NOW))

    def work(transaction: Transaction) -> None:
        transaction.add_call(call)
        transaction.add_notice(notice)

    await storage.write(work)
    waiting = await storage.read(lambda transaction: transaction.notices(call.id))
    await storage.write(lambda transaction: transaction.drop_notice(waiting[0].id))

    assert [notice] == [replace(one, id=0) for one in waiting]
    assert list(await storage.read(lambda transaction: transaction.notices(call.id))) == []


async def test_old_deliveries_are_forgotten_and_young_ones_are_not(database_url: str) -> None:
    """A copy is recognised for at least a day, and the table does not grow for ever."""
    engine = open_engine(database_url)
    schema.upgrade(engine)
    clock = [NOW]
    database = Database(engine, lambda: clock[0])
    await database.accept(Delivery(TEAM, "old"), lambda _: Reply("first"))
    clock[0] = NOW + timedelta(hours=25)
    await database.prune()
    still_known = await database.accept(Delivery(TEAM, "old"), lambda _: Reply("second"))
    clock[0] = NOW + timedelta(hours=49)
    forgotten = await database.prune()
    database.close()

    assert Reply("first") == still_known
    assert forgotten == 1


async def test_what_cannot_be_stored_is_said_to_be_so(database_url: str) -> None:
    """A database that another program has locked gives an error in time for an answer, and works again later."""
    engine = open_engine(database_url)
    schema.upgrade(engine)
    database = Database(engine, lambda: NOW)
    other = open_engine(database_url)
    blocker = other.execution_options(writes=True).connect()
    is_sqlite = engine.dialect.name == "sqlite"
    blocker.execute(text("DELETE FROM deliveries" if is_sqlite else "LOCK TABLE deliveries IN EXCLUSIVE MODE"))

    with pytest.raises(StorageError):
        await asyncio.wait_for(database.accept(Delivery(TEAM, "k"), lambda _: Reply("no")), timeout=2.9)
    blocker.rollback()
    blocker.close()
    other.dispose()

    assert Reply("yes") == await database.accept(Delivery(TEAM, "k"), lambda _: Reply("yes"))
    database.close()


def test_the_schema_is_what_the_tables_say_and_a_newer_one_stops_the_start(database_url: str) -> None:
    """Migrations end where the code begins, and an old program never writes into a newer database."""
    engine = open_engine(database_url)
    schema.upgrade(engine)
    schema.upgrade(engine)

    assert schema.differences(engine) == []
    with engine.execution_options(writes=True).begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(ConfigError, match="database_too_new"):
        schema.upgrade(engine)
    engine.dispose()


def test_one_process_has_the_file(tmp_path: Path) -> None:
    """A second server on the same file is told so."""
    url = f"sqlite:///{tmp_path}/calls.sqlite3"
    with process_lock(url) as first, process_lock(url) as second:
        assert (first, second) == (True, False)
    with process_lock(url) as third:
        assert third


def _stale(transaction: Transaction) -> Reply:
    transaction.save_call(a_call(version=9))
    return Reply("never")


async def test_what_is_said_in_a_transaction_is_said_in_the_language_of_whoever_asked(storage: Database) -> None:
    """Transactions run on threads of their own, and each still knows who is spoken to; two at once do not mix."""

    async def said_to(locale: str) -> tuple[str, str, str]:
        delivery = Delivery(TeamId("T1"), f"said to {locale}")
        with speaking(locale):
            written = await storage.write(lambda _: spoken())
            read = await storage.read(lambda _: spoken())
            reply = await storage.accept(delivery, lambda _: Reply(spoken()))
        return written, read, str(reply.text)

    said = await asyncio.gather(*(said_to(locale) for locale in ("de-DE", "ja-JP", "en-US")))
    assert [("de", "de", "de"), ("ja", "ja", "ja"), ("en", "en", "en")] == said
