"""The real Janus of Debian for tests, with the configuration that the provider's README tells people to use."""

from __future__ import annotations

import asyncio
import shutil
import socket
import tempfile
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

MISSING = "These tests need the media server Janus and found none. On Debian or Ubuntu: apt-get install janus."
CONFIGURATION = Path(__file__).parents[1] / "providers" / "janus" / "etc"

TOKEN_SECRET = "token-secret-of-the-tests"
ADMIN_KEY = "admin-key-of-the-tests"
HOOK_SECRET = "hook-secret-of-the-tests"

START_S = 10.0
STOP_S = 15.0


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass(slots=True)
class JanusServer:
    """A Janus in a folder of its own, which can be stopped and started again.

    Args:
        folder: of its configuration; deleted at the end.
        hook_url: where it tells what happens.
    """

    folder: Path
    hook_url: str = "http://127.0.0.1:9/hooks/janus"
    http_port: int = field(default_factory=_free_port)
    socket_port: int = field(default_factory=_free_port)
    _process: asyncio.subprocess.Process | None = None

    @property
    def url(self) -> str:
        """Where the app reaches it."""
        return f"http://127.0.0.1:{self.http_port}/janus"

    @property
    def public_url(self) -> str:
        """Where browsers reach it."""
        return f"ws://127.0.0.1:{self.socket_port}"

    async def start(self) -> None:
        """Run it, and return when it answers."""
        program = shutil.which("janus")
        if program is None:
            pytest.fail(MISSING, pytrace=False)
        self._configure()
        with (self.folder / "log").open("ab") as log:
            self._process = await asyncio.create_subprocess_exec(
                program, "-F", str(self.folder), stdout=log, stderr=log
            )
        async with asyncio.timeout(START_S):
            for port in (self.http_port, self.socket_port):
                await self._wait_for(port)

    async def stop(self, *, at_once: bool = False) -> None:
        """End it; the loop goes on meanwhile, as it may still want to tell what happens.

        Args:
            at_once: as in a crash.
        """
        process, self._process = self._process, None
        if process is None or process.returncode is not None:
            return
        if at_once:
            process.kill()
        else:
            process.terminate()
        try:
            await asyncio.wait_for(process.wait(), STOP_S)
        except TimeoutError:
            process.kill()
            await process.wait()

    def log(self) -> str:
        """Return what it has printed."""
        return (self.folder / "log").read_text(encoding="utf-8", errors="replace")

    def _configure(self) -> None:
        """Copy the documented configuration, with secrets, and with ports and an address that are free here."""
        changes = {
            "REPLACE-token-secret": TOKEN_SECRET,
            "REPLACE-admin-key": ADMIN_KEY,
            "REPLACE-hook-secret": HOOK_SECRET,
            "http://127.0.0.1:3000/hooks/janus": self.hook_url,
            "port = 8088": f"port = {self.http_port}",
            "ws_port = 8188": f"ws_port = {self.socket_port}",
        }
        for source in CONFIGURATION.glob("*.jcfg"):
            text = source.read_text(encoding="utf-8")
            for old, new in changes.items():
                text = text.replace(old, new)
            (self.folder / source.name).write_text(text, encoding="utf-8")

    async def _wait_for(self, port: int) -> None:
        while True:
            if self._process is None or self._process.returncode is not None:
                pytest.fail(f"Janus has ended by itself:\n{self.log()}", pytrace=False)
            try:
                _, writer = await asyncio.open_connection("127.0.0.1", port)
            except OSError:
                await asyncio.sleep(0.02)
            else:
                writer.close()
                return


@pytest.fixture
async def janus_server() -> AsyncIterator[JanusServer]:
    """Run a Janus that tells nobody what happens."""
    folder = Path(tempfile.mkdtemp(prefix="startcall-janus-"))
    server = JanusServer(folder)
    try:
        await server.start()
        yield server
    finally:
        await server.stop()
        shutil.rmtree(folder, ignore_errors=True)
