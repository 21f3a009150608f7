"""A call in the built-in room from beginning to end, as two people see it in Slack and in the room."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import Browser

from tests.browser.call_story import check_from_card_to_end
from tests.world import World, running_world


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    """Run the app with the built-in room, where people sign in with Slack."""
    async with running_world(tmp_path, http=False, signs_in=True, extra={"STARTCALL_PROVIDER": "builtin"}) as running:
        yield running


async def test_a_call_from_its_card_to_its_end(world: World, room_browser: Browser) -> None:
    """Both see each other and are on the card as themselves; a closed tab goes from it, and End closes the rooms."""
    await check_from_card_to_end(world, room_browser, Path("test-output/builtin-call"))
