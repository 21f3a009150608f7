"""A call in the built-in room from beginning to end, as two people see it in Slack and in the room."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import Browser, expect

from sandbox.people import ALICE
from tests.browser.call_story import check_from_card_to_end, to_the_lobby
from tests.browser.in_slack import in_slack
from tests.world import World, running_world

STOP_WITHIN_S = 10.0


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    """Run the app with the built-in room, where people sign in with Slack."""
    async with running_world(tmp_path, http=False, signs_in=True, extra={"STARTCALL_PROVIDER": "builtin"}) as running:
        yield running


async def test_a_call_from_its_card_to_its_end(world: World, room_browser: Browser) -> None:
    """Both see each other and are on the card as themselves; a closed tab goes from it, and End closes the rooms."""
    await check_from_card_to_end(world, room_browser, Path("test-output/builtin-call"))


async def test_the_app_stops_in_time_with_people_in_a_room(tmp_path: Path, room_browser: Browser) -> None:
    """Open connections of pages do not hold up a stop, and the pages wait for the next start."""
    async with running_world(tmp_path, http=False, signs_in=True, extra={"STARTCALL_PROVIDER": "builtin"}) as world:
        alice = await in_slack(room_browser, world, ALICE)
        await alice.get_by_role("textbox", name="Message #general").fill("/startcall Weekly sync")
        await alice.keyboard.press("Enter")
        await alice.get_by_role("heading", name="Weekly sync").wait_for()
        room = await to_the_lobby(alice, world)
        await room.get_by_role("button", name="Join the call").click()
        await alice.get_by_text("1 in the call: Alice Arnold").wait_for()
        began_s = time.monotonic()
    took_s = time.monotonic() - began_s
    print(f"the app stopped after {took_s:.1f} s")  # noqa: T201 - a figure

    await expect(room.get_by_text("Connection to Startcall lost")).to_be_visible()
    assert took_s < STOP_WITHIN_S
