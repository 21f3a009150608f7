"""Chromium with a fake camera and microphone, and what a test looks at on a page of a meeting room."""

from __future__ import annotations

import re
import time
from collections.abc import AsyncIterator, Awaitable, Callable

import pytest
from playwright.async_api import Browser, BrowserContext, ConsoleMessage, Locator, Page, async_playwright, expect

from tests.browser.chromium import ARGUMENTS, CHROMIUM

MEDIA_ARGUMENTS = (
    "--use-fake-device-for-media-stream=fps=10",  # more would only be more to encode
    "--use-fake-ui-for-media-stream",
    "--auto-select-desktop-capture-source=Entire screen",
    "--allow-loopback-in-peer-connection",
    "--disable-features=WebRtcHideLocalIpsWithMdns",
)
PATIENCE_MS = 20_000
"""How long anything may take on a busy machine; what has a limit of its own is measured by its test."""
EXPECTED = re.compile("status of (4|503)|WebSocket connection to .* failed|ERR_CONNECTION_REFUSED|begins anew")
"""What Chromium logs when the app is away or says no, which tests do on purpose."""

_PIXELS = """video => {
    const canvas = Object.assign(document.createElement('canvas'), {width: 32, height: 24});
    const context = canvas.getContext('2d');
    context.drawImage(video, 0, 0, 32, 24);
    return [...context.getImageData(0, 0, 32, 24).data].join();
}"""

OpenRoom = Callable[..., Awaitable[Page]]


@pytest.fixture
async def room_browser() -> AsyncIterator[Browser]:
    """Start Chromium with a fake camera."""
    async with async_playwright() as playwright:
        running = await playwright.chromium.launch(
            executable_path=CHROMIUM, args=[*ARGUMENTS, *MEDIA_ARGUMENTS], ignore_default_args=["--mute-audio"]
        )
        expect.set_options(timeout=PATIENCE_MS)
        yield running
        expect.set_options(timeout=None)
        await running.close()


@pytest.fixture
async def open_room(room_browser: Browser) -> AsyncIterator[OpenRoom]:
    """Open a link as somebody of their own; afterwards no page may have logged an error."""
    complaints: list[str] = []

    def note(message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"} and not EXPECTED.search(message.text):
            complaints.append(message.text)

    async def opened(link: str, *, joins: bool = True, context: BrowserContext | None = None) -> Page:
        context = context or await room_browser.new_context(viewport={"width": 1100, "height": 720})
        context.set_default_timeout(PATIENCE_MS)
        page = await context.new_page()
        page.on("console", note)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        await page.goto(link)
        if joins:
            await page.get_by_role("button", name="Join the call").click()
            await expect(page.locator("#call")).to_be_visible()
        return page

    yield opened
    assert complaints == []


def tile_of(page: Page, name: str) -> Locator:
    """Return somebody's tile."""
    return page.locator("#tiles > li").filter(has_text=name)


async def pixels_of(page: Page, name: str) -> str:
    """Return what somebody's video shows now."""
    return str(await tile_of(page, name).locator("video").evaluate(_PIXELS))


async def expect_moving(page: Page, name: str) -> None:
    """Wait until somebody's video is there, and check that it moves: two looks at it differ."""
    video = tile_of(page, name).locator("video")
    await expect(video).to_be_visible(timeout=PATIENCE_MS)
    await video.evaluate(
        "video => new Promise(resolve => video.videoWidth && !video.paused ? resolve() : video.onplaying = resolve)"
    )
    before = await pixels_of(page, name)
    for _ in range(20):
        await page.wait_for_timeout(250)
        if before != await pixels_of(page, name):
            return
    raise AssertionError(f"the video of {name} stands still")


async def expect_people(page: Page, *lines: str) -> None:
    """Wait until the list of people reads so."""
    give_up_at_s = time.monotonic() + PATIENCE_MS / 1_000
    while (found := await people_on(page)) != list(lines) and time.monotonic() < give_up_at_s:
        await page.wait_for_timeout(50)
    assert list(lines) == found


async def people_on(page: Page) -> list[str]:
    """Return the lines of the list of people, as they read."""
    if await page.get_by_role("button", name="People").get_attribute("aria-expanded") != "true":
        await page.get_by_role("button", name="People").click()
    lines = await page.locator("#people-list > li").all_inner_texts()
    return [" ".join(line.split()) for line in lines]
