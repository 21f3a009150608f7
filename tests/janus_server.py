"""The real Janus of Debian for tests, with the configuration that the provider's README tells people to use."""

from __future__ import annotations

import asyncio
import shutil
import tempfile
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from providers.janus.kind import JANUS_ADMIN_KEY, JANUS_HOOK_SECRET, JANUS_PUBLIC_URL, JANUS_TOKEN_SECRET, JANUS_URL
from tests.ports import free_port

MISSING = "These tests need the media server Janus and found none. On Debian or Ubuntu: apt-get install janus."
CONFIGURATION = Path(__file__).parents[1] / "providers" / "janus" / "etc"

TOKEN_SECRET = "token-secret-of-the-tests"
ADMIN_KEY = "admin-key-of-the-tests"
HOOK_SECRET = "hook-secret-of-the-tests"

START_S = 10.0
STOP_S = 15.0


@dataclass(slots=True)
class JanusServer:
    """A Janus that can be stopped and started again.

    Args:
        hook_url: where it tells what happens; None when it tells nobody.
        changes: texts of its configuration, by what they take the place of.
    """

    hook_url: str | None = None
    changes: dict[str, str] = field(default_factory=dict)
    http_port: int = field(default_factory=free_port)
    socket_port: int = field(default_factory=free_port)
    _folder: Path | None = None
    _process: asyncio.subprocess.Process | None = None

    @property
    def public_url(self) -> str:
        """Where browsers reach it."""
        return f"ws://127.0.0.1:{self.socket_port}"

    def settings(self) -> dict[str, str]:
        """Return what the app has to be told."""
        return {
            JANUS_URL: f"http://127.0.0.1:{self.http_port}/janus",
            JANUS_PUBLIC_URL: self.public_url,
            JANUS_TOKEN_SECRET: TOKEN_SECRET,
            JANUS_ADMIN_KEY: ADMIN_KEY,
            JANUS_HOOK_SECRET: HOOK_SECRET,
        }

    async def start(self) -> None:
        """Run it, and return when it answers."""
        program = shutil.which("janus")
        if program is None:
            pytest.fail(MISSING, pytrace=False)
        folder = self._folder = Path(tempfile.mkdtemp(prefix="startcall-janus-"))
        self._configure(folder)
        with (folder / "log").open("wb") as log:
            command = (program, "-F", str(folder))
            self._process = await asyncio.create_subprocess_exec(*command, stdout=log, stderr=log)
        async with asyncio.timeout(START_S):
            for port in (self.http_port, self.socket_port):
                await self._wait_for(port)

    async def stop(self, *, at_once: bool = False) -> None:
        """End it; the loop goes on meanwhile, as it may still want to tell what happens.

        Args:
            at_once: as in a crash.
        """
        process, self._process = self._process, None
        if process is not None and process.returncode is None:
            (process.kill if at_once else process.terminate)()
            try:
                await asyncio.wait_for(process.wait(), STOP_S)
            except TimeoutError:
                process.kill()
                await process.wait()
        if self._folder is not None:
            shutil.rmtree(self._folder, ignore_errors=True)

    def _configure(self, folder: Path) -> None:
        """Copy the documented configuration, with secrets, and with ports and an address that are free here."""
        changes = {
            "REPLACE-token-secret": TOKEN_SECRET,
            "REPLACE-admin-key": ADMIN_KEY,
            "REPLACE-hook-secret": HOOK_SECRET,
            "port = 8088": f"port = {self.http_port}",
            "ws_port = 8188": f"ws_port = {self.socket_port}",
        }
        if self.hook_url is None:
            changes["broadcast = true"] = "broadcast = false"
        else:
            changes["http://127.0.0.1:3000/hooks/janus"] = self.hook_url
        for source in CONFIGURATION.glob("*.jcfg"):
            text = source.read_text(encoding="utf-8")
            for old, new in (self.changes | changes).items():
                text = text.replace(old, new)
            (folder / source.name).write_text(text, encoding="utf-8")

    async def _wait_for(self, port: int) -> None:
        while True:
            if self._process is None or self._process.returncode is not None:
                pytest.fail("Janus has ended by itself.", pytrace=False)
            try:
                _, writer = await asyncio.open_connection("127.0.0.1", port)
            except OSError:
                await asyncio.sleep(0.02)
            else:
                writer.close()
                return


@pytest.fixture
async def janus() -> AsyncIterator[JanusServer]:
    """Run a Janus that tells nobody what happens."""
    server = JanusServer()
    try:
        await server.start()
        yield server
    finally:
        await server.stop()
