"""A real TURN server for tests: coturn, on loopback only."""

from __future__ import annotations

import asyncio
import shutil
import subprocess
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.ports import free_port

MISSING = "This test needs coturn's turnserver and found none. On Debian or Ubuntu: apt-get install coturn."
SECRET = "a secret of the tests"
RELAY_PORTS = (21000, 21200)


@dataclass(frozen=True, slots=True)
class TurnServer:
    """A running server."""

    port: int
    log: Path
    secret: str = field(default=SECRET, repr=False)

    @property
    def url(self) -> str:
        """Return its address."""
        return f"turn:127.0.0.1:{self.port}?transport=udp"


@asynccontextmanager
async def running_turn_server(folder: Path) -> AsyncIterator[TurnServer]:
    """Run the server, which relays between addresses of this computer only.

    Args:
        folder: for what it writes.
    """
    program = shutil.which("turnserver")
    if program is None:
        pytest.fail(MISSING)
    server = TurnServer(free_port(), folder / "turn.log")
    process = await asyncio.create_subprocess_exec(
        *(program, "-n", "-v", "--no-cli", "--no-tls", "--no-dtls", "--allow-loopback-peers", "--simple-log"),
        *("--listening-ip=127.0.0.1", "--relay-ip=127.0.0.1", f"--listening-port={server.port}"),
        *(f"--min-port={RELAY_PORTS[0]}", f"--max-port={RELAY_PORTS[1]}", "--realm=startcall.example"),
        *("--use-auth-secret", f"--static-auth-secret={SECRET}"),
        *(f"--log-file={server.log}", f"--pidfile={folder / 'turn.pid'}", f"--userdb={folder / 'turn.db'}"),
        cwd=folder,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        await _until_listening(server)
        yield server
    finally:
        process.terminate()
        await process.wait()


async def _until_listening(server: TurnServer) -> None:
    async with asyncio.timeout(10):
        while True:
            try:
                _, writer = await asyncio.open_connection("127.0.0.1", server.port)
            except ConnectionRefusedError:
                await asyncio.sleep(0.05)
            else:
                writer.close()
                await writer.wait_closed()
                return
