"""The local Slack as one HTTP server: Web API, Socket Mode, response_urls and the page."""

from __future__ import annotations

import asyncio
import contextlib
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Self
from urllib.parse import urlsplit

import aiohttp
from aiohttp import web

from sandbox import people
from sandbox.clock import Clock
from sandbox.delivery import response_urls
from sandbox.delivery.ack import ACK_TIMEOUT_S
from sandbox.delivery.dispatcher import Dispatcher, Way
from sandbox.delivery.faults import DeliveryFaults
from sandbox.delivery.signed_http import SignedHttp
from sandbox.delivery.socket_mode import SocketMode
from sandbox.installs import Installs, Organisation
from sandbox.manifest import Manifest, read_manifest
from sandbox.page.consent import openid_routes
from sandbox.page.install import install_routes
from sandbox.page.links import is_loopback
from sandbox.page.routes import routes as page_routes
from sandbox.person import Person
from sandbox.schedule import keep_schedules
from sandbox.webapi.dispatch import routes as api_routes
from sandbox.webapi.faults import Faults
from sandbox.webapi.switches import Switches
from sandbox.workspace import Installation, Traffic, Workspace

HOST = "127.0.0.1"
"""The only address it listens on: everybody who can reach the local Slack can act as anybody in it."""

BODY_MAX_BYTES = 4 << 20

EXAMPLE_URL = "http://127.0.0.1:3000/slack/events"
"""Where an app made with Bolt listens unless it is told otherwise."""


@dataclass(frozen=True, slots=True)
class Options:
    """How a local Slack behaves.

    Args:
        manifest: of the app under development; read from `manifest.yml` in the present folder when None.
        http_url: where deliveries are posted. None delivers over Socket Mode, or, when the manifest has that turned
            off, to the manifest's own addresses.
        now: the clock, in Unix seconds; the machine's when None.
        ack_timeout_s: how long the app has to answer.
        time_scale: 1.0 repeats events after Slack's own waits, 0.01 a hundred times as fast.
    """

    manifest: Manifest | None = None
    http_url: str | None = None
    now: Callable[[], float] | None = None
    ack_timeout_s: float = ACK_TIMEOUT_S
    time_scale: float = 1.0


class AddressError(Exception):
    """A delivery would leave this computer."""


