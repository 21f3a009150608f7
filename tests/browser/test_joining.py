"""Joining as people see it: Join, sign in with Slack, in the meeting; and the pages for everybody else."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import Browser, Page, Request, ViewportSize, expect

from sandbox.people import ALICE, BOB, ERIN, GENERAL
from tests.own_links import SETTINGS, announced
from tests.scenario.test_joining import own_link, shown_to
from tests.world import World, running_world

SCREENSHOTS = Path("test-output/joining")


@pytest.fixture(params=["signs_in"])
async def world(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[World]:
    """Run the app with rooms that people enter by links of their own."""
    with announced(tmp_path):
        signs_in = request.param == "signs_in"
        async with running_world(tmp_path, http=False, signs_in=signs_in, extra=SETTINGS) as running:
            yield running


async def opened(browser: Browser, world: World, user: str, *, dark: bool = False) -> Page:
    """Open #general as somebody, in a browser of their own."""
    size: ViewportSize = {"width": 1100, "height": 760}
    context = await browser.new_context(viewport=size, color_scheme="dark" if dark else "light")
    context.set_default_timeout(15_000)
    page = await context.new_page()
    await page.goto(f"{world.slack.url}?user={user}&channel={GENERAL}")
    await page.get_by_role("textbox", name="Message #general").wait_for()
    return page


async def start(page: Page, title: str) -> None:
    """Start a call by the composer."""
    composer = page.get_by_role("textbox", name="Message #general")
    await composer.fill(f"/startcall {title}")
    await composer.press("Enter")
    await expect(page.get_by_role("heading", name=title)).to_be_visible()


async def press_join(page: Page) -> Page:
    """Press Join under the card and return the page that it opens."""
    async with page.context.expect_page() as opening:
        await page.get_by_role("button", name="Join", exact=True).click()
    return await opening.value


async def keep(page: Page, name: str) -> None:
    """Keep a picture of a page as test output."""
    await page.screenshot(path=SCREENSHOTS / f"{name}.png")


async def test_join_leads_through_sign_in_to_the_meeting_and_later_straight_there(
    world: World, browser: Browser
) -> None:
    """Bob presses Join, signs in as himself with one press, and is in; the second time there is nothing to press.

    No request of the whole way names the call's address to another site.
    """
    bob = await opened(browser, world, BOB)
    told: list[str] = []

    def note(request: Request) -> None:
        if not request.url.startswith(f"{world.server.address}/"):
            told.append(request.url + str(request.headers.get("referer")))

    bob.context.on("request", note)
    await start(bob, "Weekly sync")

    page = await press_join(bob)
    token = page.url.rpartition("/")[2]
    await expect(page.get_by_role("heading", name="Join the call")).to_be_visible()
    await keep(page, "1-join")
    await page.get_by_role("link", name="Sign in with Slack").click()
    await expect(page.get_by_role("heading", name="Startcall wants to know who you are")).to_be_visible()
    await expect(page.get_by_role("radio", name="Bob Baker")).to_be_checked()
    await keep(page, "2-consent")
    await page.get_by_role("button", name="Allow").click()
    await page.wait_for_url("**/meet/room-*")
    again = await press_join(bob)
    await again.wait_for_url("**/meet/room-*")

    assert page.url == again.url
    assert "#" in page.url
    assert not [one for one in told if token in one]


async def test_cancelling_and_signing_out(world: World, browser: Browser) -> None:
    """Whoever cancels can try again; at the end of a call the page still says who one is, and forgets it on demand."""
    alice = await opened(browser, world, ALICE, dark=True)
    await start(alice, "Weekly sync")
    page = await press_join(alice)
    address = page.url
    await page.get_by_role("link", name="Sign in with Slack").click()
    await page.get_by_role("button", name="Cancel").click()
    await expect(page.get_by_role("heading", name="You did not sign in")).to_be_visible()
    await keep(page, "3-cancelled")
    await page.get_by_role("link", name="Try again").click()
    await page.get_by_role("link", name="Sign in with Slack").click()
    await page.get_by_role("button", name="Allow").click()
    await page.wait_for_url("**/meet/room-*")

    await world.alice.command(GENERAL, "/startcall", "end")
    await world.settled()
    await page.goto(address)
    await expect(page.get_by_role("heading", name="The call is over")).to_be_visible()
    await expect(page.get_by_text("Signed in as Alice Arnold.")).to_be_visible()
    await keep(page, "4-ended")
    await page.get_by_role("button", name="Sign out").click()
    await expect(page.get_by_role("heading", name="You are signed out")).to_be_visible()


async def test_somebody_of_another_workspace_on_a_phone(world: World, browser: Browser) -> None:
    """Erin chooses her own workspace, is asked, and goes in as a guest."""
    alice = await opened(browser, world, ALICE)
    await start(alice, "Weekly sync")
    address = world.slack.api_calls("calls.add")[0].request["join_url"]
    context = await browser.new_context(viewport={"width": 390, "height": 740}, color_scheme="dark")
    page = await context.new_page()
    page.set_default_timeout(15_000)

    await page.goto(str(address))
    await page.get_by_role("link", name="I use Slack in another workspace").click()
    await page.locator(f'input[value="{ERIN}"]').check()
    await keep(page, "5-consent-phone")
    await page.get_by_role("button", name="Allow").click()
    await expect(page.get_by_role("heading", name="You come from another workspace")).to_be_visible()
    await keep(page, "6-elsewhere-phone")
    await page.get_by_role("button", name="Join as a guest").click()
    await page.wait_for_url("**/meet/room-*")


@pytest.mark.parametrize("world", ["by_press"], indirect=True)
async def test_without_signing_in_slack_gives_the_links(world: World, browser: Browser) -> None:
    """Join under the card shows a link that works once; a guest link made from there asks for a name."""
    alice = await opened(browser, world, ALICE)
    await start(alice, "Weekly sync")
    await alice.get_by_role("button", name="Join", exact=True).last.click()
    await expect(
        alice.get_by_role("link", name="Open the meeting").or_(alice.get_by_role("button", name="Open the meeting"))
    ).to_be_visible()
    await keep(alice, "7-own-link")
    used = own_link(shown_to(world, ALICE)[-1])
    async with alice.context.expect_page() as opening:
        await alice.get_by_text("Open the meeting").click()
    await (await opening.value).wait_for_url("**/meet/room-*")

    await alice.get_by_role("button", name="Guest link").click()
    await expect(alice.get_by_role("button", name="Revoke")).to_be_visible()
    await keep(alice, "8-guest-link")
    guests = await alice.get_by_role("link", name="/j/").last.get_attribute("href")
    context = await browser.new_context(viewport={"width": 390, "height": 740})
    page = await context.new_page()
    page.set_default_timeout(15_000)
    await page.goto(used)
    await expect(page.get_by_role("heading", name="This link was used before")).to_be_visible()
    await keep(page, "9-used-phone")
    await page.goto(str(guests))
    await expect(page.get_by_label("Your name")).to_be_focused()
    await page.get_by_label("Your name").fill("\u200b ")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("alert")).to_be_visible()
    await keep(page, "10-guest-phone")
    await page.get_by_label("Your name").fill("Gina Guest")
    await page.keyboard.press("Enter")
    await page.wait_for_url("**/meet/room-*")
    await page.goto(str(world.slack.api_calls("calls.add")[0].request["join_url"]))
    await expect(page.get_by_role("heading", name="Join from Slack")).to_be_visible()
    await keep(page, "11-press-join-phone")
