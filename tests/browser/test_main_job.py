"""The main job as two people see it: one types, both see the card, join, rename and end."""

from __future__ import annotations

import statistics
from itertools import count, islice
from pathlib import Path

from playwright.async_api import Browser, Page, expect

from sandbox.people import ALICE, BOB, GENERAL
from tests.browser.in_slack import in_slack, type_line
from tests.lateness import least_of
from tests.world import World

SCREENSHOTS = Path("test-output/main-job")
CARD_MEDIAN_MS = 300
"""From Enter on one page to the card on the other, as the pages themselves note it."""

_NOTE_ENTER = "document.addEventListener('keydown', event => { window.enteredAt = Date.now(); }, true)"
_NOTE_HEADING = """title => {
    window.shownAt = 0;
    const headings = () => [...document.querySelectorAll('h1, h2, h3, h4')];
    const isThere = () => headings().some(one => one.textContent.trim() === title);
    const note = () => { if (!window.shownAt && isThere()) window.shownAt = Date.now(); };
    new MutationObserver(note).observe(document.body, {childList: true, subtree: true, characterData: true});
}"""


async def keep(page: Page, name: str) -> None:
    """Keep a picture of a page as test output."""
    await page.screenshot(path=SCREENSHOTS / f"{name}.png")


async def end_the_call(world: World) -> None:
    """End the running call, so that the next one has the conversation to itself."""
    await world.settled()
    await world.bob.click(GENERAL, world.cards(GENERAL)[-1].ts, "end_call")
    await world.settled()


async def test_two_people_go_through_the_whole_life_of_a_call(world: World, browser: Browser) -> None:
    """Start, join, rename and end by one show on the other's page, and a second end changes nothing."""
    alice, bob = await in_slack(browser, world, ALICE), await in_slack(browser, world, BOB)

    await type_line(alice, "/startcall Weekly sync")
    for page in (alice, bob):
        await expect(page.get_by_role("heading", name="Weekly sync")).to_be_visible()
    await keep(alice, "1-started")

    async with bob.context.expect_page() as meeting:
        await bob.get_by_role("button", name="Join", exact=True).click()
    assert "/meet/" in (await meeting.value).url
    await expect(alice.get_by_text("1 in the call: Bob Baker")).to_be_visible()
    await keep(alice, "2-joined")

    await alice.get_by_role("button", name="Rename").click()
    dialog = alice.get_by_role("dialog")
    await dialog.get_by_label("Title").fill("Retro")
    await keep(alice, "3-rename")
    await dialog.get_by_role("button", name="Rename").click()
    for page in (alice, bob):
        await expect(page.get_by_role("heading", name="Retro")).to_be_visible()

    await alice.get_by_role("button", name="End", exact=True).click()
    await bob.get_by_role("button", name="End", exact=True).click()
    await keep(bob, "4-confirm")
    await bob.get_by_role("dialog").get_by_role("button", name="End call").click()
    for page in (alice, bob):
        await expect(page.get_by_text("Call ended")).to_be_visible()
    await keep(bob, "5-ended")
    await world.settled()
    before = world.methods()
    stale = alice.get_by_role("dialog").get_by_role("button", name="End call")
    if await stale.is_visible():
        await stale.click()
    await type_line(alice, "/startcall end")
    await expect(alice.get_by_text("No call is running in this conversation.")).to_be_visible()
    await keep(alice, "6-second-end")

    assert before == world.methods()
    assert 1 == world.methods().count("calls.end")


async def test_a_card_is_on_the_other_page_in_time(world: World, browser: Browser) -> None:
    """At the median of nine, a card stands on the other's page less than 300 ms after Enter; best of three tries."""
    alice, bob = await in_slack(browser, world, ALICE), await in_slack(browser, world, BOB)
    await alice.evaluate(_NOTE_ENTER)
    numbers = count()

    async def median_ms_of_nine() -> float:
        took_ms = []
        for number in islice(numbers, 9):
            await alice.get_by_role("textbox", name="Message #general").fill(f"/startcall Round {number}")
            await bob.evaluate(_NOTE_HEADING, f"Round {number}")
            await alice.keyboard.press("Enter")
            await bob.get_by_role("heading", name=f"Round {number}", exact=True).wait_for()
            took_ms.append(await bob.evaluate("window.shownAt") - await alice.evaluate("window.enteredAt"))
            await end_the_call(world)
        return float(statistics.median(took_ms))

    median_ms = await least_of(CARD_MEDIAN_MS, median_ms_of_nine)
    print(f"Enter to card on the other page: {median_ms:.0f} ms at the median")  # noqa: T201 - a figure people ask for
    assert median_ms < CARD_MEDIAN_MS


async def test_a_dialog_asks_before_a_call_ends_and_can_be_left(world: World, browser: Browser) -> None:
    """Whoever presses End by mistake keeps the call running."""
    alice = await in_slack(browser, world, ALICE)
    await type_line(alice, "/startcall Weekly sync")

    await alice.get_by_role("button", name="End", exact=True).click()
    await alice.get_by_role("dialog").get_by_role("button", name="Keep it running").click()
    await expect(alice.get_by_role("dialog")).to_be_hidden()
    await world.settled()

    assert "calls.end" not in world.methods()


async def test_the_dialog_starts_a_call_where_the_person_looks(world: World, browser: Browser) -> None:
    """The shortcut's dialog has the conversation chosen already, takes people, and works by keyboard."""
    alice = await in_slack(browser, world, ALICE)
    await alice.get_by_role("button", name="Shortcuts").click()
    await alice.get_by_role("button", name="Start a call").click()
    dialog = alice.get_by_role("dialog")

    await dialog.get_by_label("Title").fill("Plan")
    await expect(dialog.get_by_label("Where the card is posted")).to_have_value(GENERAL)
    await keep(alice, "7-dialog")
    await dialog.get_by_role("button", name="Start", exact=True).press("Enter")

    await expect(alice.get_by_role("heading", name="Plan")).to_be_visible()
    await expect(dialog).to_be_hidden()
