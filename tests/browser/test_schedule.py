"""Scheduled calls as people see them: the dialog, the card, answers, and the Home."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from playwright.async_api import Browser, Page, expect

from calls.clock import now
from sandbox.people import ALICE, BOB
from tests.browser.in_slack import in_slack, type_line
from tests.world import World

SCREENSHOTS = Path("test-output/schedule")
SIZE = (1100, 1000)
BERLIN = ZoneInfo("Europe/Berlin")


async def keep(page: Page, name: str) -> None:
    """Keep a picture of a page as test output."""
    await page.screenshot(path=SCREENSHOTS / f"{name}.png")


async def test_a_series_is_planned_in_the_dialog_and_people_answer_on_its_card(world: World, browser: Browser) -> None:
    """Plan, answer, change, leave one out and cancel, each seen by both."""
    alice, bob = await in_slack(browser, world, ALICE, size=SIZE), await in_slack(browser, world, BOB, size=SIZE)
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
    alice = await in_slack(browser, world, ALICE, size=SIZE)
    await type_line(alice, "/startcall Standup in 3 seconds for 15 min")
    await expect(alice.get_by_role("button", name="I'll come")).to_be_visible()
    await keep(alice, "8-planned")

    await expect(alice.get_by_role("heading", name="Standup")).to_be_visible()
    await expect(alice.get_by_text("Started. It was planned for")).to_be_visible()
    await keep(alice, "9-started")


async def test_a_time_that_is_over_is_explained_in_the_dialog(world: World, browser: Browser) -> None:
    """The dialog stays open, with the reason at the date."""
    alice = await in_slack(browser, world, ALICE, size=SIZE)
    await type_line(alice, "/startcall schedule")
    dialog = alice.get_by_role("dialog")
    await dialog.get_by_label("Date", exact=True).fill("2020-01-01")
    await dialog.get_by_label(re.compile("Time, by the clock")).fill("10:00")
    await dialog.get_by_role("button", name="Plan", exact=True).click()

    await expect(dialog.get_by_text("That time is over already. Please choose a later one.")).to_be_visible()
    await keep(alice, "10-over")
