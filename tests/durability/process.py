"""The app as a process of its own, which can be killed."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import aiohttp

from sandbox.server import Options, Sandbox
from tests.ports import free_port
from tests.world import NO_EXTRA

READY_WAIT_S = 60.0


@dataclass(slots=True)
class AppProcess:
    """`python app.py` with its settings.

    Args:
        url: where it listens.
        arguments: what follows `app.py`.
        wrapper: a command that runs the app as itself.
    """

    settings: dict[str, str]
    url: str
    arguments: tuple[str, ...] = ()
    wrapper: tuple[str, ...] = ()
    child: asyncio.subprocess.Process | None = None

    async def start(self) -> None:
        """Start it and wait until it can take work."""
        await self._spawn()
        await self._wait_until_ready()

    async def run(self) -> int:
        """Run it to its end and return its exit status."""
        return await (await self._spawn()).wait()

    async def _spawn(self) -> asyncio.subprocess.Process:
        environment = {**os.environ, **self.settings, "PYTHONUNBUFFERED": "1"}  # noqa: TID251 - a child's own
        command = (*self.wrapper, sys.executable, "app.py", *self.arguments)
        self.child = await asyncio.create_subprocess_exec(*command, env=environment, stderr=asyncio.subprocess.DEVNULL)
        return self.child

    async def kill(self) -> None:
        """Kill it without warning, as a power cut does."""
        if self.child is not None and self.child.returncode is None:
            self.child.kill()
            await self.child.wait()

    def signal(self, number: signal.Signals) -> None:
        """Send it a signal."""
        if self.child is not None:
            self.child.send_signal(number)

    async def terminate(self) -> int:
        """Ask it to stop and return its exit status."""
        if self.child is None:
            raise AssertionError("The app was not started.")
        self.child.send_signal(signal.SIGTERM)
        return await self.child.wait()

    @property
    def pid(self) -> int:
        """Return its process id."""
        if self.child is None:
            raise AssertionError("The app was not started.")
        return self.child.pid

    async def is_ready(self) -> bool:
        """Say whether it says that it can take work."""
        async with aiohttp.ClientSession() as session:
            return await _is_ready(session, f"{self.url}/readyz")

    async def _wait_until_ready(self) -> None:
        give_up_at = asyncio.get_running_loop().time() + READY_WAIT_S
        async with aiohttp.ClientSession() as session:
            while asyncio.get_running_loop().time() < give_up_at:
                if self.child is not None and self.child.returncode is not None:
                    raise AssertionError(f"The app ended with status {self.child.returncode}.")
                if await _is_ready(session, f"{self.url}/readyz"):
                    return
                await asyncio.sleep(0.02)
        raise AssertionError("The app did not become ready.")


async def _is_ready(session: aiohttp.ClientSession, url: str) -> bool:
    try:
        async with session.get(url) as response:
            return response.status == 200
    except aiohttp.ClientError:
        return False


@asynccontextmanager
async def app_and_slack(
    database_url: str, *, wrapper: tuple[str, ...] = (), extra: Mapping[str, str] = NO_EXTRA, signs_in: bool = False
) -> AsyncIterator[tuple[AppProcess, Sandbox]]:
    """Run a local Slack that delivers over HTTP, and the app beside it.

    Args:
        wrapper: a command that runs the app as itself.
        extra: further settings.
        signs_in: let people sign in with Slack.
    """
    port = free_port()
    slack = await Sandbox.start(options=Options(http_url=f"http://127.0.0.1:{port}/slack/events", time_scale=0.01))
    settings = {
        "SLACK_API_URL": slack.api_url,
        "SLACK_BOT_TOKEN": slack.installation.bot_token,
        "SLACK_SIGNING_SECRET": slack.installation.signing_secret,
        "SLACK_APP_TOKEN": "",
        "PORT": str(port),
        "DATABASE_URL": database_url,
        "STARTCALL_LINK_TEMPLATE": "https://meet.example.com/{room}",
        "SLACK_CLIENT_ID": slack.installation.client_id if signs_in else "",
        "SLACK_CLIENT_SECRET": slack.installation.client_secret if signs_in else "",
        **extra,
    }
    app = AppProcess(settings, f"http://127.0.0.1:{port}", wrapper=wrapper)
    try:
        await app.start()
        yield app, slack
    finally:
        await app.kill()
        slack.faults.clear()
        await slack.stop()


def sqlite_url(folder: Path) -> str:
    """Return the address of a fresh SQLite file."""
    return f"sqlite:///{folder}/calls.sqlite3"
