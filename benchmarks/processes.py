"""Servers as processes of their own: ours and the references, each on the server's processor."""

from __future__ import annotations

import asyncio
import os
import sys
import time
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import aiohttp

from benchmarks.machine import SERVER_CPUS, on_cpus
from tests.ports import free_port

ROOT = Path(__file__).resolve().parent.parent
REFERENCES = Path(__file__).resolve().parent / "references"

NO_LIMIT = "1000000"

READY_WAIT_S = 60.0
STOP_WAIT_S = 15.0

BOT_TOKEN = "xoxb-benchmark"  # noqa: S105 - opens nothing
APP_TOKEN = "xapp-benchmark"  # noqa: S105 - same
SIGNING_SECRET = "benchmark-signing-secret"  # noqa: S105 - same


@dataclass(frozen=True, slots=True)
class Server:
    """A running server.

    Args:
        url: where it listens, without a slash at its end.
        ready_s: how long it took from its start until it answered, in seconds.
    """

    name: str
    pid: int
    url: str
    ready_s: float
    child: asyncio.subprocess.Process

    @property
    def events_url(self) -> str:
        """Return where Slack posts to."""
        return f"{self.url}/slack/events"


@dataclass(frozen=True, slots=True)
class Program:
    """How a server is started.

    Args:
        command: its words; `{port}` in one stands for where it has to listen.
        environment: added to this process's own; `{port}` as above.
        ready_path: what it answers with 200, once it can take work.
    """

    name: str
    command: Sequence[str]
    environment: Mapping[str, str]
    ready_path: str


def startcall(api_url: str, database_url: str, **settings: str) -> Program:
    """Return Startcall as a user starts it, taking signed requests.

    Args:
        api_url: Slack's side, with a slash at its end.
        settings: further names of its environment; `SLACK_APP_TOKEN` makes it use Socket Mode, too.
    """
    environment = {
        "SLACK_API_URL": api_url,
        "SLACK_BOT_TOKEN": BOT_TOKEN,
        "SLACK_SIGNING_SECRET": SIGNING_SECRET,
        "SLACK_APP_TOKEN": "",
        "SLACK_CLIENT_ID": "",
        "SLACK_CLIENT_SECRET": "",
        "PORT": "{port}",
        "DATABASE_URL": database_url,
        "STARTCALL_LINK_TEMPLATE": "https://meet.example.com/{{room}}",
        # What one workspace asks for here in seconds would be refused in words, which is no work.
        "STARTCALL_STARTS_PER_PERSON": NO_LIMIT,
        "STARTCALL_STARTS_PER_CHANNEL": NO_LIMIT,
        "STARTCALL_WAITING_PER_WORKSPACE": NO_LIMIT,
        **settings,
    }
    return Program("Startcall", (sys.executable, "app.py"), environment, "/readyz")


def python_reference(name: str, module: str, **settings: str) -> Program:
    """Return a program of `benchmarks/references/`, which is told by its environment where to listen.

    Args:
        settings: further names of its environment.
    """
    environment = {
        "PORT": "{port}",
        "SLACK_BOT_TOKEN": BOT_TOKEN,
        "SLACK_APP_TOKEN": APP_TOKEN,
        "SLACK_SIGNING_SECRET": SIGNING_SECRET,
        **settings,
    }
    return Program(name, (sys.executable, "-m", f"benchmarks.references.{module}"), environment, "/ready")


@asynccontextmanager
async def started(program: Program, *, cpus: Iterable[int] | None = None) -> AsyncIterator[Server]:
    """Run a server while the block runs.

    Args:
        cpus: where it runs; the server's processor when None.

    Raises:
        RuntimeError: when it does not become ready.
    """
    port = free_port()
    environment = {**os.environ, "PYTHONUNBUFFERED": "1"}  # noqa: TID251 - a child's own
    environment |= {name: value.format(port=port) for name, value in program.environment.items()}
    command = [word.format(port=port) for word in program.command]
    began_s = time.perf_counter()
    with on_cpus(cpus or SERVER_CPUS):
        child = await asyncio.create_subprocess_exec(
            *command, env=environment, cwd=ROOT, stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.DEVNULL
        )
    url = f"http://127.0.0.1:{port}"
    try:
        await _until_ready(child, url + program.ready_path, program.name)
        yield Server(program.name, child.pid, url, time.perf_counter() - began_s, child)
    finally:
        await _stop(child)


async def _until_ready(child: asyncio.subprocess.Process, url: str, name: str) -> None:
    async with asyncio.timeout(READY_WAIT_S), aiohttp.ClientSession() as session:
        while child.returncode is None:
            if await _answers(session, url):
                return
            await asyncio.sleep(0.005)
    raise RuntimeError(f"{name} ended with status {child.returncode} instead of becoming ready.")


async def _answers(session: aiohttp.ClientSession, url: str) -> bool:
    try:
        async with session.get(url) as response:
            return response.status == 200
    except aiohttp.ClientError:
        return False


async def _stop(child: asyncio.subprocess.Process) -> None:
    if child.returncode is not None:
        return
    child.terminate()
    try:
        async with asyncio.timeout(STOP_WAIT_S):
            await child.wait()
    except TimeoutError:
        child.kill()
        await child.wait()
