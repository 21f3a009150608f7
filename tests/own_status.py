"""People who let the app set their status, in browsers of their own."""

from __future__ import annotations

import asyncio
import html
import re
from collections.abc import Mapping
from types import MappingProxyType
from urllib.parse import parse_qsl, urlsplit

import aiohttp
from yarl import URL

from sandbox.person import Person
from sandbox.server import Sandbox
from sandbox.testing import wait_for
from sandbox.workspace import Json, User
from tests.many_workspaces import KEY, new_browser
from tests.world import GENERAL, World

STATUS: Mapping[str, str] = MappingProxyType({"STARTCALL_ENCRYPTION_KEY": KEY})
OURS = ("In a call", ":telephone_receiver:")
NOTHING = ("", "")

NEAR_S = 90.0
"""By how much the end of a pause may differ from what is meant: they are set in whole minutes."""


def user_of(slack: Sandbox, name: str = "alice") -> User:
    """Return a person as Slack keeps them."""
    return slack.workspace.users[slack.person(name).user_id]


def shown_of(slack: Sandbox, name: str = "alice") -> tuple[str, str]:
    """Return the text and the emoji beside a person's name."""
    user = user_of(slack, name)
    return user.status_text, user.status_emoji


def set_by_hand(slack: Sandbox, text: str, emoji: str, name: str = "alice", *, until_s: int = 0) -> None:
    """Let a person set their status themselves."""
    user = user_of(slack, name)
    user.status_text, user.status_emoji, user.status_expiration = text, emoji, until_s


async def settings_of(slack: Sandbox, person: Person) -> tuple[str, Json]:
    """Open the settings as a person and return the dialog, with its id."""
    before = set(slack.workspace.modals.get(person.user_id, []))
    await person.command(GENERAL, "/startcall", "settings")
    await wait_for(lambda: bool(set(slack.workspace.modals.get(person.user_id, [])) - before))
    view_id = slack.workspace.modals[person.user_id][-1]
    return view_id, slack.workspace.views[view_id].payload


def section_of(view: Json) -> Json:
    """Return what the settings say of the status."""
    return next(block for block in view["blocks"] if block.get("block_id") == "account.slack")


async def allow(slack: Sandbox, address: str, name: str = "alice", signed_in: str | None = None) -> tuple[int, str]:
    """Let the app set a person's status, and return the last page.

    Args:
        signed_in: who is signed in to Slack in the browser; the person themselves when not given.
    """
    _, view = await settings_of(slack, slack.person(name))
    async with new_browser() as browser:
        async with browser.get(URL(section_of(view)["accessory"]["url"], encoded=True)) as page:
            link = re.search(r'<a class="button" href="([^"]+)"', await page.text())
        assert link is not None
        go = URL(address).join(URL(html.unescape(link[1]), encoded=True))
        async with browser.get(go, allow_redirects=False) as sent:
            authorize = urlsplit(sent.headers["Location"])
        back = await _allowed(browser, authorize.geturl(), slack.person(signed_in or name).user_id)
        async with browser.get(URL(back, encoded=True)) as answer:
            return answer.status, await answer.text()


async def _allowed(browser: aiohttp.ClientSession, url: str, user_id: str) -> str:
    async with browser.get(URL(url, encoded=True)) as page:
        assert (200, True) == (page.status, "users.profile:write" in await page.text())
    parts = urlsplit(url)
    origin = f"{parts.scheme}://{parts.netloc}"
    form = dict(parse_qsl(parts.query)) | {"user": user_id, "allow": "1"}
    headers = {"Origin": origin}
    async with browser.post(f"{origin}{parts.path}", data=form, headers=headers, allow_redirects=False) as answer:
        assert 302 == answer.status, await answer.text()
        return answer.headers["Location"]


async def join(world: World, channel_id: str = GENERAL) -> str:
    """Start a call as Bob, let Alice in, and return its card's timestamp."""
    before = len(world.cards(channel_id))
    await world.bob.command(channel_id, "/startcall", "Weekly sync")
    card = await world.card(channel_id, before + 1)
    await world.alice.click(channel_id, card.ts, "join_call")
    return card.ts


async def shows(slack: Sandbox, wanted: tuple[str, str], name: str = "alice", timeout_s: float = 5.0) -> None:
    """Wait until Slack shows something beside a person's name."""
    async with asyncio.timeout(timeout_s):
        while shown_of(slack, name) != wanted:  # noqa: ASYNC110 - the person may have set it, which gives no signal
            await asyncio.sleep(0.02)


async def choose_pauses(slack: Sandbox, answer: str = "yes", name: str = "alice") -> None:
    """Choose in the settings whether notifications are paused."""
    view_id, _ = await settings_of(slack, slack.person(name))
    await slack.person(name).submit(view_id, {"person.pauses_notifications": answer})


def snoozed_until(slack: Sandbox, name: str = "alice") -> int:
    """Return until when a person's notifications are paused, in seconds since 1970; 0 for not at all."""
    until_s = user_of(slack, name).snooze_until_s
    return until_s if until_s > slack.workspace.now() else 0


def snooze_by_hand(slack: Sandbox, minutes: int, name: str = "alice") -> int:
    """Let a person pause their notifications themselves, or end that with 0, and return until when."""
    until_s = int(slack.workspace.now()) + minutes * 60 if minutes else 0
    user_of(slack, name).snooze_until_s = until_s
    return until_s


async def is_snoozed(slack: Sandbox, minutes: float, name: str = "alice", timeout_s: float = 5.0) -> None:
    """Wait until a person's notifications are paused for about so many minutes more, 0 for not at all."""
    async with asyncio.timeout(timeout_s):
        while not _is_near(snoozed_until(slack, name), slack.workspace.now() + minutes * 60 if minutes else 0):  # noqa: ASYNC110 - as above
            await asyncio.sleep(0.02)


def _is_near(until_s: float, wanted_s: float) -> bool:
    return abs(until_s - wanted_s) <= NEAR_S
