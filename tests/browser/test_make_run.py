"""What `make run` starts on a fresh machine: one process to open in a browser, gone without a trace when stopped."""

from __future__ import annotations

import asyncio
import os
import re
import signal
from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Browser, expect

from scripts.start import command
from tests.ports import free_port

START_WAIT_S = 20.0


@pytest.fixture
async def started() -> AsyncIterator[tuple[asyncio.subprocess.Process, str]]:
    """Start what `make run` starts without credentials, and return it with the page's address."""
    words = command(["--port", "0"], credentials=False)
    environment = {**os.environ, "PORT": str(free_port())}  # noqa: TID251 - a child's own
    process = await asyncio.create_subprocess_exec(*words, env=environment, stdout=asyncio.subprocess.PIPE)
    try:
        yield process, await asyncio.wait_for(page_address(process), START_WAIT_S)
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


async def page_address(process: asyncio.subprocess.Process) -> str:
    """Return the address that is printed for people."""
    assert process.stdout is not None
    async for line in process.stdout:
        found = re.search(r"Open\s+(http://127\.0\.0\.1:\d+/)", line.decode())
        if found is not None:
            return found[1]
    raise AssertionError("No address was printed.")


async def test_a_newcomer_gets_from_the_printed_address_to_a_card_and_stops_it(
    started: tuple[asyncio.subprocess.Process, str], browser: Browser
) -> None:
    """The address is printed, the command works there, the meeting opens, and Ctrl+C ends everything with status 0."""
    process, address = started
    page = await browser.new_page()
    page.set_default_timeout(15_000)
    await page.goto(address)

    await page.get_by_role("textbox", name="Message #general").fill("/startcall Weekly sync")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("heading", name="Weekly sync")).to_be_visible()
    async with page.context.expect_page() as meeting:
        await page.get_by_role("button", name="Join", exact=True).click()
    assert (await meeting.value).url.startswith(f"{address}meet/")

    process.send_signal(signal.SIGINT)
    assert 0 == await asyncio.wait_for(process.wait(), 15)
