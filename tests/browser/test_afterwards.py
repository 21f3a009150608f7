"""What people see once calls are over: the recap, the history, its file, and the Home."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from playwright.async_api import Browser, Page, expect

from calls.model import Artifact, ArtifactKind
from calls.ports import Transaction
from sandbox.people import ALICE, GENERAL
from tests.browser.in_slack import Look, in_slack
from tests.scenario.test_history import past_calls
from tests.scenario.test_recap import ended_call, leave_behind
from tests.world import World

SCREENSHOTS = Path("test-output/afterwards")
RECORDING = Artifact(ArtifactKind.RECORDING, "https://rec.example.com/play/1")

BOTH = pytest.mark.parametrize("look", ["light", "dark"])


async def keep(page: Page, name: str) -> None:
    """Keep a picture of a page as test output."""
    await page.screenshot(path=SCREENSHOTS / f"{name}.png")


@BOTH
async def test_the_recap_is_read_in_the_thread_of_the_card(world: World, browser: Browser, look: Look) -> None:
    """With names, times on the reader's own clock, and the recording once that is ready."""
    page = await in_slack(browser, world, ALICE, size=(1100, 1500), look=look)
    await ended_call(world)
    await page.get_by_role("link", name="1 reply").click()
    await expect(page.get_by_text("“Weekly sync” lasted 24 minutes, with 1 person.")).to_be_visible()
    await leave_behind(world, RECORDING)
    # On the card, above its thread, and in the recap.
    await expect(page.get_by_role("link", name="Open the recording")).to_have_count(3)
    await keep(page, f"recap-{look}")


async def test_the_history_is_shown_to_whoever_asks_and_comes_as_a_file(world: World, browser: Browser) -> None:
    """The file can be downloaded from the direct messages of the app."""
    await past_calls(world, 12)
    page = await in_slack(browser, world, ALICE, size=(1100, 1500), look="light")
    composer = page.get_by_role("textbox", name="Message #general")
    await composer.fill("/startcall history")
    await composer.press("Enter")
    await expect(page.get_by_text("Call 11")).to_be_visible()
    await keep(page, "history")
    await composer.fill("/startcall history csv")
    await composer.press("Enter")
    await expect(page.get_by_text("come to you as a file")).to_be_visible()
    await page.get_by_role("link", name="Startcall").click()
    await page.get_by_role("link", name="Messages").click()
    async with page.expect_download() as download:
        await page.get_by_role("link", name="Calls", exact=True).click()
    assert "calls.csv" == (await download.value).suggested_filename
    await keep(page, "file")


@BOTH
async def test_the_home_shows_calls_a_chart_and_what_needs_an_admin(world: World, browser: Browser, look: Look) -> None:
    """The picture loads; ending by force asks first, and the Home follows."""
    await past_calls(world, 400)
    await world.alice.command(GENERAL, "/startcall", "Weekly sync")
    await world.card(GENERAL)
    await world.alice.command(world.channel("random"), "/startcall", "Retro")
    await world.card(world.channel("random"))

    def work(transaction: Transaction) -> None:
        call = transaction.call_named(next(iter(world.slack.workspace.calls)))
        assert call is not None
        transaction.save_call(replace(call, stuck_code="token_revoked", due_at=None))

    await world.server.database.write(work)
    page = await in_slack(browser, world, ALICE, size=(1100, 1500), look=look)
    await page.get_by_role("link", name="Startcall").click()
    picture = page.get_by_role("img", name="Calls per week")
    await expect(picture).to_be_visible()
    await picture.scroll_into_view_if_needed()
    assert 1200 == await picture.evaluate("async image => { await image.decode(); return image.naturalWidth }")
    await keep(page, f"home-{look}")

    await page.get_by_role("button", name="Force end").click()
    dialog = page.get_by_role("dialog")
    await expect(dialog.get_by_text("End this call?")).to_be_visible()
    await keep(page, f"home-confirm-{look}")
    await dialog.get_by_role("button", name="Force end").click()
    await expect(page.get_by_text("No call of this workspace is stuck.")).to_be_visible()
