"""Take the README's picture: what `make run` shows once three people are in a call."""

from __future__ import annotations

import argparse
import asyncio
import re
import signal
import socket
import sys
from asyncio.subprocess import Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from io import BytesIO
from pathlib import Path

from PIL import Image
from playwright.async_api import Browser, Page, ViewportSize, async_playwright

from sandbox.people import ALICE, BOB, CAROL, GENERAL
from scripts.browser import CURE, program
from scripts.start import command

PICTURE = Path(__file__).resolve().parent.parent / "docs" / "images" / "card.png"
SIZE: ViewportSize = {"width": 1080, "height": 680}
COLOURS = 128
WAIT_S = 30.0


def free_port() -> int:
    """Return a port nobody listens on at the moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@asynccontextmanager
async def local_slack() -> AsyncIterator[str]:
    """Start what `make run` starts without credentials, and give the page's address."""
    words = command(["--port", "0", "--env", f"PORT={free_port()}"], credentials=False)
    process = await asyncio.create_subprocess_exec(*words, stdout=asyncio.subprocess.PIPE)
    try:
        yield await asyncio.wait_for(page_address(process), WAIT_S)
    finally:
        process.send_signal(signal.SIGINT)
        await process.wait()


async def page_address(process: Process) -> str:
    """Return the address that is printed for people.

    Raises:
        RuntimeError: when the local Slack ends before it prints one.
    """
    assert process.stdout is not None  # noqa: S101 - it was asked for above
    async for line in process.stdout:
        found = re.search(r"Open\s+(http://127\.0\.0\.1:\d+/)", line.decode())
        if found is not None:
            return found[1]
    raise RuntimeError("The local Slack did not start; what it printed says why.")


async def opened(browser: Browser, url: str, user: str) -> Page:
    """Open #general as somebody, in a browser of their own."""
    context = await browser.new_context(viewport=SIZE, color_scheme="light", locale="en-GB")
    page = await context.new_page()
    await page.goto(f"{url}?user={user}&channel={GENERAL}")
    await page.get_by_role("textbox", name="Message #general").wait_for()
    return page


async def say(page: Page, text: str) -> None:
    """Type a line and press Enter."""
    await page.get_by_role("textbox", name="Message #general").fill(text)
    await page.keyboard.press("Enter")


async def join(page: Page) -> None:
    """Press Join on the card, and close the meeting that opens."""
    async with page.context.expect_page() as opening:
        await page.get_by_role("button", name="Join", exact=True).click()
    await (await opening.value).close()


async def play(browser: Browser, url: str) -> bytes:
    """Let three people meet in a call that one of them types, and return what the first one sees."""
    alice, bob, carol = [await opened(browser, url, user) for user in (ALICE, BOB, CAROL)]
    await say(bob, "The release candidate is up. Shall we look at it together?")
    await say(carol, "Yes, now is good.")
    await alice.get_by_text("Yes, now is good.").wait_for()
    await say(alice, "/startcall Release check @bob @carol")
    await alice.get_by_role("heading", name="Release check").wait_for()
    for number, page in enumerate((alice, bob, carol), start=1):
        await join(page)
        await alice.get_by_text(f"{number} in the call").first.wait_for()
    await say(bob, "I have the checklist open.")
    await alice.get_by_text("I have the checklist open.").wait_for()
    await alice.get_by_role("textbox", name="Message #general").focus()  # not the card: what has the focus is lit
    await alice.mouse.move(1, 1)
    return await alice.screenshot()


def write(picture: bytes, path: Path) -> None:
    """Store a picture with few colours, which is all a page of text needs."""
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.open(BytesIO(picture)).convert("RGB").quantize(COLOURS).save(path, optimize=True)
    print(f"{path}: {path.stat().st_size // 1000} kB")


async def take(chromium: str, path: Path) -> None:
    """Take the picture and store it."""
    async with local_slack() as url, async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
        picture = await asyncio.wait_for(play(browser, url), WAIT_S)
        await browser.close()
    write(picture, path)


def parser() -> argparse.ArgumentParser:
    """Return the command line's grammar."""
    parser = argparse.ArgumentParser(prog="python -m scripts.picture", description=__doc__)
    parser.add_argument("file", nargs="?", type=Path, default=PICTURE, help="where to, instead of docs/images")
    return parser


def main() -> int:
    """Take the picture, store it, and return the exit status."""
    parsed = parser().parse_args()
    chromium = program()
    if chromium is None:
        print(CURE, file=sys.stderr)
        return 1
    asyncio.run(take(chromium, parsed.file))
    return 0


if __name__ == "__main__":
    sys.exit(main())
