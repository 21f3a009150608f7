"""The app installed by OAuth in any number of workspaces of a local Slack."""

from __future__ import annotations

import asyncio
import html
import re
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

import aiohttp

from calls.installations import Installation, Leftover
from calls.workspaces import Workspaces
from config import Settings, read_settings
from parts import build_installations
from sandbox.manifest import read_manifest
from sandbox.person import Person
from sandbox.server import Options, Sandbox
from sandbox.testing import wait_for
from sandbox.workspace import Message, Traffic, Workspace
from serve import running
from server import Server
from tests.ports import free_port
from tests.world import NO_EXTRA, USUAL

MANIFEST = Path(__file__).parents[1] / "manifest.yml"
KEY = "QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVowMTIzNDU="
OTHER_KEY = "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY="


@dataclass(slots=True)
class Many:
    """A local Slack with several workspaces, and the app beside it."""

    slack: Sandbox
    settings: Settings
    server: Server
    clock: list[float] = field(default_factory=list)

    @property
    def home(self) -> Workspace:
        """Return the first workspace."""
        return self.slack.workspace

    def person(self, workspace: Workspace, name: str = "alice") -> Person:
        """Return somebody of a workspace."""
        return self.slack.person_of(workspace, name)

    async def install(self, place: str) -> str:
        """Install the app in a place as an admin does, in a browser of their own; return what the last page says."""
        async with new_browser() as browser:
            return await self.install_in(browser, place)

    async def install_in(self, browser: aiohttp.ClientSession, place: str) -> str:
        """Install the app with a browser."""
        async with browser.get(await self.allowed(browser, place)) as answer:
            text = shown(await answer.text())
        if "is installed" in text and place.startswith("T"):
            # The app looks up how large a workspace is once it is installed there.
            await wait_for(lambda: self.server.sizes.is_idle)
        return text

    async def allowed(self, browser: aiohttp.ClientSession, place: str | None) -> str:
        """Go to Slack with a browser and allow it there, or not; return where Slack sends the browser back to."""
        return await allowed(browser, self.server.address, place)

    async def start(self, workspace: Workspace, title: str) -> Message:
        """Start a call in a workspace and return its card once nothing more is to be done."""
        channel_id = general(workspace)
        before = len(cards_of(workspace))
        await self.person(workspace).command(channel_id, "/startcall", title)
        await wait_for(lambda: len(cards_of(workspace)) == before + 1)
        await self.settled()
        return cards_of(workspace)[-1]

    async def settled(self) -> None:
        """Wait until no call needs anything."""
        await wait_for(self.server.wakeups.is_idle)

    @property
    def workspaces(self) -> Workspaces:
        """Return what the app knows of where it is installed."""
        assert self.server.slack.workspaces is not None
        return self.server.slack.workspaces

    async def stuck_for(self, code: str) -> None:
        """Wait until a call was set aside for a reason."""
        await eventually(lambda: self._is_stuck_for(code))

    async def removed_from(self, place: str) -> None:
        """Wait until the app has noted that it was removed."""
        await eventually(lambda: self._is_gone(place))

    async def _is_stuck_for(self, code: str) -> bool:
        return code in await self.stuck()

    async def _is_gone(self, place: str) -> bool:
        return place not in {one.place.team_id or one.place.enterprise_id for one in await self.installed()}

    async def installed(self) -> Sequence[Installation | Leftover]:
        """Return what the app has stored of where it is installed."""
        return await build_installations(self.settings, self.server.database).every()

    def told(self, workspace: Workspace, person: Person) -> list[str]:
        """Return what was shown to one person alone in #general."""
        messages = workspace.messages.get(general(workspace), [])
        return [message.text for message in messages if message.ephemeral_for == person.user_id]

    async def stuck(self) -> list[str | None]:
        """Return why calls were set aside."""
        calls = await self.server.database.read(lambda transaction: transaction.stuck_calls())
        return [call.stuck_code for call in calls]

    def methods(self, *, without: tuple[str, ...] = ("apps.connections.open", "conversations.list")) -> list[str]:
        """Return the names of the app's Web API calls in all workspaces, in order."""
        return [line.name for line in self.api_calls() if line.name not in without]

    def api_calls(self) -> list[Traffic]:
        """Return the app's Web API calls in all workspaces, in order."""
        return [line for line in self.slack.installs.traffic() if line.kind == "api"]


