"""Connecting an account of one's own, as a person sees it: from the settings to Zoom and back."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import Browser, expect

from sandbox.people import ALICE
from tests.browser.in_slack import in_slack
from tests.own_account import KEY
from tests.world import World, running_world
from tests.zoom_double import OWN_EMAIL, USER_CLIENT_ID, USER_CLIENT_SECRET, ZoomDouble

SCREENSHOTS = Path("test-output/own-accounts")


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    """Run an app whose people can connect their Zoom accounts."""
    async with ZoomDouble().running() as zoom:
        settings = {
            "STARTCALL_PROVIDER": "zoom",
            "STARTCALL_ZOOM_USER_CLIENT_ID": USER_CLIENT_ID,
            "STARTCALL_ZOOM_USER_CLIENT_SECRET": USER_CLIENT_SECRET,
            "STARTCALL_ENCRYPTION_KEY": KEY,
            **zoom.settings,
        }
        async with running_world(tmp_path, http=False, extra=settings) as running:
            yield running


async def test_an_account_is_connected_and_let_go_of(world: World, browser: Browser) -> None:
    """One button there, one page before Zoom, one after it, and one button back."""
    alice = await in_slack(browser, world, ALICE)
    composer = alice.get_by_role("textbox", name="Message #general")
    await composer.fill("/startcall settings")
    await composer.press("Enter")
    dialog = alice.get_by_role("dialog")
    await dialog.get_by_text("Connect your account").scroll_into_view_if_needed()
    await alice.screenshot(path=SCREENSHOTS / "1-settings.png")
    async with alice.context.expect_page() as opened:
        await (
            dialog.get_by_role("link", name="Connect your Zoom account")
            .or_(dialog.get_by_role("button", name="Connect your Zoom account"))
            .click()
        )
    page = await opened.value
    await page.get_by_role("link", name="Continue to Zoom").wait_for()
    await page.screenshot(path=SCREENSHOTS / "2-before.png")
    await page.get_by_role("link", name="Continue to Zoom").click()
    await page.get_by_role("heading", name="Your Zoom account is connected").wait_for()
    await page.screenshot(path=SCREENSHOTS / "3-connected.png")

    await dialog.get_by_role("button", name="Cancel").click()
    await expect(dialog).to_be_hidden()
    await alice.bring_to_front()
    await composer.fill("/startcall settings")
    await composer.press("Enter")
    await expect(dialog.get_by_text(f"Connected as {OWN_EMAIL}")).to_be_visible()
    await alice.screenshot(path=SCREENSHOTS / "4-settings.png")
    await dialog.get_by_role("button", name="Disconnect").click()
    await expect(dialog.get_by_text("Connect your account")).to_be_visible()
