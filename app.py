"""Startcall: plugs the parts together, and is its command line.

`python app.py` serves. `python app.py worker` works for other processes on the same PostgreSQL, and takes nothing in
from Slack. `python app.py doctor` says what is configured, what is missing and what to do.
`python app.py calls list|info|end|failed|retry` looks after calls by hand, `python app.py installations list|reencrypt`
after workspaces where the app was installed by OAuth, and `python app.py backup` copies a SQLite file.
"""

from __future__ import annotations

import argparse
import asyncio
import logging
import signal
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, closing
from datetime import datetime
from functools import partial

import aiohttp
from aiohttp import web

import doctor
import listeners
import operate
import operate_data
import operate_import
import operate_installations
from calls.advance import Advancer
from calls.clock import now
from calls.errors import CallsError, ConfigError, SlackRefused, SlackTokenDead
from calls.installations import Installation
from calls.intake import Intake
from calls.joining import Joining
from calls.meetings import Capability
from calls.model import TeamId
from calls.permissions import Permissions
from calls.replies import Replies
from calls.service import CallService
from calls.slack.apps_api import AppsApi
from calls.slack.auth_api import AuthApi
from calls.slack.pace import Pace
from calls.slack.views_api import ViewsApi
from calls.starts import Starts
from calls.words.errors import sentence_for
from calls.work import WorkId, either
from config import Settings, SettingsError, read_settings
from listeners.bolt import Bot, build_bolt_app
from listeners.events.app_uninstalled import removed_nowhere
from listeners.health import health_routes
from listeners.hooks import hook_routes
from listeners.http import slack_events
from listeners.http_server import new_site, serving
from listeners.installing.routes import install_routes
from listeners.joining.routes import join_routes
from listeners.linking.routes import account_routes
from listeners.metrics import metrics_routes
from listeners.socket_mode import SocketMode
from logs import set_up_logs
from outgoing import open_session
from parts import (
    Connection,
    Inside,
    Slack,
    address_of,
    build_accounts,
    build_join_site,
    build_keeping,
    build_outside,
    build_plans,
    build_providers,
    build_statuses,
    build_use_cases,
    taken_port,
)
from storage.backlog import read_backlog
from storage.budgets import build_budgets
from storage.database import Database
from storage.opening import open_engine, right_to_work
from storage.postgres import is_postgres
from storage.schema import upgrade
from storage.wakeups import build_wakeups
from supervised import Supervised

_log = logging.getLogger("startcall")

GRACE_S = 8.0
"""How long a stop waits for work in flight, in seconds; orchestrators kill after 10."""

