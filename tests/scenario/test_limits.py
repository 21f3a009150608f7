"""Whoever asks for too much is refused in words and nobody else is; ending a call is always possible."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Connection, update

from calls.model import CallState
from sandbox.testing import wait_for
from storage.tables import calls
from tests.scenario.ringing import rings
from tests.world import GENERAL, USUAL, World, new_channel, running_world

Limited = Callable[..., AbstractAsyncContextManager[World]]


@pytest.fixture(params=["socket_mode", "http_and_postgres"])
def limited(request: pytest.FixtureRequest, tmp_path: Path) -> Limited:
    """Return what runs the app with limits, by the last part of their names."""
    is_http = request.param == "http_and_postgres"
    database_url = request.getfixturevalue("postgres_url") if is_http else ""

    @asynccontextmanager
    async def run(**limits: int) -> AsyncIterator[World]:
        extra = {**USUAL, **{f"STARTCALL_{name}": str(number) for name, number in limits.items()}}
        async with running_world(tmp_path, http=is_http, database_url=database_url, extra=extra) as world:
            yield world

    return run


pytestmark = pytest.mark.postgres


async def start(world: World, channel_id: str, text: str = "Standup") -> str:
    """Have Alice start a call, and return what she is told at once."""
    ack = await world.alice.command(channel_id, "/startcall", text)
    return str(ack.payload.get("text", ""))


async def over(world: World, number: int) -> None:
    """Wait until some calls are over."""
    query = calls.select().where(calls.c.state == CallState.ENDED.value)
    async with asyncio.timeout(15):
        while True:
            if number <= len(await world.server.database.query(lambda connection: connection.execute(query).all())):
                return
            await asyncio.sleep(0.02)


async def pass_a_minute(world: World) -> None:
    """Move everything that was started into the past."""
    span = timedelta(minutes=1)

    def earlier(connection: Connection) -> None:
        for row in connection.execute(calls.select()).all():
            query = update(calls).where(calls.c.id == row.id)
            connection.execute(query.values(created_at=row.created_at - span))

    await world.server.database.change(earlier)


async def test_a_person_who_starts_too_much_is_told_how_long_to_wait(limited: Limited) -> None:
    """Nothing is started then; Bob is not concerned, Alice can still end, and a minute later start again."""
    async with limited(STARTS_PER_PERSON=2) as world:
        places = [new_channel(world.slack) for _ in range(3)]
        assert ["", ""] == [await start(world, place) for place in places[:2]]
        refused = await start(world, places[2])
        card = await world.card(places[0])
        ended = await world.alice.command(places[0], "/startcall", "end")
        await world.bob.command(GENERAL, "/startcall", "Lunch")
        await world.card(GENERAL)

        assert refused.startswith("You started 2 calls in a minute, and more are not possible. Wait ")
        assert refused.endswith(" s, then try again.")
        assert ended.is_ok
        await wait_for(lambda: "has ended" in card.text)
        assert [] == world.cards(places[2])
        await pass_a_minute(world)
        assert "" == await start(world, places[2])
        await world.card(places[2])


async def test_a_conversation_is_not_flooded_by_starting_and_ending(limited: Limited) -> None:
    """Ended calls count as well; elsewhere the same person goes on."""
    async with limited(STARTS_PER_CHANNEL=2) as world:
        for number in (1, 2):
            assert "" == await start(world, GENERAL)
            await world.card(GENERAL, number)
            await world.alice.command(GENERAL, "/startcall", "end")
            await over(world, number)
        assert "2 calls were started here in a minute, and more are not possible." in await start(world, GENERAL)
        place = new_channel(world.slack)
        assert "" == await start(world, place)
        await world.card(place)
        await world.settled()
        assert 2 == len(world.cards(GENERAL))


async def test_no_more_calls_wait_than_may(limited: Limited) -> None:
    """While Slack takes none they pile up to the limit; once it does, all of them come, and the next."""
    async with limited(WAITING_PER_WORKSPACE=2) as world:
        world.slack.faults.add("calls.add", "error", error="internal_error", times=2)
        places = [new_channel(world.slack) for _ in range(3)]
        assert ["", ""] == [await start(world, place) for place in places[:2]]
        refused = await start(world, places[2])
        expected = "2 calls of this workspace are waiting to begin, and no more can wait. Try again in a minute."
        assert expected == refused
        for place in places[:2]:
            await wait_for(lambda place=place: bool(world.cards(place)), 10)  # type: ignore[misc]
        await world.settled()
        assert "" == await start(world, places[2])
        await world.card(places[2])


async def test_somebody_is_not_rung_without_end(limited: Limited) -> None:
    """Whoever invites is told; the invitation stands on the card, and a call that starts anew does not help."""
    async with limited(RINGS_PER_PERSON=1) as world:
        await start(world, GENERAL, "One @bob")
        await wait_for(lambda: len(rings(world, world.bob.user_id)) == 1)
        await world.alice.command(GENERAL, "/startcall", "end")
        await world.settled()
        place = new_channel(world.slack)
        await start(world, place, "Two @bob")
        await world.card(place)
        await wait_for(lambda: any("was not rung" in text for text in world.told(place, world.alice.user_id)))
        await world.settled()

        assert 1 == len(rings(world, world.bob.user_id))
        expected = (
            f"<@{world.bob.user_id}> is invited, and was not rung: too much rang in the last minute. "
            "Send a message, or invite again later."
        )
        assert expected in world.told(place, world.alice.user_id)


async def test_one_person_does_not_ring_everybody(limited: Limited) -> None:
    """Those beyond the limit are invited silently."""
    async with limited(RINGS_BY_PERSON=1) as world:
        await start(world, GENERAL, "One @bob @carol")
        await world.card(GENERAL)
        await wait_for(lambda: any("was not rung" in text for text in world.told(GENERAL, world.alice.user_id)))
        await world.settled()
        carol = next(user.id for user in world.slack.workspace.users.values() if user.name == "carol")
        assert 1 == len(rings(world, world.bob.user_id)) + len(rings(world, carol))
