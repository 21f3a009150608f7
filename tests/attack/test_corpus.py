"""Whatever a stranger sends to the running app gets a deliberate answer, and leaves nothing behind."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from pathlib import Path

import pytest

from tests.attack import forged, malformed, pages, unsigned
from tests.attack.case import Case
from tests.attack.target import ALLOWED_MIB, Target, target
from tests.attack.wire import request, status_of

AT_ONCE = 8

SLOW = {"headers that do not end", "a body that does not come", "an empty line"}

CORPUS = [*unsigned.CASES, *malformed.CASES, *pages.CASES, *forged.CASES]


@pytest.fixture
async def attacked(tmp_path: Path) -> AsyncIterator[Target]:
    """Run the app."""
    async with target(tmp_path) as running:
        yield running


async def send_all(at: Target, cases: Sequence[Case]) -> str:
    """Send requests, some at a time, and return, a line each, those whose answer was not deliberate."""
    turns = asyncio.Semaphore(AT_ONCE)

    async def one(case: Case) -> str | None:
        async with turns:
            try:
                status = await status_of(at.app.url, case.pieces(at.keys()), pause_s=case.pause_s)
            except TimeoutError:
                return f"{case.name}: no answer"
        return None if status in case.statuses else f"{case.name}: {status}"

    return "\n".join(found for found in await asyncio.gather(*map(one, cases)) if found is not None)


async def is_well(at: Target) -> bool:
    """Say whether the app takes work."""
    return await status_of(at.app.url, [request("/readyz", method="GET")]) == 200


def test_the_corpus_is_large_and_has_no_two_of_a_name() -> None:
    """A hundred at least, each of which can be told from the others."""
    assert 100 <= len(CORPUS)
    assert len(CORPUS) == len({case.name for case in CORPUS})


async def test_hostile_requests_get_deliberate_answers_and_leave_nothing_behind(
    attacked: Target, record_property: Callable[[str, object], None]
) -> None:
    """Right statuses, nothing unforeseen and no secret in the log, no memory kept, no Slack asked, and still at work.

    Slow requests wait for their time limits of 10 s meanwhile. What the process holds is settled after two rounds.
    """
    slow = [case for case in CORPUS if case.name in SLOW]
    fast = [case for case in CORPUS if case.name not in SLOW]
    waiting = asyncio.create_task(send_all(attacked, slow))
    for _ in range(2):
        assert "" == await send_all(attacked, fast)
    before_mib, descriptors = attacked.memory_mib(), attacked.descriptors()

    assert "" == await send_all(attacked, fast)
    assert "" == await waiting

    grown_mib = attacked.memory_mib() - before_mib
    record_property("measured", f"{len(CORPUS)} requests, memory {grown_mib:+.1f} MiB")
    assert [] == attacked.trouble()
    assert [] == attacked.secrets_in_log()
    assert grown_mib <= ALLOWED_MIB
    assert attacked.descriptors() <= descriptors + AT_ONCE
    assert await is_well(attacked)


async def test_wrong_types_in_every_place_get_deliberate_answers(attacked: Target, *, is_long: bool) -> None:
    """What Slack signed but nobody could mean is refused or does nothing; the short form takes every tenth."""
    cases = forged.WRONG_TYPES if is_long else forged.WRONG_TYPES[::10]

    assert "" == await send_all(attacked, cases)

    assert [] == attacked.trouble()
    assert [] == attacked.secrets_in_log()
    assert await is_well(attacked)
