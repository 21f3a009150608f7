"""The same delivery several times at once, to the one process that a SQLite file has room for."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path

from sandbox.testing import wait_for
from tests.durability.at_rest import left_to_do
from tests.durability.process import sqlite_url
from tests.durability.replicas import replicas
from tests.world import cards, new_channel


async def test_a_delivery_that_comes_four_times_at_once_has_one_effect(
    tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    """Every copy gets the same answer, and Slack sees one call, one card and one end for each."""
    url = sqlite_url(tmp_path)
    async with replicas(url, copies=4) as world:
        app, slack, alice = world.add(), world.slack, world.slack.person("alice")
        try:
            await app.start()
            starts = (alice.command(new_channel(slack), "/startcall", f"Call {number}") for number in range(10))
            await asyncio.gather(*starts)
            await wait_for(lambda: len(cards(slack)) >= 10, 20)
            await wait_for(lambda: not left_to_do(url), 20)
            await asyncio.gather(*(alice.click(card.channel_id, card.ts, "end_call") for card in cards(slack)))
            await wait_for(lambda: all(call.date_end for call in slack.workspace.calls.values()), 20)
            await wait_for(lambda: not left_to_do(url), 20)
        finally:
            await app.kill()

        record_property("measured", f"{len(world.front.answers)} deliveries, four copies each: one effect of each")
        assert [1] * 20 == [len(answers) for answers in world.front.answers]
        for method in ("calls.add", "chat.postMessage", "calls.end", "chat.update"):
            assert len(slack.api_calls(method)) == 10, method
