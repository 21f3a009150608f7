"""The app as the container file puts it together: complete, and writing nowhere but where it is told to."""

from __future__ import annotations

import asyncio
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp
import pytest

from sandbox.server import Options, Sandbox
from sandbox.testing import wait_for
from tests.durability.process import READY_WAIT_S
from tests.ports import free_port
from tests.repo.test_operating_files import compose, instructions
from tests.repo.tree import ROOT
from tests.world import GENERAL, cards

NOT_COPIED = shutil.ignore_patterns("__pycache__")


@pytest.fixture
def installed(tmp_path: Path) -> Path:
    """Return a folder with what the container file copies, compiled and then closed to writing."""
    home = tmp_path / "app"
    home.mkdir()
    for name, value in instructions():
        words = value.split()
        if name != "COPY" or "--from" in value or words[-1].startswith("/"):
            continue
        for word in words[:-1]:
            source = ROOT / word
            if source.is_dir():
                shutil.copytree(source, home / word, ignore=NOT_COPIED)
            else:
                shutil.copy(source, home / word)
    subprocess.run([sys.executable, "-m", "compileall", "-q", "."], cwd=home, check=True)
    for path in [home, *home.rglob("*")]:
        path.chmod(path.stat().st_mode & ~0o222)
    return home


def state(home: Path) -> dict[str, int]:
    """Return every file with the time it was last changed."""
    return {str(path): path.stat().st_mtime_ns for path in sorted(home.rglob("*"))}


def environment(slack: Sandbox, data: Path, port: int) -> dict[str, str]:
    """Return the settings that the container file gives, on this machine, with those of a workspace."""
    given: dict[str, str] = {}
    for name, value in instructions():
        given |= dict(re.findall(r"(\w+)=(\S+)", value)) if name == "ENV" else {}
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}  # noqa: TID251 - a child's own
    return {
        **kept,
        **{name: value for name, value in given.items() if name.startswith("PYTHON")},
        "HOST": "127.0.0.1",
        "PORT": str(port),
        "DATABASE_URL": given["DATABASE_URL"].replace("/var/lib/startcall", str(data)),
        "SLACK_API_URL": slack.api_url,
        "SLACK_BOT_TOKEN": slack.installation.bot_token,
        "SLACK_APP_TOKEN": slack.installation.app_token,
        "STARTCALL_LINK_TEMPLATE": "https://meet.example.com/{room}",
        "STARTCALL_LOG": "json",
    }


@asynccontextmanager
async def running_from(home: Path, settings: dict[str, str]) -> AsyncIterator[asyncio.subprocess.Process]:
    """Run the command of the container file."""
    (command,) = (json.loads(value) for name, value in instructions() if name == "CMD")
    child = await asyncio.create_subprocess_exec(
        sys.executable, *command[1:], cwd=home, env=settings, stderr=asyncio.subprocess.PIPE
    )
    try:
        yield child
    finally:
        if child.returncode is None:
            child.terminate()
            await child.wait()


def health_checks() -> list[list[str]]:
    """Return the commands by which the container file and the compose file look whether the app is well."""
    (of_file,) = (value for name, value in instructions() if name == "HEALTHCHECK")
    of_compose = compose()["services"]["startcall"]["healthcheck"]["test"]
    assert "CMD" == of_compose[0]
    return [json.loads(of_file.partition("CMD ")[2]), of_compose[1:]]


async def is_healthy(command: list[str], port: int) -> bool:
    """Say what a health check finds, at the port that the test uses."""
    words = [word.replace(":3000/", f":{port}/") for word in command[1:]]
    child = await asyncio.create_subprocess_exec(sys.executable, *words, stderr=asyncio.subprocess.DEVNULL)
    return await child.wait() == 0


async def test_what_the_container_file_copies_is_the_whole_app(installed: Path, tmp_path: Path) -> None:
    """It starts, takes work, is found healthy, logs JSON, stops, and has written only into its own folder."""
    slack, port, data = await Sandbox.start(options=Options()), free_port(), tmp_path / "state"
    data.mkdir()
    before = state(installed)
    settings = environment(slack, data, port)
    try:
        async with running_from(installed, settings) as child:
            assert child.stderr is not None
            async with aiohttp.ClientSession() as session:
                await _ready(session, f"http://127.0.0.1:{port}/readyz")
            assert [True, True] == [await is_healthy(check, port) for check in health_checks()]
            ack = await slack.person("alice").command(GENERAL, "/startcall", "Weekly sync")
            assert ack.is_ok
            await wait_for(lambda: len(cards(slack)) == 1)
            doctor = await asyncio.create_subprocess_exec(
                sys.executable, "app.py", "doctor", cwd=installed, env=settings, stdout=asyncio.subprocess.PIPE
            )
            found, _ = await doctor.communicate()
            assert 0 == doctor.returncode, found.decode()
            child.terminate()
            lines = (await child.stderr.read()).decode().splitlines()
            assert 0 == await child.wait()
    finally:
        await slack.stop()
    assert [False, False] == [await is_healthy(check, port) for check in health_checks()]
    assert "Stopping." == json.loads(lines[-1])["message"]
    assert before == state(installed)
    assert {"startcall.sqlite3", "startcall.sqlite3.lock"} <= {path.name for path in data.iterdir()}


async def _ready(session: aiohttp.ClientSession, url: str) -> None:
    """Wait until the app takes work."""
    async with asyncio.timeout(READY_WAIT_S):
        while True:
            try:
                async with session.get(url) as answer:
                    if answer.ok:
                        return
            except aiohttp.ClientError:
                pass
            await asyncio.sleep(0.05)
