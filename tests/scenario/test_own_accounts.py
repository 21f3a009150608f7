"""People connect their own Zoom accounts: once, for themselves alone, and never so that a call starts."""

from __future__ import annotations

import asyncio
import base64
import re
from collections.abc import AsyncIterator
from dataclasses import dataclass
from html import unescape
from pathlib import Path

import aiohttp
import pytest
from yarl import URL

from calls.linked_accounts import Owner
from calls.model import TeamId, UserId
from sandbox.testing import wait_for
from sandbox.workspace import Json
from storage.account_tables import accounts
from tests.world import GENERAL, World, new_channel, running_world
from tests.zoom_double import HOST, OWN_EMAIL, USER_CLIENT_ID, USER_CLIENT_SECRET, ZoomDouble

KEY = base64.b64encode(b"k" * 32).decode()


@dataclass(slots=True)
class Own:
    """An app whose people can connect their Zoom accounts."""

    world: World
    zoom: ZoomDouble

    @property
    def alice(self) -> Owner:
        """Return Alice's account."""
        return Owner(TeamId(self.world.slack.workspace.team.id), UserId(self.world.alice.user_id), "zoom")

    async def section(self) -> Json:
        """Open the settings as Alice and return what they say of Zoom."""
        before = set(self.world.slack.workspace.modals.get(self.world.alice.user_id, []))
        await self.world.alice.command(GENERAL, "/startcall", "settings")
        modals = self.world.slack.workspace.modals
        await wait_for(lambda: bool(set(modals.get(self.world.alice.user_id, [])) - before))
        view = self.world.slack.workspace.views[modals[self.world.alice.user_id][-1]]
        found: Json = next(one for one in view.payload["blocks"] if one.get("block_id") == "account.zoom")
        return found

    async def connect(self, browser: aiohttp.ClientSession) -> tuple[int, str]:
        """Go through all pages in a browser and return the last one."""
        return await read(browser, await self.on_the_way(browser))

    async def on_the_way(self, browser: aiohttp.ClientSession) -> str:
        """Go to Zoom in a browser, allow it there, and return where Zoom sends the browser."""
        _, text = await read(browser, (await self.section())["accessory"]["url"])
        link = re.search(r'<a class="button" href="([^"]+)"', text)
        assert link is not None, text
        go = str(URL(self.world.server.address).join(URL(unescape(link[1]), encoded=True)))
        async with browser.get(URL(go, encoded=True), allow_redirects=False) as sent:
            assert 302 == sent.status
            to_zoom = sent.headers["Location"]
        async with browser.get(URL(to_zoom, encoded=True), allow_redirects=False) as back:
            return back.headers["Location"]

    async def start(self, title: str, number: int = 1) -> None:
        """Start a call as Alice, each in a conversation of its own."""
        channel_id = GENERAL if number == 1 else new_channel(self.world.slack)
        await self.world.alice.command(channel_id, "/startcall", title)
        await self.world.card(channel_id)

    def hosts(self) -> list[str]:
        """Return whose meetings there are."""
        return [meeting["host_email"] for meeting in self.zoom.meetings.values()]

    def direct_messages(self) -> list[str]:
        """Return what Alice was told by direct message."""
        return [message.text for message in self.world.slack.workspace.messages.get("D0APPALICE0", [])]


async def read(browser: aiohttp.ClientSession, url: str) -> tuple[int, str]:
    """Return a page's status and text."""
    async with browser.get(URL(url, encoded=True)) as answer:
        return answer.status, await answer.text()


def new_browser() -> aiohttp.ClientSession:
    """Return a browser that keeps cookies of this computer's addresses."""
    return aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True))


@pytest.fixture
async def own(tmp_path: Path) -> AsyncIterator[Own]:
    """Run a server in Zoom's place, an app that uses it, and a local Slack."""
    async with ZoomDouble().running() as zoom:
        settings = {
            "STARTCALL_PROVIDER": "zoom",
            "STARTCALL_ZOOM_USER_CLIENT_ID": USER_CLIENT_ID,
            "STARTCALL_ZOOM_USER_CLIENT_SECRET": USER_CLIENT_SECRET,
            "STARTCALL_ENCRYPTION_KEY": KEY,
            **zoom.settings,
        }
        async with running_world(tmp_path, http=False, extra=settings) as world:
            yield Own(world, zoom)


@pytest.fixture
async def browser() -> AsyncIterator[aiohttp.ClientSession]:
    """Open a browser."""
    async with new_browser() as opened:
        yield opened


async def test_a_connected_account_holds_its_owners_calls(own: Own, browser: aiohttp.ClientSession) -> None:
    """One link in the settings; connecting starts nothing, and calls are begun and ended in the owner's name."""
    assert "Connect your Zoom account" == (await own.section())["accessory"]["text"]["text"]
    status, text = await own.connect(browser)
    assert (200, True) == (status, f"Your next call at Zoom is a meeting of {OWN_EMAIL}" in text)
    assert "calls.add" not in own.world.methods()
    assert f"Connected as {OWN_EMAIL}" in (await own.section())["text"]["text"]

    await own.start("Weekly sync")
    assert [OWN_EMAIL] == own.hosts()
    await own.world.alice.command(GENERAL, "/startcall", "end")
    await own.world.settled()
    assert [] == own.hosts()
    assert own.zoom.requests("DELETE", "/v2/meetings")[0].headers["authorization"].startswith("Bearer user-token-")


