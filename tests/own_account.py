"""An app whose people connect their own accounts at a meeting system, with a server in the meeting system's place."""

from __future__ import annotations

import base64
import re
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from html import unescape
from pathlib import Path

import aiohttp
from yarl import URL

from calls.accounts import Accounts
from calls.linked_accounts import Owner
from calls.model import TeamId, UserId
from sandbox.testing import wait_for
from sandbox.workspace import Json
from tests import googlemeet_double, teams_double, webex_double, zoom_double
from tests.googlemeet_double import GoogleMeetDouble
from tests.sign_in_double import SignIn
from tests.teams_double import TeamsDouble
from tests.webex_double import WebexDouble
from tests.world import GENERAL, World, new_channel, running_world
from tests.zoom_double import ZoomDouble

KEY = base64.b64encode(b"k" * 32).decode()

Double = ZoomDouble | WebexDouble | GoogleMeetDouble | TeamsDouble


@dataclass(frozen=True, slots=True)
class System:
    """A meeting system at which people can connect accounts.

    Args:
        label: what people call it.
        company: whose meetings are those of people who connected nothing.
        own: what the meeting system calls Alice.
        deletes: whether an ended meeting is gone.
        uses_up: whether a refresh token works once, so that an answer that gets lost costs the account.
    """

    name: str
    label: str
    double: Callable[[], Double] = field(repr=False)
    company: str
    own: str
    deletes: bool
    uses_up: bool = False


SYSTEMS = (
    System("zoom", "Zoom", ZoomDouble, zoom_double.HOST, zoom_double.OWN_EMAIL, deletes=True, uses_up=True),
    System("webex", "Webex", WebexDouble, webex_double.OWNER, webex_double.OWN_EMAIL, deletes=True),
    System(
        "googlemeet",
        "Google Meet",
        GoogleMeetDouble,
        googlemeet_double.HOST,
        googlemeet_double.OWN_EMAIL,
        deletes=False,
    ),
    System("teams", "Microsoft Teams", TeamsDouble, teams_double.ORGANIZER, teams_double.OWN_EMAIL, deletes=False),
)
"""Each has a sign-in of its own: https://www.rfc-editor.org/rfc/rfc6749 leaves much open."""


@dataclass(slots=True)
class Own:
    """An app whose people can connect their accounts."""

    world: World
    system: System
    vendor: Double

    @property
    def sign_in(self) -> SignIn:
        """Return what people allowed."""
        return self.vendor.sign_in

    @property
    def accounts(self) -> Accounts:
        """Return what keeps the accounts."""
        assert self.world.server.accounts is not None
        return self.world.server.accounts

    @property
    def alice(self) -> Owner:
        """Return Alice's account."""
        team_id = TeamId(self.world.slack.workspace.team.id)
        return Owner(team_id, UserId(self.world.alice.user_id), self.system.name)

    async def section(self) -> Json:
        """Open the settings as Alice and return what they say of the meeting system."""
        before = set(self.world.slack.workspace.modals.get(self.world.alice.user_id, []))
        await self.world.alice.command(GENERAL, "/startcall", "settings")
        modals = self.world.slack.workspace.modals
        await wait_for(lambda: bool(set(modals.get(self.world.alice.user_id, [])) - before))
        view = self.world.slack.workspace.views[modals[self.world.alice.user_id][-1]]
        block_id = f"account.{self.system.name}"
        found: Json = next(one for one in view.payload["blocks"] if one.get("block_id") == block_id)
        return found

    async def connect(self, browser: aiohttp.ClientSession) -> tuple[int, str]:
        """Go through all pages in a browser and return the last one."""
        return await read(browser, await self.on_the_way(browser))

    async def on_the_way(self, browser: aiohttp.ClientSession) -> str:
        """Go to the meeting system in a browser, allow it there, and return where the browser is sent next."""
        _, text = await read(browser, (await self.section())["accessory"]["url"])
        link = re.search(r'<a class="button" href="([^"]+)"', text)
        assert link is not None, text
        go = str(URL(self.world.server.address).join(URL(unescape(link[1]), encoded=True)))
        async with browser.get(URL(go, encoded=True), allow_redirects=False) as sent:
            assert 302 == sent.status
            there = sent.headers["Location"]
        async with browser.get(URL(there, encoded=True), allow_redirects=False) as back:
            return back.headers["Location"]

    async def start(self, title: str, number: int = 1) -> None:
        """Start a call as Alice, each in a conversation of its own."""
        channel_id = GENERAL if number == 1 else new_channel(self.world.slack)
        await self.world.alice.command(channel_id, "/startcall", title)
        await self.world.card(channel_id)

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


@asynccontextmanager
async def running_own(folder: Path, system: System) -> AsyncIterator[Own]:
    """Run a server in the meeting system's place, an app that uses it, and a local Slack."""
    async with system.double().running() as vendor:
        more = {"STARTCALL_PROVIDER": system.name, "STARTCALL_ENCRYPTION_KEY": KEY}
        async with running_world(
            folder, http=False, extra={**vendor.settings, **vendor.people_settings, **more}
        ) as world:
            yield Own(world, system, vendor)
