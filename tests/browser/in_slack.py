"""What people do on the page of the local Slack, where an app is in use."""

from __future__ import annotations

from typing import Literal

from playwright.async_api import Browser, Page

from sandbox.people import GENERAL
from tests.world import World

WIDTH, HEIGHT = 1100, 760

Look = Literal["light", "dark"]


async def in_slack(
    browser: Browser, world: World, user: str, *, size: tuple[int, int] = (WIDTH, HEIGHT), look: Look = "light"
) -> Page:
    """Open #general as somebody, in a browser of their own.

    Args:
        size: width and height of the page, in pixels.
    """
    context = await browser.new_context(viewport={"width": size[0], "height": size[1]}, color_scheme=look)
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
