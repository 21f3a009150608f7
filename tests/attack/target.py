"""The app as a process of its own under attack: its log, its memory, and its secrets."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from calls.clock import now
from config import read_settings
from sandbox.server import Sandbox
from tests.attack import reports
from tests.attack.pages import SETTINGS
from tests.attack.peer import Peer
from tests.attack.reports import MORE_SETTINGS, Reporter, reporters
from tests.attack.wire import Keys
from tests.durability.process import AppProcess, app_and_slack, sqlite_url
from tests.many_workspaces import KEY
from tests.ports import free_port

ALLOWED_MIB = 8

_TROUBLE = re.compile(
    r"Traceback|Error handling request|Unhandled| ERROR | CRITICAL |Task exception|never retrieved|Warning:"
)


@dataclass(frozen=True, slots=True)
class Watched:
    """The app, and the file its log is in."""

    app: AppProcess
    log: Path

    def memory_mib(self) -> float:
        """Return how much memory the process holds."""
        return self._memory_mib("VmRSS")

    def most_memory_mib(self) -> float:
        """Return how much memory the process ever held."""
        return self._memory_mib("VmHWM")

    def _memory_mib(self, name: str) -> float:
        status = Path(f"/proc/{self.app.pid}/status").read_text(encoding="ascii")
        found = re.search(rf"{name}:\s+(\d+) kB", status)
        assert found is not None
        return int(found[1]) / 1024

    def descriptors(self) -> int:
        """Return how many descriptors the process holds."""
        return sum(1 for _ in Path(f"/proc/{self.app.pid}/fd").iterdir())

    def trouble(self) -> list[str]:
        """Return the lines of the log that tell of something nobody foresaw."""
        return [line for line in self.log.read_text().splitlines() if _TROUBLE.search(line)]


@dataclass(frozen=True, slots=True)
class Target(Watched):
    """The app, and the local Slack beside it."""

    slack: Sandbox

    def keys(self) -> Keys:
        """Return what requests are signed with."""
        return Keys(self.slack.installation.signing_secret, int(now().timestamp()))

    def ways(self) -> Mapping[str, Reporter]:
        """Return how meeting systems report to it; Webex does so to an address of the web alone."""
        key = read_settings(self.app.settings).room_key
        found = reporters(reports.Keys(self.app.url, key))
        return {name: way for name, way in found.items() if name != "webex"}

    def secrets_in_log(self) -> list[str]:
        """Return the secrets that the log holds."""
        kept = self.slack.installation
        secrets = {kept.bot_token, kept.signing_secret, kept.app_token, kept.client_secret}
        secrets |= {value for value in (SETTINGS | MORE_SETTINGS).values() if value.startswith("hidden-")}
        text = self.log.read_text()
        return [secret for secret in secrets if secret in text]


@asynccontextmanager
async def target(folder: Path) -> AsyncIterator[Target]:
    """Run the app against a local Slack, with every kind of page and report served."""
    log, wrapper = _logged(folder)
    extra = {**SETTINGS, **MORE_SETTINGS, "STARTCALL_LOG_LEVEL": "debug"}
    async with app_and_slack(sqlite_url(folder), wrapper=wrapper, extra=extra, signs_in=True) as (app, slack):
        yield Target(app, log, slack)


@asynccontextmanager
async def connected_target(folder: Path, slack: Peer) -> AsyncIterator[Watched]:
    """Run the app with connections to somebody in Slack's place."""
    settings = {
        **slack.settings(),
        "SLACK_APP_TOKEN": "xapp-hidden-app",
        "STARTCALL_LINK_TEMPLATE": "https://meet.example.com/{room}",
    }
    async with _watched(folder, settings) as found:
        yield found


@asynccontextmanager
async def installable_target(folder: Path) -> AsyncIterator[Watched]:
    """Run the app that workspaces install by OAuth and people sign in to, with nobody behind it."""
    settings = {
        "SLACK_API_URL": "http://127.0.0.1:9/api/",
        "SLACK_SIGNING_SECRET": "hidden-signing",
        "SLACK_CLIENT_ID": "1.2",
        "SLACK_CLIENT_SECRET": "hidden-client",
        "STARTCALL_ENCRYPTION_KEY": KEY,
        "STARTCALL_PROVIDER": "builtin",
    }
    async with _watched(folder, settings) as found:
        yield found


@asynccontextmanager
async def _watched(folder: Path, settings: Mapping[str, str]) -> AsyncIterator[Watched]:
    """Run the app with these settings on a port and a database of its own."""
    log, wrapper = _logged(folder)
    port = free_port()
    own = {"PORT": str(port), "DATABASE_URL": sqlite_url(folder)}
    app = AppProcess({**settings, **own}, f"http://127.0.0.1:{port}", wrapper=wrapper)
    try:
        await app.start()
        yield Watched(app, log)
    finally:
        await app.kill()


def _logged(folder: Path) -> tuple[Path, tuple[str, ...]]:
    """Return a file for the log, and the command that has it written there."""
    log = folder / "log.txt"
    return log, ("sh", "-c", f'exec "$@" 2>{log}', "sh")
