"""A pasted link as people see it: the card under the message, and its end."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import Browser, expect

from sandbox.people import ALICE, BOB
from tests.browser.in_slack import in_slack
from tests.world import World, running_world

SCREENSHOTS = Path("test-output/pasted-links")


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    """Run an app whose meeting system is Jitsi."""
    async with running_world(tmp_path, http=False, extra={"STARTCALL_PROVIDER": "jitsi"}) as running:
        yield running


async def test_a_pasted_link_becomes_a_card_that_can_be_ended(world: World, browser: Browser) -> None:
    """Alice pastes, Bob sees the card under her message and ends it."""
    alice, bob = await in_slack(browser, world, ALICE), await in_slack(browser, world, BOB)
    await alice.get_by_role("textbox", name="Message #general").fill("Today here: https://meet.jit.si/WeeklySync42")
    await alice.keyboard.press("Enter")
    await expect(bob.get_by_role("heading", name="Meeting at jitsi")).to_be_visible()
    await bob.screenshot(path=SCREENSHOTS / "1-card.png")

    await bob.get_by_role("button", name="End", exact=True).click()
    await bob.get_by_role("dialog").get_by_role("button", name="End call").click()
    await expect(alice.get_by_text("Call ended")).to_be_visible()
    await expect(alice.get_by_role("button", name="End", exact=True)).to_be_hidden()
    await alice.screenshot(path=SCREENSHOTS / "2-ended.png")
