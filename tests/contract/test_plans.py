"""What every store of scheduled calls keeps to."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from calls.errors import StaleCallError
from calls.model import CallId, ChannelId, ResponseUrl, TeamId, UserId
from calls.plan import Coming, Plan, PlanPerson, PlanState, Repeats, new_plan_id
from calls.ports import Transaction
from storage.database import Database
from tests.contract.storing import NOW

TEAM, HERE, ELSEWHERE = TeamId("T1"), ChannelId("C1"), ChannelId("C2")
ALICE, BOB, CAROL = UserId("U1"), UserId("U2"), UserId("U3")


def a_plan(**changes: object) -> Plan:
    """Return a plan, with changes."""
    plan = Plan(new_plan_id(), "4K7-9QM", TEAM, HERE, "Weekly", ALICE, NOW, next_at=NOW, state=PlanState.PLANNED)
    return replace(plan, **changes)  # type: ignore[arg-type]


async def test_everything_of_a_plan_comes_back_as_it_was_stored(storage: Database) -> None:
    """No field is lost, rounded or confused with another."""
    plan = a_plan(
        provider="zoom",
        typed="at 15:00",
        zone="Europe/Berlin",
        begins_at=NOW + timedelta(microseconds=1),
        duration=timedelta(minutes=45),
        repeats=Repeats.WEEKLY,
        until=NOW + timedelta(days=90),
        skipped=(NOW + timedelta(days=7), NOW + timedelta(days=14)),
        reminder=timedelta(minutes=5),
        reminded_for=NOW,
        started=CallId("c1"),
        missed_at=NOW - timedelta(days=7),
        changed_by=BOB,
        posted=True,
        message_ts="1.1",
        told="abc",
        show_at=NOW + timedelta(seconds=1),
        news_told=False,
        notice="Something.",
        start_url=ResponseUrl("https://hooks.slack.com/x", NOW + timedelta(minutes=29)),
        due_at=NOW + timedelta(seconds=2),
        tries=3,
        language="de",
    )
    await storage.write(lambda transaction: transaction.add_plan(plan))

    assert plan == await storage.read(lambda transaction: transaction.plan(plan.id))


async def test_a_write_on_an_old_version_is_refused(storage: Database) -> None:
    """Two writers that read the same version cannot both win."""
    plan = a_plan()
    await storage.write(lambda transaction: transaction.add_plan(plan))
    await storage.write(lambda transaction: transaction.save_plan(replace(plan, title="first")))

    with pytest.raises(StaleCallError):
        await storage.write(lambda transaction: transaction.save_plan(replace(plan, title="second")))


async def test_plans_are_found_by_conversation_and_by_person(storage: Database) -> None:
    """Those that still take place, the next first; whoever declined is spared."""
    later = a_plan(title="later", next_at=NOW + timedelta(days=1))
    sooner, elsewhere = a_plan(title="sooner"), a_plan(title="elsewhere", channel_id=ELSEWHERE, planned_by=BOB)
    over = a_plan(title="over", state=PlanState.OVER)

    def work(transaction: Transaction) -> None:
        for plan in (later, sooner, elsewhere, over):
            transaction.add_plan(plan)
        transaction.save_plan_person(PlanPerson(elsewhere.id, ALICE, is_invited=True))
        transaction.save_plan_person(PlanPerson(sooner.id, CAROL, is_invited=True, coming=Coming.NO))
        transaction.save_plan_person(PlanPerson(later.id, CAROL, coming=Coming.MAYBE))

    await storage.write(work)

    async def titles_of(user: UserId) -> list[str]:
        plans = await storage.read(lambda transaction: transaction.plans_of(TEAM, user))
        return sorted(plan.title for plan in plans)

    here = await storage.read(lambda transaction: transaction.plans_in(TEAM, HERE))
    assert ["sooner", "later"] == [plan.title for plan in here]
    assert ["elsewhere", "later", "sooner"] == await titles_of(ALICE)
    assert ["elsewhere"] == await titles_of(BOB)
    assert ["later"] == await titles_of(CAROL)


async def test_plans_are_due_among_calls_and_told_apart_from_them(storage: Database) -> None:
    """The longest due first, and the next one known."""
    first, second = a_plan(due_at=NOW - timedelta(seconds=2)), a_plan(due_at=NOW - timedelta(seconds=1))
    for plan in (second, first):
        await storage.write(lambda transaction, plan=plan: transaction.add_plan(plan))  # type: ignore[misc]

    assert [first.id, second.id] == await storage.due(NOW, 10)
    assert [first.id] == await storage.due(NOW, 1)
    assert first.due_at == await storage.next_due_at()
