"""The app as a process of its own under attack: its log, its memory, and its secrets."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from calls.clock import now
from sandbox.server import Sandbox
from tests.attack.pages import SETTINGS
from tests.attack.wire import Keys
from tests.durability.process import AppProcess, app_and_slack, sqlite_url

ALLOWED_MIB = 8

_TROUBLE = re.compile(
    r"Traceback|Error handling request|Unhandled| ERROR | CRITICAL |Task exception|never retrieved|Warning:"
)


@dataclass(frozen=True, slots=True)
class Target:
    """The app, the local Slack beside it, and the file its log is in."""

    app: AppProcess
    slack: Sandbox
    log: Path

    def keys(self) -> Keys:
        """Return what requests are signed with."""
        return Keys(self.slack.installation.signing_secret, int(now().timestamp()))

    def memory_mib(self) -> float:
        """Return how much memory the process holds."""
        status = Path(f"/proc/{self.app.pid}/status").read_text(encoding="ascii")
        found = re.search(r"VmRSS:\s+(\d+) kB", status)
        assert found is not None
        return int(found[1]) / 1024

    def descriptors(self) -> int:
        """Return how many descriptors the process holds."""
        return sum(1 for _ in Path(f"/proc/{self.app.pid}/fd").iterdir())

    def trouble(self) -> list[str]:
        """Return the lines of the log that tell of something nobody foresaw."""
        return [line for line in self.log.read_text().splitlines() if _TROUBLE.search(line)]

    def secrets_in_log(self) -> list[str]:
        """Return the secrets that the log holds."""
        kept = self.slack.installation
        secrets = {kept.bot_token, kept.signing_secret, kept.app_token, kept.client_secret}
        secrets |= {value for name, value in SETTINGS.items() if value.startswith("hidden-")}
        text = self.log.read_text()
        return [secret for secret in secrets if secret in text]


@asynccontextmanager
async def target(folder: Path) -> AsyncIterator[Target]:
    """Run the app against a local Slack, with every kind of page and report served."""
    log = folder / "log.txt"
    wrapper = ("sh", "-c", f'exec "$@" 2>{log}', "sh")
    extra = SETTINGS | {"STARTCALL_LOG_LEVEL": "debug"}
    async with app_and_slack(sqlite_url(folder), wrapper=wrapper, extra=extra, signs_in=True) as (app, slack):
        yield Target(app, slack, log)