async def eventually(condition: Callable[[], Awaitable[bool]], timeout_s: float = 5.0) -> None:
    """Wait until something that has to be asked for holds."""
    async with asyncio.timeout(timeout_s):
        while not await condition():  # noqa: ASYNC110 - a database gives no signal
            await asyncio.sleep(0.02)


async def a_second_later() -> None:
    """Let Slack's clock, which tells whole seconds, go on."""
    await asyncio.sleep(1.05)


def general(workspace: Workspace) -> str:
    """Return the id of #general."""
    return next(channel.id for channel in workspace.channels.values() if channel.name == "general")


def cards_of(workspace: Workspace) -> list[Message]:
    """Return the cards in #general."""
    messages = workspace.messages.get(general(workspace), [])
    return [message for message in messages if any(block["type"] == "call" for block in message.blocks)]


def shown(page: str) -> str:
    """Return what people read on a page."""
    main = re.sub(r"(?s).*<main>|</main>.*", "", page)
    return html.unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", main))).strip()


@asynccontextmanager
async def new_browser() -> AsyncIterator[aiohttp.ClientSession]:
    """Open a browser that keeps cookies."""
    async with aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True)) as browser:
        yield browser


async def install_at(address: str, place: str) -> None:
    """Install the app that listens at an address in a place, in a browser of its own."""
    async with new_browser() as browser, browser.get(await allowed(browser, address, place)) as answer:
        assert 200 == answer.status, await answer.text()


async def allowed(browser: aiohttp.ClientSession, address: str, place: str | None) -> str:
    """Go to Slack with a browser and allow it there, or not; return where Slack sends the browser back to."""
    async with browser.get(f"{address}/slack/install", allow_redirects=False) as answer:
        assert 302 == answer.status, await answer.text()
        authorize = urlsplit(answer.headers["Location"])
    form = dict(parse_qsl(authorize.query)) | ({"cancel": "1"} if place is None else {"place": place, "allow": "1"})
    url = f"{authorize.scheme}://{authorize.netloc}{authorize.path}"
    headers = {"Origin": f"{authorize.scheme}://{authorize.netloc}"}
    async with browser.post(url, data=form, headers=headers, allow_redirects=False) as answer:
        assert 302 == answer.status, await answer.text()
        return answer.headers["Location"]


def settings_for(slack: Sandbox, port: int, database_url: str, *, http: bool, extra: Mapping[str, str]) -> Settings:
    """Return settings without a bot token."""
    credentials = slack.installation
    return read_settings(
        {
            "SLACK_API_URL": slack.api_url,
            "SLACK_SIGNING_SECRET" if http else "SLACK_APP_TOKEN": (
                credentials.signing_secret if http else credentials.app_token
            ),
            "SLACK_CLIENT_ID": credentials.client_id,
            "SLACK_CLIENT_SECRET": credentials.client_secret,
            "STARTCALL_ENCRYPTION_KEY": KEY,
            "PORT": str(port),
            "DATABASE_URL": database_url,
            **{name: value.replace("{slack}", slack.url) for name, value in {**USUAL, **extra}.items()},
        }
    )


@asynccontextmanager
async def running_many(
    database_url: str, *, http: bool = True, rotates: bool = False, extra: Mapping[str, str] = NO_EXTRA
) -> AsyncIterator[Many]:
    """Run the app, installed nowhere yet, against a local Slack.

    Args:
        http: deliver over signed HTTP instead of Socket Mode.
        rotates: give tokens that expire.
        extra: further settings.
    """
    port = free_port()
    manifest = replace(read_manifest(MANIFEST), org_deploy_enabled=True, token_rotation_enabled=rotates)
    url = f"http://127.0.0.1:{port}/slack/events" if http else None
    slack = await Sandbox.start(options=Options(manifest=manifest, http_url=url))
    slack.installation.is_installed = False
    settings = settings_for(slack, port, database_url, http=http, extra=extra)
    try:
        async with running(settings) as server:
            await wait_for(lambda: server.socket_mode is None or server.socket_mode.connections > 0)
            yield Many(slack, settings, server)
    finally:
        await slack.stop()
