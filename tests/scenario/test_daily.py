"""A server in Daily's place, the app and the local Slack: who is in the room is on the card."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from sandbox.testing import PATIENCE_S, wait_for
from tests.daily_double import DailyDouble
from tests.lateness import added_after_s
from tests.only_call import LEAVE_S
from tests.vendor_meeting import VendorMeeting
from tests.world import GENERAL, running_world


@pytest.fixture
async def daily() -> AsyncIterator[DailyDouble]:
    """Run a server in Daily's place."""
    async with DailyDouble().running() as running:
        yield running


@pytest.fixture
async def meeting(daily: DailyDouble, tmp_path: Path) -> AsyncIterator[VendorMeeting]:
    """Run an app whose calls meet there, and a local Slack."""
    settings = {**daily.settings, "STARTCALL_PROVIDER": "daily", "STARTCALL_END_WHEN_EMPTY_S": "1"}
    async with running_world(tmp_path, http=False, extra=settings) as world:
        yield VendorMeeting(world)


async def test_who_comes_is_on_the_card_as_the_slack_person_they_are(
    daily: DailyDouble, meeting: VendorMeeting
) -> None:
    """By their link, whatever they call themselves; ending in Slack empties and closes the room."""
    room = await meeting.start()
    await wait_for(lambda: len(daily.webhooks) == 1)
    assert room.join_url not in meeting.at_slack.join_url, "the card's link is ours, so that each gets their own"

    came_at_s = meeting.world.slack.workspace.now()
    session_id = await daily.join(await meeting.link(room, meeting.world.bob.user_id))
    await wait_for(lambda: meeting.shown() == [meeting.world.bob.user_id])
    assert added_after_s(meeting.world, meeting.world.bob.user_id, came_at_s) < 1

    await meeting.end()
    await wait_for(lambda: daily.rooms == {})
    assert session_id not in daily.people[room.id]


async def test_a_reload_is_no_end_and_an_empty_room_is(daily: DailyDouble, meeting: VendorMeeting) -> None:
    """Daily says that the meeting ended both times; the call ends when nobody comes back."""
    room = await meeting.start()
    await wait_for(lambda: len(daily.webhooks) == 1)
    link = await meeting.link(room, meeting.world.bob.user_id)
    await daily.leave(await daily.join(link))
    again = await daily.join(link)
    await asyncio.sleep(LEAVE_S)
    assert (0, [meeting.world.bob.user_id]) == (meeting.at_slack.date_end, meeting.shown())

    await daily.leave(again)
    await wait_for(lambda: meeting.at_slack.date_end > 0, timeout_s=LEAVE_S + PATIENCE_S)
    await meeting.world.settled()
    assert "everybody had left" in meeting.last_line()
    assert {} == daily.rooms


async def test_somebody_without_a_link_of_ours_is_shown_out(daily: DailyDouble, meeting: VendorMeeting) -> None:
    """As by a token that another program of the same Daily domain made."""
    room = await meeting.start()
    await wait_for(lambda: len(daily.webhooks) == 1)
    daily.rooms[room.id]["privacy"] = "public"
    await daily.join(room.join_url, "intruder")

    await wait_for(lambda: daily.people[room.id] == {})
    assert [] == meeting.shown()


async def test_daily_that_is_down_leaves_no_made_up_link(daily: DailyDouble, meeting: VendorMeeting) -> None:
    """No card is posted before there is a room, and one is as soon as Daily is back."""
    daily.fault = "server_error"
    await meeting.world.alice.command(GENERAL, "/startcall", "Weekly sync")
    await asyncio.sleep(1)
    assert [] == meeting.world.cards(GENERAL)

    daily.fault = ""
    await wait_for(lambda: len(meeting.world.cards(GENERAL)) == 1, timeout_s=15)
    assert 1 == len(daily.rooms)
