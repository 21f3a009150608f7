"""Being invited, as people see it: it rings, it is answered, and the card says so."""

from __future__ import annotations

from pathlib import Path

from playwright.async_api import Browser, Page, expect

from sandbox.people import ALICE, BOB
from tests.browser.in_slack import in_slack, type_line
from tests.scenario.ringing import pass_s, rung
from tests.world import World

SCREENSHOTS = Path("test-output/inviting")


async def keep(page: Page, name: str) -> None:
    """Keep a picture of a page as test output."""
    await page.screenshot(path=SCREENSHOTS / f"{name}.png")


async def looks_at(page: Page, world: World, user: str, channel_id: str) -> None:
    """Have somebody look at a conversation."""
    await page.goto(f"{world.slack.url}?user={user}&channel={channel_id}")


async def test_an_invited_person_is_rung_declines_and_the_card_says_so(world: World, browser: Browser) -> None:
    """The direct message loses its buttons, and who invited is told."""
    alice, bob = await in_slack(browser, world, ALICE), await in_slack(browser, world, BOB)
    await type_line(alice, "/startcall Release talk @bob @carol")
    ring = await rung(world, BOB)
    await looks_at(bob, world, BOB, ring.channel_id)
    await expect(bob.get_by_text("invites you to “Release talk”.")).to_be_visible()
    await keep(bob, "1-rings")
    await bob.get_by_role("button", name="Decline").last.click()

    await expect(bob.get_by_text("You declined “Release talk”")).to_be_visible()
    await expect(alice.get_by_text("Declined: @Bob Baker")).to_be_visible()
    await expect(alice.get_by_text("@Bob Baker declined “Release talk”.")).to_be_visible()
    await keep(bob, "2-declined")
    await keep(alice, "3-card")


async def test_the_dialog_invites_and_a_missed_call_can_be_called_back(world: World, browser: Browser) -> None:
    """The button on the card opens a dialog; after a minute the direct message offers to call back."""
    alice, bob = await in_slack(browser, world, ALICE), await in_slack(browser, world, BOB)
    await type_line(alice, "/startcall Release talk")
    await alice.get_by_role("button", name="Invite", exact=True).click()
    dialog = alice.get_by_role("dialog")
    await expect(dialog.get_by_text("Each gets a direct message")).to_be_visible()
    await keep(alice, "4-dialog")
    await dialog.get_by_label("Bob Baker").check()
    await dialog.get_by_role("button", name="Invite", exact=True).click()
    await expect(dialog).to_be_hidden()
    ring = await rung(world, BOB)
    await pass_s(world, 61)
    await looks_at(bob, world, BOB, ring.channel_id)
    await expect(bob.get_by_text("You missed a call from @Alice Arnold: “Release talk”.")).to_be_visible()
    await keep(bob, "5-missed")
    await bob.get_by_role("button", name="Call back").click()

    await expect(alice.get_by_text("1 in the call: Bob Baker")).to_be_visible()
    await keep(alice, "6-called-back")


async def test_a_mistaken_end_is_taken_back_on_the_card(world: World, browser: Browser) -> None:
    """The ended card offers it, and the new card says who did it."""
    alice = await in_slack(browser, world, ALICE)
    await type_line(alice, "/startcall Release talk")
    await alice.get_by_role("button", name="End", exact=True).click()
    await alice.get_by_role("dialog").get_by_role("button", name="End call").click()
    await expect(alice.get_by_role("button", name="Reopen")).to_be_visible()
    await keep(alice, "7-ended")
    await alice.get_by_role("button", name="Reopen").click()

    await expect(alice.get_by_text("Reopened by @Alice Arnold")).to_be_visible()
    await expect(alice.get_by_role("button", name="Reopen")).to_be_hidden()
    await keep(alice, "8-reopened")
