"""The page of the local Slack stays quick when much is on it."""

from __future__ import annotations

import asyncio

from playwright.async_api import expect

from sandbox import messages
from sandbox.messages import NewMessage
from sandbox.people import GENERAL
from sandbox.server import Sandbox
from sandbox.testing import wait_for
from tests.browser.conftest import OpenPage
from tests.browser.page_app import Json
from tests.lateness import least_of


async def test_two_hundred_cards_stay_quick(slack: Sandbox, open_page: OpenPage) -> None:
    """With 200 cards in the channel a change sends only itself, and is seen within half a second; best of three."""
    blocks: list[Json] = [{"type": "section", "text": {"type": "mrkdwn", "text": "*card*"}}]
    bot = slack.installation.bot_user_id
    for number in range(200):
        messages.post(slack.workspace, NewMessage(GENERAL, bot, f"{number}", blocks=blocks, by_app=True))
    page = await open_page()
    sizes: list[int] = []
    page.on("response", lambda response: sizes.append(int(response.headers.get("content-length", "0"))))
    words = iter(("one more", "another", "a third"))

    async def seen_after_s() -> float:
        text = next(words)
        started = asyncio.get_running_loop().time()
        await slack.person("bob").say(GENERAL, text)
        await expect(page.get_by_text(text)).to_be_visible()
        return asyncio.get_running_loop().time() - started

    assert await least_of(0.5, seen_after_s) < 0.5
    await wait_for(lambda: sizes)
    assert 0 < max(sizes) < 10_000