NOT_WORKING = (
    "Calls are not worked on at the moment. That is started again by itself; if this lasts, the log says what stops it."
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
        self.socket_mode: SocketMode | None = None
        self.database = database
        self.pace = Pace(build_budgets(database, settings.database_url))
        self.slack = Slack(settings, session, database)
        self.web_api = web_api = self.slack.web(self.pace)
        self.auth = AuthApi(web_api)
        self.meeting_systems = build_providers(settings, session, address, self._is_open)
        outside = build_outside(settings, web_api, self.meeting_systems, database, address)
        self.provider, self.providers = self.meeting_systems.default, outside.providers
        self.advancer = Advancer(database, outside)
        self.wakeups = build_wakeups(database, settings.database_url, now, self._advance)
        self.working = Supervised("The work on calls", self.wakeups.sweep_forever)
        self.replies = Replies(outside, ViewsApi(web_api))
        self.intake = Intake(database, self.wakeups, outside.reports, outside.rules)
        allowed = Permissions(database, outside.profiles, outside.groups)
        self.calls = CallService(database, self.wakeups, self.replies, now, allowed, providers=self.providers)
        self.starts = Starts(database, self.wakeups, outside, allowed, default_provider=self.provider.name)
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
        removed = removed_nowhere if self.installing is None else self.installing.removed
        listeners.register(self.bolt, use, removed)

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
        """Return a sentence for everything that keeps us from taking work now."""
        reasons = []
        try:
            await self.database.check_writable()
        except CallsError as error:
            reasons.append(f"The database takes no writes: {error}.")
        if not (self.working.is_well and self.wakeups.is_working()):
            reasons.append(NOT_WORKING)
        if self.connection.refusal is not None:
            reasons.append(self.connection.refusal)
        if self.uses_socket_mode and await self.count_sockets() == 0:
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
            return
        while True:
            try:
                self.connection.identity = await self.auth.test_token(token.reveal())
            except SlackTokenDead as error:
                self.connection.refusal = sentence_for(error)
                _log.error("%s", self.connection.refusal)
                return
            except CallsError as error:
                _log.warning("Slack did not say who we are and is asked again in %s s: %s", _RETRY_S, error)
                await asyncio.sleep(_RETRY_S)
            else:
                _log.info("Connected to the workspace %s.", self.connection.identity.team_name)
                self.sizes.learn_general(TeamId(self.connection.identity.team_id))
                await self._revive()
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
            self.connection.refusal = sentence_for(error)
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


@asynccontextmanager
async def running(settings: Settings, *, takes_in: bool = True) -> AsyncIterator[Server]:
    """Run the app while the block runs; on leaving, finish or hand over what is in flight.

    Args:
        takes_in: whether Slack delivers to this process.

    Raises:
        ConfigError: when the database or the port cannot be had.
    """
    if not takes_in and not is_postgres(settings.database_url):
        raise ConfigError("worker_needs_postgres")
    async with AsyncExitStack() as stack:
        if not stack.enter_context(right_to_work(settings.database_url)):
            raise ConfigError("database_in_use", detail=settings.database_url)
        engine = open_engine(settings.database_url)
        upgrade(engine)
        database = Database(engine, now)
        stack.callback(database.close)
        session = await stack.enter_async_context(open_session(settings))
        listening = stack.enter_context(closing(taken_port(settings)))
        server = Server(settings, session, database, address=address_of(listening), takes_in=takes_in)
        stack.push_async_callback(server.meeting_systems.aclose)
        stack.push_async_callback(server.finish)
        await stack.enter_async_context(serving(server.web_app(), listening))
        await stack.enter_async_context(_background(server))
        yield server


@asynccontextmanager
async def _background(server: Server) -> AsyncIterator[None]:
    """Do everything that goes on by itself while the block runs."""
    greeting = Supervised("Asking Slack who we are", server.find_out_who_we_are)
    pruning = Supervised("Deleting what is old", server.prune_forever)
    work = [greeting.run(), server.working.run(), pruning.run()]
    if server.slack.workspaces is not None:
        work.append(Supervised("Refreshing tokens", server.slack.workspaces.keep_fresh).run())
    if server.accounts is not None:
        work.append(Supervised("Renewing people's accounts", server.accounts.keep_fresh).run())
    if server.takes_in:
        work += [
            Supervised(f"Following {provider.name}", partial(server.intake.follow, provider)).run()
            for provider in server.providers.values()
            if Capability.STREAM in provider.capabilities
        ]
    socket_mode = None
    if server.uses_socket_mode and server.settings.slack_app_token is not None:
        open_url = partial(AppsApi(server.web_api).open_connection, server.settings.slack_app_token.reveal())
        socket_mode = server.socket_mode = SocketMode(server.bolt, server.profiles, server.session, open_url)
        work.append(Supervised("Keeping connected to Slack", partial(server.keep_connected, socket_mode)).run())
    tasks = [asyncio.create_task(one) for one in work]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        if socket_mode is not None:
            await socket_mode.stop(GRACE_S)


async def serve(settings: Settings, *, takes_in: bool = True) -> int:
    """Run the app until it is told to stop; return its exit status.

    Args:
        takes_in: whether Slack delivers to this process.
    """
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    async with running(settings, takes_in=takes_in) as server:
        _log.info("Startcall listens on %s", server.address)
        await stop.wait()
        _log.info("Stopping.")
    return 0


def main(arguments: Sequence[str] | None = None) -> int:
    """Do what the command line says and return the exit status: 2 for bad configuration."""
    parsed = parser().parse_args(arguments)
    try:
        settings = read_settings()
        set_up_logs(settings.log, settings.log_level)
        if parsed.command == "backup":
            return operate.back_up(settings, parsed.file)
        return asyncio.run(_run(settings, parsed))
    except SettingsError as problems:
        print(problems, file=sys.stderr)
    except ConfigError as error:
        print(sentence_for(error), file=sys.stderr)
    return 2


async def _run(settings: Settings, parsed: argparse.Namespace) -> int:
    """Do one command that waits for others, and return its exit status."""
    if parsed.command == "doctor" and parsed.provider:
        return await doctor.run_provider(settings, parsed.provider, live=parsed.live)
    if parsed.command == "doctor":
        return await doctor.run(settings)
    if parsed.command == "installations":
        return await operate_installations.run(settings, parsed.action)
    by_hand = {"calls": operate.run, "data": operate_data.run, "import": operate_import.run}
    if parsed.command in by_hand:
        return await by_hand[parsed.command](settings, parsed)
    return await serve(settings, takes_in=parsed.command != "worker")


def parser() -> argparse.ArgumentParser:
    """Return the command line's grammar."""
    parser = argparse.ArgumentParser(prog="python app.py", description="Startcall: calls in Slack.")
    commands = parser.add_subparsers(dest="command")
    commands.add_parser("worker", help="only work, for other processes on the same PostgreSQL")
    look = commands.add_parser("doctor", help="say what is configured, what is missing and what to do")
    look.add_argument("--provider", metavar="NAME", help="look at this meeting system alone")
    look.add_argument("--live", action="store_true", help="with --provider: also make a meeting there, and end it")
    operate.add_commands(commands)
    operate.add_backup(commands)
    operate_installations.add_commands(commands)
    operate_data.add_commands(commands)
    operate_import.add_commands(commands)
    return parser


if __name__ == "__main__":
    sys.exit(main())
