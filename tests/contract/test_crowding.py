"""How much was asked for is counted in the rows, on both databases, for whichever process stored them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from calls.ids import new_call_id
from calls.invitation import Invitation, InvitationState
from calls.limits import Asker, Crowd, Limits, may_ring, too_much
from calls.model import CallState, ChannelId, UserId
from calls.ports import Transaction
from calls.room_left import RoomLeft
from storage.database import Database
from storage.opening import open_engine
from tests.contract.storing import NOW
from tests.contract.test_storage import ALICE, BOB, ELSEWHERE, HERE, OTHER_TEAM, TEAM, a_call

MINUTE_AGO = NOW - timedelta(minutes=1)
ONE_EACH = Limits(1, 1, 1, 1, 1)
CAROL = UserId("U3")


@pytest.fixture
async def other_process(database_url: str, storage: Database) -> AsyncIterator[Database]:
    """Return the store as a second process has it; SQLite has one process alone, and another connection."""
    assert storage is not None
    database = Database(open_engine(database_url), lambda: NOW)
    yield database
    database.close()


async def crowd(storage: Database, allowed: Limits, *, channel_id: ChannelId = HERE, user_id: UserId = ALICE) -> Crowd:
    """Return how much was asked for."""
    asker = Asker(TEAM, channel_id, user_id, MINUTE_AGO)
    return await storage.read(lambda transaction: transaction.crowd(asker, allowed))


async def add(storage: Database, number: int, **changes: object) -> list[datetime]:
    """Store calls, each a second older than the one before, and return when they began."""
    times = [NOW - timedelta(seconds=one) for one in range(number)]
    for time in times:
        call = replace(a_call(created_at=time), **changes)  # type: ignore[arg-type]
        await storage.write(lambda transaction, call=call: transaction.add_call(call))  # type: ignore[misc]
    return times


async def test_nothing_was_asked_for_at_first(storage: Database) -> None:
    """Nobody has to wait in an empty database."""
    assert Crowd(waiting=0) == await crowd(storage, ONE_EACH)


async def test_a_person_waits_for_the_start_that_has_to_be_a_minute_old(storage: Database) -> None:
    """Wherever they started it; others, and the same id in another workspace, do not."""
    times = await add(storage, 3, channel_id=ELSEWHERE, state=CallState.FAILED)
    await add(storage, 5, team_id=OTHER_TEAM, state=CallState.FAILED)

    assert times[2] == (await crowd(storage, replace(ONE_EACH, starts_by_person=3))).by_person
    assert times[0] == (await crowd(storage, ONE_EACH)).by_person
    assert None is (await crowd(storage, replace(ONE_EACH, starts_by_person=4))).by_person
    assert None is (await crowd(storage, ONE_EACH, user_id=BOB)).by_person


async def test_what_was_started_a_minute_ago_no_longer_counts(storage: Database) -> None:
    """To the second."""
    await add(storage, 1, created_at=MINUTE_AGO, state=CallState.ENDED)
    assert Crowd(waiting=0) == await crowd(storage, ONE_EACH)


async def test_a_conversation_counts_what_began_there_open_or_over_and_no_questions(storage: Database) -> None:
    """A question is seen by one person only."""
    await add(storage, 1, started_by=BOB, state=CallState.ENDED)
    await add(storage, 1, started_by=BOB, state=CallState.LIVE)
    await add(storage, 4, started_by=BOB, state=CallState.WAITING)

    assert NOW == (await crowd(storage, replace(ONE_EACH, starts_in_channel=2))).in_channel
    assert None is (await crowd(storage, replace(ONE_EACH, starts_in_channel=3))).in_channel
    assert None is (await crowd(storage, ONE_EACH, channel_id=ELSEWHERE)).in_channel


async def test_a_workspace_is_full_of_calls_without_a_card(storage: Database) -> None:
    """Calls that run, and those of other workspaces, take no place."""
    old = NOW - timedelta(hours=1)
    for state in (CallState.WAITING, CallState.ACCEPTED, CallState.ROOM_MADE, CallState.REGISTERED):
        await add(storage, 1, created_at=old, state=state)
    await add(storage, 3, created_at=old, state=CallState.LIVE)
    await add(storage, 3, created_at=old, team_id=OTHER_TEAM)

    assert 4 == (await crowd(storage, replace(ONE_EACH, waiting_in_workspace=4))).waiting
    assert 4 == (await crowd(storage, replace(ONE_EACH, waiting_in_workspace=5))).waiting
    assert 2 == (await crowd(storage, replace(ONE_EACH, waiting_in_workspace=2))).waiting


async def test_what_another_process_stored_counts(storage: Database, other_process: Database) -> None:
    """There is nothing to count but the rows."""
    await asyncio.gather(add(storage, 2, state=CallState.FAILED), add(other_process, 2, state=CallState.FAILED))

    assert (await crowd(storage, replace(ONE_EACH, starts_by_person=4))).by_person is not None
    assert (await crowd(other_process, replace(ONE_EACH, starts_by_person=4))).by_person is not None


async def test_the_sentence_says_how_long_to_wait(storage: Database) -> None:
    """Until the oldest start that counts is a minute old."""
    await add(storage, 1, created_at=NOW - timedelta(seconds=20.5), state=CallState.FAILED)

    refused = await storage.read(
        lambda transaction: too_much(transaction, a_call(), replace(Limits(), starts_by_person=1), RoomLeft())
    )
    assert "You started 1 call in a minute, and more are not possible. Wait 40 s, then try again." == refused
    assert None is await storage.read(lambda transaction: too_much(transaction, a_call(), Limits(), RoomLeft()))


async def test_the_usual_limits_let_a_thousand_calls_of_one_person_begin_in_a_minute(storage: Database) -> None:
    """They stop what runs away, and that they do."""
    many = [a_call(channel_id=ChannelId(f"C{number}"), state=CallState.LIVE) for number in range(1_200)]

    async def refusal_after(number: int) -> str | None:
        def add_all(transaction: Transaction) -> None:
            for _ in range(number):
                transaction.add_call(many.pop())

        await storage.write(add_all)
        return await storage.read(lambda transaction: too_much(transaction, a_call(), Limits(), RoomLeft()))

    assert None is await refusal_after(1_000)
    refused = await refusal_after(200)
    assert "You started 1200 calls in a minute, and more are not possible. Wait 60 s, then try again." == refused


async def test_more_people_than_a_call_may_have_are_not_invited_by_its_start(storage: Database) -> None:
    """A start is no way around what an invitation may not."""
    call = a_call(invited=tuple(UserId(f"U{number}") for number in range(101)))
    refused = await storage.read(lambda transaction: too_much(transaction, call, Limits(), RoomLeft()))
    assert "At most 100 people can be invited to one call. Post its link in the conversation instead." == refused


@pytest.mark.parametrize("allowed", [replace(Limits(), rings_of_person=2), replace(Limits(), rings_by_person=2)])
async def test_rings_count_over_calls_whatever_became_of_them(storage: Database, allowed: Limits) -> None:
    """Rung, or about to be; those of a minute ago and those of other workspaces do not count."""
    next_one = Invitation(new_call_id(), CAROL, BOB)

    async def ring(invitation: Invitation, **changes: object) -> bool:
        call = a_call(**changes)
        await storage.write(lambda transaction: transaction.add_call(call))
        await storage.write(lambda transaction: transaction.save_invitation(replace(invitation, call_id=call.id)))
        return await storage.read(lambda transaction: may_ring(transaction, TEAM, next_one, allowed, NOW))

    stopped = replace(next_one, state=InvitationState.STOPPED, rung_at=NOW - timedelta(seconds=59))
    assert await ring(replace(stopped, rung_at=MINUTE_AGO))
    assert await ring(stopped, team_id=OTHER_TEAM)
    assert await ring(replace(next_one, state=InvitationState.QUIET))
    assert await ring(stopped)
    assert not await ring(replace(next_one, state=InvitationState.CLEARED))
