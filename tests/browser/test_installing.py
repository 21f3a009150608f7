"""Installing by OAuth as admins see it, in Chromium: two workspaces and an organisation, and removing the app again."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import Browser, Page, expect

from tests.many_workspaces import Many, a_second_later, cards_of, running_many

SCREENSHOTS = Path("test-output/installing")


@pytest.fixture
async def many(tmp_path: Path) -> AsyncIterator[Many]:
    """Run the app, installed nowhere yet, with tokens that expire."""
    async with running_many(f"sqlite:///{tmp_path}/calls.sqlite3", rotates=True) as running:
        yield running


async def opened(browser: Browser) -> Page:
    """Open a page in a browser of its own."""
    context = await browser.new_context(viewport={"width": 1000, "height": 700})
    context.set_default_timeout(10_000)
    return await context.new_page()


async def test_two_workspaces_and_an_organisation_are_installed_side_by_side(many: Many, browser: Browser) -> None:
    """Each by its own browser, from our address to Slack's page and back; afterwards each has its own calls."""
    other = many.slack.add_workspace("Other")
    organisation = many.slack.installs.add_organisation("Acme")
    north = many.slack.add_workspace("North", organisation)

    for label, name in (("Sandbox", "Sandbox"), ("Other", "Other"), ("Acme (organisation)", "Acme")):
        page = await opened(browser)
        await page.goto(f"{many.server.address}/slack/install")
        await expect(page.get_by_role("heading", name="Startcall wants to be installed")).to_be_visible()
        await page.get_by_label(label, exact=True).check()
        await page.screenshot(path=SCREENSHOTS / "consent.png")
        await page.get_by_role("button", name="Allow").click()
        await expect(page.get_by_role("heading", name=f"Startcall is installed in {name}")).to_be_visible()
        await page.screenshot(path=SCREENSHOTS / "installed.png")
        assert await page.get_by_role("link", name="Open Slack").get_attribute("href")
    for workspace in (many.home, other, north):
        await many.start(workspace, f"Call of {workspace.team.name}")

    assert ["Acme", "Other", "Sandbox"] == [one.name for one in await many.installed()]
    assert [["Call of Sandbox"], ["Call of Other"], ["Call of North"]] == [
        [call.title for call in workspace.calls.values()] for workspace in (many.home, other, north)
    ]
    assert [1, 1, 1] == [len(cards_of(workspace)) for workspace in (many.home, other, north)]


async def test_whoever_does_not_allow_it_can_begin_again(many: Many, browser: Browser) -> None:
    """The page says what happened and has one button."""
    page = await opened(browser)
    await page.goto(f"{many.server.address}/slack/install")
    await page.get_by_role("button", name="Cancel").click()

    await expect(page.get_by_role("heading", name="Startcall was not installed")).to_be_visible()
    await page.screenshot(path=SCREENSHOTS / "cancelled.png")
    await page.get_by_role("link", name="Install Startcall").click()
    await page.get_by_role("button", name="Allow").click()

    await expect(page.get_by_role("heading", name="Startcall is installed in Sandbox")).to_be_visible()


async def test_an_admin_removes_the_app_at_slack(many: Many, browser: Browser) -> None:
    """The local Slack lists where the app is, and tells it when it is removed."""
    await many.install(many.home.team.id)
    await a_second_later()
    page = await opened(browser)
    await page.goto(f"{many.slack.url}apps/manage")
    await page.get_by_role("button", name="Remove from Sandbox").click()
    await expect(page.get_by_text("Nowhere.")).to_be_visible()

    await many.removed_from(many.home.team.id)

    assert [] == list(await many.installed())
