"""What whoever starts a call is asked first, as people see it: which buttons there are, and what comes of them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import Browser, expect

from sandbox.people import ALICE, BOB
from sandbox.server import Sandbox
from tests.browser.in_slack import in_slack, type_line
from tests.world import GENERAL, World, running_world

SCREENSHOTS = Path("test-output/starting")
MANY = 5_000


@pytest.fixture
async def big(tmp_path: Path) -> AsyncIterator[World]:
    """Run the app in a workspace of 5,000 people."""
    async with running_world(tmp_path, http=False, furnish=crowded) as running:
        yield running


def crowded(slack: Sandbox) -> None:
    """Let 5,000 people into the general channel."""
    members = slack.workspace.channels[GENERAL].members
    members.update(f"U9{one:08}" for one in range(MANY - len(members)))


async def test_a_second_start_offers_the_running_call(world: World, browser: Browser) -> None:
    """Bob reads which call runs, replaces it after one more question, and reads what was done."""
    alice, bob = await in_slack(browser, world, ALICE), await in_slack(browser, world, BOB)
    await type_line(alice, "/startcall Weekly sync")
    await alice.get_by_role("heading", name="Weekly sync").wait_for()
    await type_line(bob, "/startcall Retro")
    await bob.get_by_text("is already running here").wait_for()
    await bob.screenshot(path=SCREENSHOTS / "second-start.png")
    await expect(alice.get_by_text("is already running here")).to_have_count(0)
    for label in ("Join", "Start another", "Cancel"):
        button = bob.get_by_role("button", name=label).or_(bob.get_by_role("link", name=label))
        await expect(button.last).to_be_visible()
    await bob.get_by_role("button", name="Replace it").click()
    dialog = bob.get_by_role("dialog")
    await dialog.wait_for()
    await bob.screenshot(path=SCREENSHOTS / "replace.png")
    await dialog.get_by_role("button", name="Replace it").click()
    await bob.get_by_text("Ending “Weekly sync” and starting “Retro” in its place.").wait_for()
    await alice.get_by_role("heading", name="Retro").wait_for()
    await bob.screenshot(path=SCREENSHOTS / "replaced.png")


async def test_a_start_before_many_people_is_confirmed(big: World, browser: Browser) -> None:
    """Alice reads the number, cancels, starts again and confirms; help shows what she can type."""
    alice = await in_slack(browser, big, ALICE)
    await type_line(alice, "/startcall Oops")
    await alice.get_by_text("5,000 people in this conversation would see “Oops”").wait_for()
    await alice.screenshot(path=SCREENSHOTS / "many-people.png")
    await alice.get_by_role("button", name="Cancel").click()
    await alice.get_by_text("“Oops” was not started, and nobody was disturbed.").wait_for()
    await type_line(alice, "/startcall All hands")
    await alice.get_by_role("button", name="Start call").click()
    await alice.get_by_role("heading", name="All hands").wait_for()
    await alice.screenshot(path=SCREENSHOTS / "confirmed.png")
    await type_line(alice, "/startcall help")
    await alice.get_by_text("Do something else").wait_for()
    await alice.screenshot(path=SCREENSHOTS / "help.png")
