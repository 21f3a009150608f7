"""Many browsers at the same moment, on both databases: a link still works once, and a person is one visitor."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from sandbox.people import BOB
from tests.own_links import SETTINGS, announced
from tests.scenario.test_joining import join_by_command, new_guest_link, visitors
from tests.scenario.visiting import Seen, Visit, started, visit
from tests.world import World, running_world

AT_ONCE = 12


@pytest.fixture
async def world(database_url: str, tmp_path: Path) -> AsyncIterator[World]:
    """Run the app on each database, with rooms that people enter by links of their own."""
    with announced(tmp_path):
        async with running_world(
            tmp_path, http=True, database_url=database_url, signs_in=True, extra=SETTINGS
        ) as running:
            yield running


@pytest.fixture
async def browsers(world: World) -> AsyncIterator[list[Visit]]:
    """Open several browsers."""
    async with AsyncExitStack() as stack:
        yield [await stack.enter_async_context(visit(world)) for _ in range(AT_ONCE)]


async def all_get(browsers: list[Visit], url: str) -> list[Seen]:
    """Open an address in every browser at the same moment."""
    return list(await asyncio.gather(*(browser.get(url) for browser in browsers)))


async def test_a_link_of_ones_own_works_for_one_of_many_browsers(world: World, browsers: list[Visit]) -> None:
    """One is let in, and every other one is told that it was used."""
    token = await started(world)
    link = await join_by_command(world)

    answers = await all_get(browsers, link)

    assert Counter({303: 1, 410: AT_ONCE - 1}) == Counter(answer.status for answer in answers)
    assert 1 == len(await visitors(world, token))


async def test_a_person_in_many_tabs_is_one_visitor(world: World, browsers: list[Visit]) -> None:
    """Whoever opens the call's address in many tabs, or on many devices, is one person to the meeting."""
    token = await started(world)
    await asyncio.gather(*(browser.sign_in(token, BOB) for browser in browsers))

    answers = await all_get(browsers, f"/j/{token}")

    assert {303} == {answer.status for answer in answers}
    assert 1 == len({answer.location for answer in answers})
    assert [BOB] == [visitor.slack_id for visitor in await visitors(world, token)]


async def test_guests_at_once_are_each_let_in(world: World, browsers: list[Visit]) -> None:
    """One link, many guests, each a visitor of their own."""
    await started(world)
    link, _ = await new_guest_link(world)

    await asyncio.gather(*(browser.send(link, {"name": "Gina"}) for browser in browsers))
    answers = await all_get(browsers, link)

    assert AT_ONCE == len({answer.location for answer in answers})
