"""The server: its parts, plugged together, and what it knows of its own standing."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime

import aiohttp
from aiohttp import web

import listeners
from calls.advance import Advancer
from calls.clock import now
from calls.errors import CallsError, SlackRefused, SlackTokenDead
from calls.fresh import Fresh
from calls.installations import Installation
from calls.installing import Installing
from calls.intake import Intake
from calls.joining import Joining
from calls.model import TeamId
from calls.permissions import Permissions
from calls.replies import Replies
from calls.service import CallService
from calls.slack.auth_api import AuthApi
from calls.slack.pace import Pace
from calls.slack.views_api import ViewsApi
from calls.starts import Starts
from calls.words.errors import sentence_for
from calls.work import WorkId, either
from config import Settings
from listeners.bolt import Bot, build_bolt_app
from listeners.events.app_uninstalled import Removed, removed_nowhere
from listeners.events.team_access import AccessChanged, changed_nowhere
from listeners.health import health_routes
from listeners.hooks import hook_routes
from listeners.http import slack_events
from listeners.http_server import new_site
from listeners.installing.routes import install_routes
from listeners.joining.routes import join_routes
from listeners.linking.routes import account_routes
from listeners.metrics import metrics_routes
from listeners.socket_mode import SocketMode
from parts import Slack, build_outside, build_providers
from server_parts import (
    Connection,
    Inside,
    build_accounts,
    build_join_site,
    build_keeping,
    build_plans,
    build_statuses,
    build_use_cases,
)
from storage.backlog import read_backlog
from storage.budgets import build_budgets
from storage.database import Database
from storage.postgres import is_postgres
from storage.wakeups import build_wakeups
from supervised import Supervised

_log = logging.getLogger("startcall")

GRACE_S = 8.0
"""How long a stop waits for work in flight, in seconds; orchestrators kill after 10."""

ASKING_MAX_S = 0.8
"""How long we are not ready because Slack has not said yet who we are, in seconds; shorter than probes wait."""

NOT_WORKING = (
    "Calls are not worked on at the moment. That is started again by itself; if this lasts, the log says what stops it."
)

NOT_LET_IN = (
    "Slack delivers nothing to this process, as it refused the app-level token ({reason}). Make one with the scope "
    "connections:write at api.slack.com/apps > Basic Information, put it into SLACK_APP_TOKEN, and start Startcall "
    "again."
)

_RETRY_S = 5.0


class Server:
    """The running app: its parts, and how they start and stop together."""

    def __init__(
        self,
        settings: Settings,
        session: aiohttp.ClientSession,
        database: Database,
        *,
        address: str,
        takes_in: bool = True,
    ) -> None:
        """Plug the parts together; nothing runs yet.

        Args:
            address: where the HTTP server listens.
            takes_in: whether Slack delivers to this process; one that only works serves nothing but health.
        """
        self.settings = settings
        self.session = session
        self.takes_in = takes_in
        self.address = address
        self.connection = Connection()
        self._has_asked = asyncio.Event()
        self._asks_until_s = asyncio.get_running_loop().time() + ASKING_MAX_S
        self.socket_mode: SocketMode | None = None
        self.database = database
        self.pace = Pace(build_budgets(database, settings.database_url))
        self.slack = Slack(settings, session, database)
        self.web_api = web_api = self.slack.web(self.pace)
        self.auth = AuthApi(web_api)
        self.meeting_systems = build_providers(settings, session, address, self._is_open)
        outside = build_outside(settings, web_api, self.meeting_systems, database, address)
        self.provider, self.providers = self.meeting_systems.default, outside.providers
        fresh = None if is_postgres(settings.database_url) else Fresh()
        self.wakeups = build_wakeups(database, settings.database_url, now, self._advance)
        self.advancer = Advancer(database, outside, fresh, self.wakeups.wake)
        self.working = Supervised("The work on calls", self.wakeups.sweep_forever)
        self.replies = Replies(outside, ViewsApi(web_api))
        self.intake = Intake(database, self.wakeups, outside.reports, outside.rules)
        allowed = Permissions(database, outside.profiles, outside.groups)
        self.calls = CallService(database, self.wakeups, self.replies, now, allowed, providers=self.providers)
        usual = self.provider.name
        self.starts = Starts(database, self.wakeups, outside, allowed, default_provider=usual, fresh=fresh)
        self.installing = self.slack.installing(self._installed_in)
        self.site_url = settings.site_url(address) or address
        self.bolt = build_bolt_app(settings.slack_api_url, self._bot_of)
        joining = Joining(database, outside, settings.join_key)
        self.join_site = build_join_site(settings, web_api, joining, address)
        self.profiles, self.groups, self.sizes = outside.profiles, outside.groups, outside.sizes
        self.plans = build_plans(outside, database, self.starts, self.wakeups)
        self.accounts = build_accounts(settings, database, web_api, self.meeting_systems, self.replies, address)
        self.statuses = build_statuses(outside, database, web_api, self.accounts)
        inside = Inside(database, self.calls, self.starts, self.wakeups, self.replies, allowed)
        use = build_use_cases(web_api, inside, outside, joining, self.accounts)
        listeners.register(self.bolt, use, *_told_of_removals(self.installing))

    async def _advance(self, work_id: WorkId) -> datetime | None:
        return await either(self.advancer.advance, self.plans.advance, self.statuses.advance)(work_id)

    async def _is_open(self, provider: str, room_id: str) -> bool:
        return await self.intake.is_open(provider, room_id)

    async def _bot_of(self, team_id: str | None, enterprise_id: str | None) -> Bot:
        known = self.connection.identity
        return await self.slack.bot_of(
            team_id, enterprise_id, Bot() if known is None else Bot(known.bot_id, known.bot_user_id)
        )

    @property
    def uses_socket_mode(self) -> bool:
        """Say whether Slack delivers to this process over Socket Mode."""
        return self.takes_in and self.settings.slack_app_token is not None

    def web_app(self) -> web.Application:
        """Return the HTTP side: Slack's deliveries where there is a signing secret, and health."""
        site = new_site()
        site.on_shutdown.append(self._let_pages_go)
        site.add_routes(health_routes(self.reasons_not_ready))
        count_sockets = self.count_sockets if self.uses_socket_mode else None
        site.add_routes(metrics_routes(lambda: read_backlog(self.database, now()), count_sockets))
        if self.takes_in:
            site.add_routes(hook_routes(self.providers, self.intake, now))
            site.add_routes(join_routes(self.join_site))
            site.add_routes(account_routes(self.accounts, self.profiles, self.site_url))
            for provider in self.providers.values():
                site.add_routes(provider.routes())
        if self.takes_in and self.installing is not None:
            site.add_routes(install_routes(self.installing, self.site_url))
        if self.takes_in and self.settings.slack_signing_secret is not None:
            secret = self.settings.slack_signing_secret.reveal()
            site.add_routes([web.post("/slack/events", slack_events(self.bolt, self.profiles, secret, now))])
        return site

    async def _let_pages_go(self, _site: web.Application) -> None:
        """Close the connections of pages in rooms, which would hold a stop up for a minute."""
        await self.meeting_systems.aclose()

    async def reasons_not_ready(self) -> Sequence[str]:
        """Return a sentence for everything that keeps us from taking work now.

        At the start it waits a moment for what the first call would else wait for: a connection to Slack, and the size
        of the workspace.
        """
        with suppress(TimeoutError):
            async with asyncio.timeout_at(self._asks_until_s):
                await self._has_asked.wait()
        reasons = []
        try:
            await self.database.check_writable()
        except CallsError as error:
            reasons.append(f"The database takes no writes: {error}.")
        if not (self.working.is_well and self.wakeups.is_working()):
            reasons.append(NOT_WORKING)
        if self.connection.refusal is not None:
            reasons.append(self.connection.refusal)
        elif self.uses_socket_mode and await self.count_sockets() == 0:
            reasons.append("Socket Mode is not connected yet.")
        return reasons

    async def count_sockets(self) -> int:
        """Return how many connections Slack can deliver over now."""
        return 0 if self.socket_mode is None else self.socket_mode.connections

    async def find_out_who_we_are(self) -> None:
        """Ask Slack once whose token this is, and again until it answers; of many tokens nothing is asked."""
        token = self.settings.slack_bot_token
        if token is None:
            await self._revive()
            self._has_asked.set()
            return
        while True:
            try:
                self.connection.identity = await self.auth.test(token.reveal())
            except SlackTokenDead as error:
                self.connection.refusal = sentence_for(error)
                _log.error("%s", self.connection.refusal)
                self._has_asked.set()
                return
            except CallsError as error:
                _log.warning("Slack did not say who we are and is asked again in %s s: %s", _RETRY_S, error)
                self._has_asked.set()
                await asyncio.sleep(_RETRY_S)
            else:
                _log.info("Connected to the workspace %s.", self.connection.identity.team_name)
                await self.sizes.learn_general(TeamId(self.connection.identity.team_id))
                await self._revive()
                self._has_asked.set()
                return

    async def _installed_in(self, installation: Installation) -> None:
        """Learn what the first start would have to wait for, and go on with calls that waited."""
        if not installation.place.is_organisation:
            self.sizes.learn_general(TeamId(installation.place.team_id))
        await self._revive()

    async def _revive(self) -> None:
        """Go on with calls that were set aside while Slack did not accept our token."""
        try:
            waiting = await self.advancer.waiting_teams()
            if self.slack.workspaces is not None:
                waiting = [team_id for team_id in waiting if await self.slack.workspaces.serves(team_id)]
            for call_id in await self.advancer.revive(waiting):
                self.wakeups.wake(call_id)
        except CallsError as error:
            _log.warning("Calls that were set aside could not be looked for: %s", error)

    async def keep_connected(self, socket_mode: SocketMode) -> None:
        """Keep Socket Mode connected; that Slack does not let us in is said, and not tried again."""
        try:
            await socket_mode.keep_open()
        except SlackRefused as error:
            self.connection.refusal = NOT_LET_IN.format(reason=error.code)
            _log.error("%s", self.connection.refusal)

    async def finish(self) -> None:
        """Wait for what is in flight; what is not done in time, or not begun, is due at the next start."""
        self.pace.stop()
        await self.wakeups.stop(GRACE_S)
        await self.replies.stop(1.0)
        await asyncio.gather(self.profiles.stop(), self.groups.stop(), self.sizes.stop())

    async def prune_forever(self) -> None:
        """Delete once an hour what was kept for long enough."""
        await build_keeping(self.settings, self.database).prune_forever()


def _told_of_removals(installing: Installing | None) -> tuple[Removed, AccessChanged]:
    """Return what is told that the app was removed, and that workspaces were taken away or given back."""
    if installing is None:
        return removed_nowhere, changed_nowhere
    return installing.removed, installing.access_changed
