"""`python app.py` and `python app.py worker`: run the server until it is told to stop."""

from __future__ import annotations

import asyncio
import logging
import signal
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager, closing
from functools import partial

from calls.clock import now
from calls.errors import ConfigError
from calls.meetings import Capability
from calls.slack.apps_api import AppsApi
from config import Settings
from listeners.http_server import serving
from listeners.socket_mode import SocketMode
from outgoing import open_session
from providers.weaknesses import weaknesses
from server import GRACE_S, Server
from server_parts import address_of, taken_port
from storage.database import Database
from storage.opening import open_engine, right_to_work
from storage.postgres import is_postgres
from storage.schema import upgrade
from supervised import Supervised

_log = logging.getLogger("startcall")


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
    for sentence in weaknesses(settings.chosen_providers, settings.provider_values):
        _log.warning("%s", sentence)
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
