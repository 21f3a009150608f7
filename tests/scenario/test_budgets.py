"""More calls at once than Slack takes: none is lost, nobody is left wondering, and Slack is not pestered."""

from __future__ import annotations

import asyncio
from itertools import pairwise
from pathlib import Path

import pytest

from sandbox.testing import wait_for
from sandbox.webapi.rate_limits import RateLimits
from sandbox.workspace import Channel, Traffic
from tests.world import World, running_world

STARTS = 120
CHANNELS = 12
WINDOW_S = 4.0
"""How long Slack's minute is here, for which it takes 50 calls of a method; a post a second in a channel is as ever."""

BETWEEN_STARTS_S = 0.02
RETRY_AFTER_S = 1.0
"""The least that Slack asks for."""

ON_THE_WAY_S = 0.1
"""What was sent before a refusal was read had no way to know of it."""

OVERTAKEN_MAX = 3
"""By how many places starts may overtake each other that are taken in within 0.1 s."""


def too_early(calls: list[Traffic]) -> list[Traffic]:
    """Return what was sent before the time was over that came with a refusal."""
    refused_at_s = [call.at_s for call in calls if call.status == 429]
    return [call for call in calls if any(ON_THE_WAY_S < call.at_s - at_s < RETRY_AFTER_S for at_s in refused_at_s)]


def many_channels(world: World) -> list[str]:
    """Add channels that the app is a member of, and return their ids."""
    workspace = world.slack.workspace
    ids = [f"C0MANY{number:05}" for number in range(CHANNELS)]
    members = set(workspace.users)
    workspace.channels.update({one: Channel(one, one.lower(), "channel", set(members)) for one in ids})
    return ids


@pytest.mark.parametrize(
    "database_url", ["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)], indirect=True
)
async def test_more_starts_than_slack_takes_all_become_cards_in_order(tmp_path: Path, database_url: str) -> None:
    """At 50 a window and a post a second in each channel: 0 lost, 0 too early, in order, and who waits is told."""
    async with running_world(tmp_path, http=True, database_url=database_url) as world:
        channels = many_channels(world)
        world.slack.faults.limits = RateLimits(window_s=WINDOW_S)
        world.slack.faults.rate_limits = True
        for number in range(STARTS):
            await world.alice.command(channels[number % CHANNELS], "/startcall", f"Call {number:03}")
            await asyncio.sleep(BETWEEN_STARTS_S)
        await wait_for(lambda: sum(len(world.cards(channel)) for channel in channels) == STARTS, timeout_s=45)
        added, posted = world.slack.api_calls("calls.add"), world.slack.api_calls("chat.postMessage")
        told = [text for channel in channels for text in world.told(channel, world.alice.user_id)]

    titles = [str(call.request["title"]) for call in added if call.status == 200]
    places = [sorted(titles).index(title) for title in titles]
    assert STARTS == len(titles) == len(set(titles)) == len([call for call in posted if call.status == 200])
    assert 429 in {call.status for call in added}
    assert [] == too_early(added)
    assert all(later - earlier >= -OVERTAKEN_MAX for earlier, later in pairwise(places))
    assert len(told) >= STARTS // 4
    assert all("Open the meeting" in text for text in told)
