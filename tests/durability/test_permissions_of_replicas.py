"""Who may do what holds where two processes take requests at the same moment."""

from __future__ import annotations

import asyncio

import pytest

from calls.clock import now
from calls.model import Person, TeamId, UserId
from calls.preferences import Holder, Who, WorkspacePreferences
from sandbox.server import Sandbox
from sandbox.testing import wait_for
from storage.database import Database
from storage.opening import open_engine
from storage.schema import upgrade
from tests.choosing import Choosing
from tests.durability.replicas import Replicas, replicas
from tests.world import GENERAL, buttons, cards

pytestmark = [pytest.mark.postgres, pytest.mark.timeout(120)]


async def choose(world: Replicas, chosen: WorkspacePreferences) -> None:
    """Choose for the workspace."""
    engine = open_engine(world.database_url)
    upgrade(engine)
    database = Database(engine, now)
    team = TeamId(world.slack.workspace.team.id)
    await Choosing(database, now).choose(Person(team, UserId("U0ALICE0001")), Holder.WORKSPACE, team, chosen)
    database.close()


async def start(slack: Sandbox) -> str:
    """Have Bob, who is no admin, start a call, and return where its card is."""
    await slack.person("bob").command(GENERAL, "/startcall", "Weekly sync")
    await wait_for(lambda: len(cards(slack)) == 1, 15)
    return cards(slack)[0].ts


def told(slack: Sandbox, user_id: str) -> str:
    """Return what one person alone was told."""
    return "\n".join(one.text for one in slack.workspace.messages[GENERAL] if one.ephemeral_for == user_id)


async def test_ends_at_once_by_those_who_may_and_those_who_may_not_end_once(postgres_url: str) -> None:
    """Those who may not are refused, whoever is first; Slack hears of one end."""
    async with replicas(postgres_url, copies=0) as world:
        await choose(world, WorkspacePreferences(ends=Who.STARTER))
        apps, slack = [world.add(), world.add()], world.slack
        people = [slack.person(name) for name in ("carol", "dave", "bob", "carol", "alice", "dave")]
        try:
            await asyncio.gather(*(app.start() for app in apps))
            ts = await start(slack)
            await asyncio.gather(*(person.click(GENERAL, ts, "end_call") for person in people[:2]))
            await wait_for(lambda: all("can be ended by" in told(slack, one.user_id) for one in people[:2]), 15)
            assert not next(iter(slack.workspace.calls.values())).date_end
            await asyncio.gather(*(person.click(GENERAL, ts, "end_call") for person in people))
            await wait_for(lambda: buttons(cards(slack)[0]) == ["reopen_call"], 15)
            # The presses of those who may not come to nothing before the end, and after it.
            await asyncio.gather(*(person.click(GENERAL, ts, "reopen_call") for person in people))
            await wait_for(lambda: len(cards(slack)) == 2, 15)
            await wait_for(lambda: buttons(cards(slack)[0]) == [], 15)
        finally:
            await asyncio.gather(*(app.kill() for app in apps))

        assert 1 == len(slack.api_calls("calls.end"))
        assert 2 == len(slack.workspace.calls)
        assert 2 == len(cards(slack))


async def test_joining_while_somebody_ends_leaves_nobody_in_an_ended_call(postgres_url: str) -> None:
    """Whoever comes first, the call has one end, and the card says who was there."""
    async with replicas(postgres_url, copies=0) as world:
        await choose(world, WorkspacePreferences(ends=Who.PARTICIPANTS))
        apps, slack = [world.add(), world.add()], world.slack
        try:
            await asyncio.gather(*(app.start() for app in apps))
            ts = await start(slack)
            joins = [slack.person(name).click(GENERAL, ts, "join_call") for name in ("alice", "carol", "dave")]
            await asyncio.gather(slack.person("bob").click(GENERAL, ts, "end_call"), *joins)
            await wait_for(lambda: buttons(cards(slack)[0]) == ["reopen_call"], 15)
        finally:
            await asyncio.gather(*(app.kill() for app in apps))

        call = next(iter(slack.workspace.calls.values()))
        was_there = cards(slack)[0].blocks[1]["elements"][0]["text"]
        assert call.date_end
        assert 1 == len(slack.api_calls("calls.end"))
        assert all(f"<@{one['slack_id']}>" in was_there for one in call.everyone)
