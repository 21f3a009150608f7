"""A call on a real Janus from beginning to end, as two people see it in Slack and in the room."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import Browser

from tests.browser.call_story import check_from_card_to_end
from tests.janus_server import JanusServer
from tests.world import World, running_world


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    """Run the app and a Janus that reports to it, where people sign in with Slack."""
    janus = JanusServer()
    extra = {"STARTCALL_PROVIDER": "janus", **janus.settings()}
    async with running_world(tmp_path, http=False, signs_in=True, extra=extra) as running:
        janus.hook_url = f"{running.server.address}/hooks/janus"
        await janus.start()
        try:
            yield running
        finally:
            await janus.stop()


async def test_a_call_from_its_card_to_its_end(world: World, room_browser: Browser) -> None:
    """Both see each other and are on the card as themselves; a closed tab goes from it, and End closes the rooms."""
    await check_from_card_to_end(world, room_browser, Path("test-output/janus-call"))
