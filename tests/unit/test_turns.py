"""Work gives way to requests that come in, in the order in which it came, and is never held up for good."""

from __future__ import annotations

import asyncio

from calls.acknowledged import LINE, acknowledged, delivery, turn


async def _work(number: int, done: list[int]) -> None:
    await acknowledged()
    await turn()
    done.append(number)


async def test_without_requests_work_goes_on_at_once() -> None:
    """A wake-up by the clock waits for nothing."""
    await asyncio.wait_for(turn(), 5)


async def test_work_waits_until_all_requests_are_answered() -> None:
    """Also that of a request which is answered itself, and then it goes on in its order."""
    done: list[int] = []
    with delivery():
        works = []
        for number in range(5):
            with delivery():
                works.append(asyncio.create_task(_work(number, done)))
                await asyncio.sleep(0)
        await asyncio.sleep(0.005)
        assert [] == done
    await asyncio.gather(*works)

    assert [0, 1, 2, 3, 4] == done


async def test_requests_that_never_end_hold_nothing_up_for_good() -> None:
    """One call after the other goes on meanwhile; one that nobody waits for any more is passed over."""
    done: list[int] = []
    works = []
    for number in range(4):
        with delivery():
            works.append(asyncio.create_task(_work(number, done)))
            await asyncio.sleep(0)
    with delivery():
        works += [asyncio.create_task(turn())]
        await asyncio.sleep(0)
        works[1].cancel()
        await asyncio.wait(works, timeout=5)

    assert [0, 2, 3] == done


async def test_a_long_line_is_worked_on_faster() -> None:
    """Else it would grow for as long as requests come in faster than one call every 20 ms."""
    with delivery():
        works = [asyncio.create_task(turn()) for _ in range(2 * LINE)]
        gone_on, _ = await asyncio.wait(works, return_when=asyncio.FIRST_COMPLETED)
    await asyncio.gather(*works)

    assert set(works[:3]) == gone_on