async def test_others_calls_are_not_held_there(own: Own, browser: aiohttp.ClientSession) -> None:
    """Bob has connected nothing."""
    await own.connect(browser)
    await own.world.bob.command(GENERAL, "/startcall", "Bob's")
    await own.world.card(GENERAL)

    assert [HOST] == own.hosts()


async def test_an_account_that_is_disconnected_is_used_no_more(own: Own, browser: aiohttp.ClientSession) -> None:
    """Nothing of it is kept, and the dialog offers to connect again."""
    await own.connect(browser)
    await own.section()
    view_id = own.world.slack.workspace.modals[own.world.alice.user_id][-1]
    await own.world.alice.click_in_view(view_id, "unlink_account")
    await wait_for(lambda: "Connect your account" in str(own.world.slack.workspace.views[view_id].payload))
    await own.start("Weekly sync")

    assert [HOST] == own.hosts()
    assert [] == await own.world.server.database.ask(lambda work: list(work.execute(accounts.select())))


async def test_tokens_are_renewed_before_they_expire_once_however_many_ask(
    own: Own, browser: aiohttp.ClientSession
) -> None:
    """Zoom takes a refresh token once, so a second renewal would lose the account; nobody connects again."""
    own.zoom.user_token_lasts_s = 60
    await own.connect(browser)
    own.zoom.user_token_lasts_s = 3600
    assert own.world.server.accounts is not None

    given = await asyncio.gather(*(own.world.server.accounts.token(own.alice) for _ in range(20)))

    assert 1 == len(set(given))
    assert given[0] in own.zoom.user_tokens
    asked = own.zoom.requests("POST", "/oauth/token")
    assert 1 == [one.body.get("grant_type") for one in asked if one.body].count("refresh_token")


async def test_an_account_taken_back_in_the_middle_of_a_start_costs_no_call(
    own: Own, browser: aiohttp.ClientSession
) -> None:
    """The company's account takes the call, and its starter is told what to do, once."""
    await own.connect(browser)
    own.zoom.revoke()
    await own.start("One")
    await own.start("Two", 2)

    assert [HOST, HOST] == own.hosts()
    await wait_for(lambda: bool(own.direct_messages()))
    said = "Your Zoom account is no longer connected to Startcall, so your calls there are made without it."
    assert [f"{said} Connect it again in `/startcall settings`."] == own.direct_messages()


async def test_tokens_are_not_to_be_read_in_the_database(own: Own, browser: aiohttp.ClientSession) -> None:
    """Only with the key, and only for their owner."""
    await own.connect(browser)
    (row,) = await own.world.server.database.ask(lambda work: list(work.execute(accounts.select())))

    assert "user-token" not in str(row)
    assert "refresh-" not in str(row)


async def test_the_page_says_for_whom_an_account_is_connected(own: Own, browser: aiohttp.ClientSession) -> None:
    """Whoever was sent the address by somebody else can see that."""
    await own.world.server.profiles.learned(own.alice.team_id, own.alice.user_id)
    _, text = await read(browser, (await own.section())["accessory"]["url"])

    assert "Go on only if you are alice and have opened this page from Slack yourself." in text
    assert [] == own.zoom.requests("GET", "/oauth/authorize")


async def test_only_the_browser_that_was_sent_can_come_back_and_once(own: Own, browser: aiohttp.ClientSession) -> None:
    """What another one brings is refused and uses nothing up."""
    back = await own.on_the_way(browser)
    async with new_browser() as other:
        status, text = await read(other, back)
    assert (410, True) == (status, "used up or too old" in text)
    assert 200 == (await read(browser, back))[0]
    assert 410 == (await read(browser, back))[0]


async def test_who_does_not_allow_it_reads_what_to_do(own: Own, browser: aiohttp.ClientSession) -> None:
    """Nothing is connected."""
    own.zoom.denies = True
    status, text = await own.connect(browser)

    assert (410, True) == (status, "Nothing was connected, because it was not allowed there." in text)
    assert "Connect your account" in (await own.section())["text"]["text"]


@pytest.mark.parametrize("change", ["", "x", "other"])
async def test_an_address_that_is_not_ours_leads_nowhere(own: Own, browser: aiohttp.ClientSession, change: str) -> None:
    """Nobody can make one for somebody else."""
    url = str((await own.section())["accessory"]["url"])
    changed = {"": url.partition("?")[0], "x": f"{url}x", "other": url.replace("/link/zoom", "/link/webex")}[change]

    assert 410 == (await read(browser, changed))[0]
