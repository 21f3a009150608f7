"""What strangers can ask for is looked up once for all who ask at the same time."""

from __future__ import annotations

import asyncio

from listeners.recently import Recently


async def test_many_who_ask_at_once_cost_one_look() -> None:
    """And whoever asks a moment later gets the same answer."""
    looks = 0

    async def look() -> int:
        nonlocal looks
        looks += 1
        await asyncio.sleep(0)
        return looks

    recent = Recently(look, for_s=60)
    found = await asyncio.gather(*(recent() for _ in range(100)))

    assert [1] * 100 == found
    assert await recent() == 1


async def test_a_look_that_is_old_is_made_anew() -> None:
    """Nobody is told for ever what was true once."""
    answers = iter(["not ready", "ready"])

    async def look() -> str:
        return next(answers)

    recent = Recently(look, for_s=0)

    assert [await recent(), await recent()] == ["not ready", "ready"]


async def test_who_goes_away_ends_the_look_for_nobody_else() -> None:
    """One that is cancelled does not cancel what others wait for."""
    may_answer = asyncio.Event()

    async def look() -> str:
        await may_answer.wait()
        return "ready"

    recent = Recently(look, for_s=60)
    first, second = asyncio.create_task(recent()), asyncio.create_task(recent())
    await asyncio.sleep(0)
    first.cancel()
    may_answer.set()

    assert await second == "ready"
