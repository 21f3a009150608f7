"""Chromium on the page of a local Slack, with a small app connected to it."""

from __future__ import annotations

import re
import shutil
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest
from playwright.async_api import Browser, ConsoleMessage, Page, async_playwright, expect

from sandbox.people import ALICE, GENERAL
from sandbox.server import Options, Sandbox
from tests.browser.chromium import ARGUMENTS, CHROMIUM
from tests.browser.page_app import PageApp, manifest
from tests.browser.room_pages import PATIENCE_MS
from tests.world import World, running_world

EXPECTED = re.compile("status of (4..|502)")
"""What Chromium logs when the page is told no, which tests do on purpose."""

OpenPage = Callable[..., Awaitable[Page]]


@pytest.fixture
async def slack() -> AsyncIterator[Sandbox]:
    """Run a furnished local Slack with the small app's manifest."""
    running = await Sandbox.start(options=Options(manifest=manifest(), ack_timeout_s=1.0))
    yield running
    await running.stop()


@pytest.fixture
async def app(slack: Sandbox) -> AsyncIterator[PageApp]:
    """Connect the small app."""
    running = PageApp(slack)
    await running.start()
    yield running
    await running.stop()


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    """Run Startcall against a local Slack over Socket Mode, as `make run` does."""
    async with running_world(tmp_path, http=False) as running:
        yield running


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    """Start Chromium."""
    if shutil.which(CHROMIUM) is None:
        pytest.skip(f"There is no {CHROMIUM} on this machine.")
    async with async_playwright() as playwright:
        running = await playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        expect.set_options(timeout=PATIENCE_MS)
        yield running
        expect.set_options(timeout=None)
        await running.close()


@pytest.fixture
async def open_page(slack: Sandbox, browser: Browser) -> AsyncIterator[OpenPage]:
    """Open the page as somebody; afterwards no page may have logged an error."""
    complaints: list[str] = []

    def note(message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"} and not EXPECTED.search(message.text):
            complaints.append(message.text)

    async def opened(user: str = ALICE, channel: str = GENERAL, more: str = "", *, width: int = 1280) -> Page:
        context = await browser.new_context(viewport={"width": width, "height": 800})
        context.set_default_timeout(PATIENCE_MS)
        page = await context.new_page()
        page.on("console", note)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        async with page.expect_response(lambda response: "/page/live" in response.url):
            await page.goto(f"{slack.url}?user={user}&channel={channel}{more}")
        return page

    yield opened
    assert complaints == []
