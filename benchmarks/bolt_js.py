"""Bolt for JavaScript as a reference: `npm ci` puts the pinned packages into test-output/, where no gate looks."""

from __future__ import annotations

import asyncio
import shutil
from pathlib import Path

from benchmarks.processes import BOT_TOKEN, REFERENCES, ROOT, SIGNING_SECRET, Program

NAME = "Bolt for JavaScript"
MISSING = "left out: it needs Node 20 or newer and npm, which are not installed"

_SOURCE = REFERENCES / "bolt_js"
_FOLDER = ROOT / "test-output" / "bolt_js"


async def installed() -> Path | None:
    """Return the program with its packages beside it; None where there is no Node.

    Raises:
        RuntimeError: when its packages cannot be installed.
    """
    if shutil.which("node") is None or shutil.which("npm") is None:
        return None
    lock, app = _FOLDER / "package-lock.json", _FOLDER / "app.js"
    is_done = (_FOLDER / "done").exists() and lock.read_bytes() == (_SOURCE / lock.name).read_bytes()
    if not is_done:
        shutil.rmtree(_FOLDER, ignore_errors=True)
        shutil.copytree(_SOURCE, _FOLDER)
        child = await asyncio.create_subprocess_exec(
            *("npm", "ci", "--no-audit", "--no-fund", "--silent"), cwd=_FOLDER, stderr=asyncio.subprocess.PIPE
        )
        _, said = await child.communicate()
        if child.returncode:
            raise RuntimeError(f"The packages of {NAME} could not be installed: {said.decode().strip()}")
        (_FOLDER / "done").touch()
    shutil.copyfile(_SOURCE / app.name, app)
    return app


def bolt_js(app: Path, api_url: str, **settings: str) -> Program:
    """Return the reference with Slack's side, and further names of its environment."""
    environment = {
        "PORT": "{port}",
        "SLACK_API_URL": api_url,
        "SLACK_BOT_TOKEN": BOT_TOKEN,
        "SLACK_SIGNING_SECRET": SIGNING_SECRET,
        "NODE_ENV": "production",
        **settings,
    }
    return Program(NAME, ("node", str(app)), environment, "/ready")
