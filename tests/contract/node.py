"""Run the programs of `bolt_js/` with Node: install their packages once, start one, and stop it again."""

from __future__ import annotations

import asyncio
import contextlib
import fcntl
import hashlib
import os
import shutil
import subprocess
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator, Mapping
from pathlib import Path

import pytest

FOLDER = Path(__file__).parent / "bolt_js"
_STAMP = FOLDER / "node_modules" / ".installed"
_INSTALL = ("npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--silent")
INSTALL_TIMEOUT_S = 300.0
STOP_WAIT_S = 10.0

needs_node = pytest.mark.skipif(
    shutil.which("node") is None or shutil.which("npm") is None,
    reason="There is no Node here. Install Node 20 or newer with npm to try Bolt for JavaScript.",
)


def install_packages() -> None:
    """Install what package-lock.json pins, once for each state of it; test processes side by side wait for one."""
    wanted = hashlib.sha256((FOLDER / "package-lock.json").read_bytes()).hexdigest()
    folder = os.open(FOLDER, os.O_RDONLY)
    try:
        fcntl.flock(folder, fcntl.LOCK_EX)
        if _STAMP.exists() and _STAMP.read_text(encoding="utf-8") == wanted:
            return
        done = subprocess.run(_INSTALL, cwd=FOLDER, capture_output=True, timeout=INSTALL_TIMEOUT_S, check=False)
        if done.returncode != 0:
            said = (done.stdout + done.stderr).decode(errors="replace")
            pytest.fail(f"npm ci has failed in {FOLDER.name}/; is there a network?\n{said}", pytrace=False)
        _STAMP.write_text(wanted, encoding="utf-8")
    finally:
        os.close(folder)


@contextlib.asynccontextmanager
async def running_program(name: str, environment: Mapping[str, str]) -> AsyncIterator[Process]:
    """Run a program from when it says READY until the block ends.

    Args:
        name: of the file in the folder.
        environment: its variables, besides the way to Node.
    """
    await asyncio.to_thread(install_packages)
    variables = {"PATH": os.environ["PATH"], **environment}  # noqa: TID251 - where Node is
    process = await asyncio.create_subprocess_exec("node", name, cwd=FOLDER, env=variables, stdout=PIPE)
    assert process.stdout is not None
    said = b""
    try:
        while b"READY" not in said:
            line = await process.stdout.readline()
            assert line, f"{name} has ended: {said.decode(errors='replace')}"
            said += line
        reading = asyncio.create_task(process.stdout.read())
        yield process
    finally:
        if process.returncode is None:
            process.terminate()
            try:
                await asyncio.wait_for(process.wait(), STOP_WAIT_S)
            except TimeoutError:
                process.kill()
                await process.wait()
    await reading
