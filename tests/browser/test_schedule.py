"""Scheduled calls as people see them: the dialog, the card, answers, and the Home."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from playwright.async_api import Browser, Page, expect

from calls.clock import now
from sandbox.people import ALICE, BOB, GENERAL
from tests.world import World, running_world

SCREENSHOTS = Path("test-output/schedule")
BERLIN = ZoneInfo("Europe/Berlin")


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    """Run the app against a local Slack over Socket Mode, as `make run` does."""
    async with running_world(tmp_path, http=False) as running:
        yield running


async def opened(browser: Browser, world: World, user: str) -> Page:
    """Open #general as somebody."""
    context = await browser.new_context(viewport={"width": 1100, "height": 1000})
    context.set_default_timeout(15_000)
    page = await context.new_page()
    await page.goto(f"{world.slack.url}?user={user}&channel={GENERAL}")
    await page.get_by_role("textbox", name="Message #general").wait_for()
    return page


async def type_line(page: Page, text: str) -> None:
    """Type into the composer and press Enter."""
    composer = page.get_by_role("textbox", name="Message #general")
    await composer.fill(text)
    await composer.press("Enter")


async def keep(page: Page, name: str) -> None:
    """Keep a picture of a page as test output."""
    await page.screenshot(path=SCREENSHOTS / f"{name}.png")


async def test_a_series_is_planned_in_the_dialog_and_people_answer_on_its_card(world: World, browser: Browser) -> None:
    """Plan, answer, change, leave one out and cancel, each seen by both."""
    alice, bob = await opened(browser, world, ALICE), await opened(browser, world, BOB)
    tomorrow = now().astimezone(BERLIN) + timedelta(days=1)

    await type_line(alice, "/startcall schedule")
    dialog = alice.get_by_role("dialog")
    await dialog.get_by_label("Title").fill("Weekly sync")
    await dialog.get_by_label("Date", exact=True).fill(f"{tomorrow:%Y-%m-%d}")
    await dialog.get_by_label(re.compile("Time, by the clock in Europe/Berlin")).fill("10:00")
    await dialog.get_by_label("Repeats").select_option(label="Every week")
    await keep(alice, "1-dialog")
    await dialog.get_by_role("button", name="Plan", exact=True).click()
    for page in (alice, bob):
        await expect(page.get_by_text("every week at 10:00 (Europe/Berlin)")).to_be_visible()
    await keep(alice, "2-card")

    await bob.get_by_role("button", name="I'll come").click()
    await expect(alice.get_by_text("Coming:")).to_be_visible()
    await keep(alice, "3-answered")

    await alice.get_by_role("button", name="Edit").click()
    dialog = alice.get_by_role("dialog")
    await expect(dialog.get_by_label("Title")).to_have_value("Weekly sync")
    await keep(alice, "4-edit")
    await dialog.get_by_label(re.compile("Time, by the clock")).fill("11:30")
    await dialog.get_by_role("button", name="Save").click()
    await expect(bob.get_by_text("every week at 11:30 (Europe/Berlin)")).to_be_visible()

    await alice.get_by_role("button", name="Skip next").click()
    await keep(alice, "5-skip")
    await alice.get_by_role("dialog").get_by_role("button", name="Skip it").click()
    await expect(alice.get_by_role("dialog")).to_be_hidden()
    await alice.get_by_role("button", name="Cancel call").click()
    await keep(alice, "6-cancel")
    await alice.get_by_role("dialog").get_by_role("button", name="Cancel call").click()
    for page in (alice, bob):
        await expect(page.get_by_text("Cancelled by")).to_be_visible()
    await keep(bob, "7-cancelled")


async def test_a_planned_call_turns_into_a_call_before_peoples_eyes(world: World, browser: Browser) -> None:
    """The card of the plan says that it started, and the card of the call stands below."""
    alice = await opened(browser, world, ALICE)
    await type_line(alice, "/startcall Standup in 3 seconds for 15 min")
    await expect(alice.get_by_role("button", name="I'll come")).to_be_visible()
    await keep(alice, "8-planned")

    await expect(alice.get_by_role("heading", name="Standup")).to_be_visible()
    await expect(alice.get_by_text("Started. It was planned for")).to_be_visible()
    await keep(alice, "9-started")


async def test_a_time_that_is_over_is_explained_in_the_dialog(world: World, browser: Browser) -> None:
    """The dialog stays open, with the reason at the date."""
    alice = await opened(browser, world, ALICE)
    await type_line(alice, "/startcall schedule")
    dialog = alice.get_by_role("dialog")
    await dialog.get_by_label("Date", exact=True).fill("2020-01-01")
    await dialog.get_by_label(re.compile("Time, by the clock")).fill("10:00")
    await dialog.get_by_role("button", name="Plan", exact=True).click()

    await expect(dialog.get_by_text("That time is over already. Please choose a later one.")).to_be_visible()
    await keep(alice, "10-over")
