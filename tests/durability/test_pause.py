"""A process that stands still for a while, as a machine that sleeps does, with nobody else to go on meanwhile."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Callable

import pytest

from sandbox.testing import wait_for
from storage.lease import LIMIT_S
from storage.postgres import is_postgres
from tests.durability.at_rest import left_to_do
from tests.durability.process import app_and_slack
from tests.durability.storm import call_of
from tests.world import cards, new_channel

LONG_S = 60.0
SHORT_S, SHORT_ON_POSTGRES_S = 2.0, LIMIT_S + 2.0
"""On PostgreSQL it is as long as it takes until a process is given up, which here nobody is there to do."""

GOES_ON_S = 20.0


@pytest.mark.timeout(180)
@pytest.mark.parametrize("method", ["calls.add", "chat.postMessage"])
async def test_a_process_that_stood_still_alone_goes_on_where_it_was(
    database_url: str, method: str, record_property: Callable[[str, object], None], *, is_long: bool
) -> None:
    """What it was about is done once, and so is what people ask for afterwards; what came meanwhile, at most once."""
    short_s = SHORT_ON_POSTGRES_S if is_postgres(database_url) else SHORT_S
    paused_s = LONG_S if is_long else short_s
    async with app_and_slack(database_url) as (app, slack):
        alice = slack.person("alice")
        slack.faults.add(method, "hang_after")
        await alice.command(new_channel(slack), "/startcall", "Before")
        await wait_for(lambda: len(slack.api_calls(method)) == 1)
        app.signal(signal.SIGSTOP)
        meanwhile = await alice.command(new_channel(slack), "/startcall", "Meanwhile")
        await asyncio.sleep(paused_s)
        slack.faults.clear()
        app.signal(signal.SIGCONT)
        went_on_at = asyncio.get_running_loop().time()
        await alice.command(new_channel(slack), "/startcall", "After")
        await wait_for(lambda: {"Before", "After"} <= {str(call_of(slack, card).title) for card in cards(slack)}, 60)
        went_on_s = asyncio.get_running_loop().time() - went_on_at
        async with asyncio.timeout(GOES_ON_S):
            while await asyncio.to_thread(left_to_do, database_url):  # noqa: ASYNC110 - another process's doing
                await asyncio.sleep(0.1)
        titles = [str(call_of(slack, card).title) for card in cards(slack)]

    record_property(
        "measured", f"alone, paused for {paused_s:.0f} s in {method}: both cards {went_on_s:.1f} s afterwards"
    )
    assert not meanwhile.is_ok
    assert {"Before", "After"} <= set(titles) <= {"Before", "Meanwhile", "After"}
    assert len(titles) == len(set(titles)) == len(slack.workspace.calls)
    assert went_on_s < GOES_ON_S