class Sandbox:
    """A running local Slack."""

    def __init__(self, options: Options, session: aiohttp.ClientSession) -> None:
        """Put the parts together; `start` makes them listen."""
        manifest = options.manifest or read_manifest(Path("manifest.yml"))
        installation = install(manifest)
        self.clock = Clock() if options.now is None else Clock(options.now)
        self.workspace = Workspace(installation, now=self.clock)
        self.faults = Faults()
        self.delivery_faults = DeliveryFaults()
        self.switches = Switches()
        self.socket_mode = SocketMode(self.workspace, ack_timeout_s=options.ack_timeout_s)
        self._session = session
        self._runner: web.AppRunner | None = None
        self.signed_http: SignedHttp | None = None
        if options.http_url is not None or not manifest.socket_mode_enabled:
            _check_addresses(manifest, options.http_url)
            now, timeout_s = self.clock.machine_s, options.ack_timeout_s
            self.signed_http = SignedHttp(self.workspace, session, options.http_url, now=now, ack_timeout_s=timeout_s)
        self.way: Way = self.signed_http or self.socket_mode
        self._time_scale = options.time_scale
        self.dispatcher = self._new_dispatcher(self.workspace)
        self.workspace.tell = self.dispatcher.tell
        people.furnish(self.workspace)
        self.installs = Installs(self.workspace, self.switches)
        self._dispatchers = {self.workspace.team.id: self.dispatcher}
        self._schedules: asyncio.Task[None] | None = None

    @classmethod
    async def start(cls, *, port: int = 0, options: Options | None = None) -> Self:
        """Start a furnished local Slack.

        Args:
            port: 0 takes any free one.

        Raises:
            OSError: when the port is taken.
            ManifestError: when the manifest cannot be used.
            AddressError: when deliveries would go to another computer.
        """
        # A connection of its own for each delivery: one kept from before a restart of the app would lose the first.
        session = aiohttp.ClientSession(connector=aiohttp.TCPConnector(force_close=True))
        try:
            sandbox = cls(options or Options(), session)
            await sandbox._listen(port)
        except BaseException:
            await session.close()
            raise
        return sandbox

    @property
    def url(self) -> str:
        """Return the address of the page, with a slash at its end."""
        return f"{self.workspace.base_url}/"

    @property
    def api_url(self) -> str:
        """Return the base of the Web API, with a slash at its end."""
        return f"{self.workspace.base_url}/api/"

    @property
    def is_http(self) -> bool:
        """Say whether deliveries go by signed HTTP, not over connections."""
        return self.signed_http is not None

    @property
    def installation(self) -> Installation:
        """Return the app's ids and credentials."""
        return self.workspace.installation

    def person(self, name: str) -> Person:
        """Return somebody by handle or user id, to act as them.

        Raises:
            KeyError: when there is nobody of this name.
        """
        return self.person_of(self.workspace, name)

    def add_workspace(self, name: str, organisation: Organisation | None = None) -> Workspace:
        """Found a furnished workspace beside the first; the app can be installed there by OAuth.

        Args:
            organisation: made by `installs.add_organisation`; None for a workspace of its own.
        """
        made = self.installs.add_workspace(name, organisation)
        dispatcher = self._new_dispatcher(made)
        made.tell = dispatcher.tell
        self._dispatchers[made.team.id] = dispatcher
        return made

    def person_of(self, workspace: Workspace, name: str) -> Person:
        """Return somebody of a workspace by handle or user id, to act as them.

        Raises:
            KeyError: when there is nobody of this name.
        """
        users = workspace.users
        user = users.get(name) or next((one for one in users.values() if one.name == name), None)
        if user is None:
            raise KeyError(name)
        return Person(workspace, self._dispatchers[workspace.team.id], user)

    def api_calls(self, method: str | None = None) -> list[Traffic]:
        """Return the app's Web API calls so far, of one method or of all."""
        calls = [entry for entry in self.workspace.traffic if entry.kind == "api"]
        return [entry for entry in calls if method in {None, entry.name}]

    def advance(self, seconds: float) -> None:
        """Move the local Slack's clock ahead: what expires does, and events that wait for that are sent again."""
        self.clock.advance(seconds)
        self.workspace.changed()

    async def stop(self) -> None:
        """Close every connection and stop listening."""
        self.faults.clear()
        self.delivery_faults.clear()
        if self._schedules is not None:
            self._schedules.cancel()
        await asyncio.gather(*(dispatcher.close() for dispatcher in self._dispatchers.values()))
        await self.socket_mode.close()
        if self._runner is not None:
            await self._runner.cleanup()
        await self._session.close()
        if self._schedules is not None:
            # Ended by an error of its own it says so here, rather than nowhere.
            with contextlib.suppress(asyncio.CancelledError):
                await self._schedules

    def _new_dispatcher(self, workspace: Workspace) -> Dispatcher:
        return Dispatcher(workspace, self.way, self.clock, self.delivery_faults, time_scale=self._time_scale)

    async def _listen(self, port: int) -> None:
        site = web.Application(client_max_size=BODY_MAX_BYTES)
        site.add_routes(api_routes(self.workspace, faults=self.faults, switches=self.switches, installs=self.installs))
        site.add_routes(response_urls.routes(self.installs))
        site.add_routes(page_routes(self))
        site.add_routes(openid_routes(self.workspace))
        site.add_routes(install_routes(self.installs))
        site.router.add_get("/link/", self.socket_mode.handle_link)
        self._runner = web.AppRunner(site, access_log=None, shutdown_timeout=0.5)
        await self._runner.setup()
        try:
            await web.TCPSite(self._runner, HOST, port).start()
        except OSError:
            await self._runner.cleanup()
            raise
        self.workspace.base_url = f"http://{HOST}:{self._runner.addresses[0][1]}"
        self._schedules = asyncio.create_task(keep_schedules(self.installs.workspaces.values))


def _check_addresses(manifest: Manifest, http_url: str | None) -> None:
    """Insist that signed deliveries stay on this computer, whatever the manifest says."""
    named = [manifest.events_request_url, manifest.interactivity_request_url, manifest.options_load_url]
    named += [command.url for command in manifest.slash_commands]
    for url in [http_url] if http_url is not None else named:
        parts = urlsplit(url)
        if url and (parts.scheme not in {"http", "https"} or not is_loopback(parts.hostname or "")):
            raise AddressError(f"{url} is not on this computer. Deliver to an address such as {EXAMPLE_URL}.")


def install(manifest: Manifest) -> Installation:
    """Return an app as installed by its manifest, with fresh credentials."""
    token = secrets.token_hex(12)
    return Installation(
        manifest=manifest,
        app_id="A0SANDBOX01",
        bot_id="B0SANDBOX01",
        bot_user_id="U0APPBOT001",
        bot_token=f"xoxb-sandbox-{token}",
        app_token=f"xapp-1-A0SANDBOX01-{token}",
        signing_secret=secrets.token_hex(16),
        scopes=set(manifest.bot_scopes),
        client_id=f"1000000000000.{secrets.randbelow(10**13):013d}",
        client_secret=secrets.token_hex(16),
    )
