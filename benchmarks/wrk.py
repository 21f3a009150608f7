"""Load by wrk, of which one core sends more than any server here answers; a client in Python would be the slower side.

Source: https://github.com/wg/wrk/blob/master/SCRIPTING
"""

from __future__ import annotations

import asyncio
import json
import shutil
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from benchmarks.commands import SignedCommand

MISSING = "left out: wrk is not installed (on Debian `apt install wrk`)"

_SCRIPT = Path(__file__).with_name("signed_requests.lua")


@dataclass(frozen=True, slots=True)
class Load:
    """What a round of load measured.

    Args:
        middle_ms: half of the answers took no longer.
        slow_ms: 99 of 100 took no longer.
    """

    answered: int
    per_second: float
    middle_ms: float
    slow_ms: float


def is_here() -> bool:
    """Say whether wrk is installed."""
    return shutil.which("wrk") is not None


async def loaded(url: str, commands: Iterable[SignedCommand], *, connections: int, round_s: float) -> Load:
    """Send commands over some connections, on each the next as soon as the one before is answered.

    Args:
        round_s: for how long, in seconds; wrk takes whole ones, and at least one.

    Raises:
        RuntimeError: when an answer was not 200, or there were too few commands to send each only once.
    """
    with tempfile.NamedTemporaryFile(suffix=".requests") as file:
        for command in commands:
            request = command.as_bytes(url)
            file.write(b"%d\n%b" % (len(request), request))
        file.flush()
        words = ["wrk", "-t1", f"-c{connections}", f"-d{max(1, round(round_s))}s", "--timeout", "20s"]
        child = await asyncio.create_subprocess_exec(
            *words, "-s", str(_SCRIPT), url, "--", file.name, stdout=asyncio.subprocess.PIPE
        )
        said, _ = await child.communicate()
    return _read(said.decode())


def _read(said: str) -> Load:
    line = next((line for line in said.splitlines() if line.startswith("result ")), None)
    if line is None:
        raise RuntimeError(f"wrk measured nothing: {said}")
    found = json.loads(line.removeprefix("result "))
    if found["refused"] or found["failed"]:
        raise RuntimeError(f"{found['refused']} commands were refused, and {found['failed']} not answered.")
    if found["sent"] > found["made"]:
        raise RuntimeError(f"{found['made']} commands were too few: {found['sent']} were sent.")
    took_s = found["took_us"] / 1_000_000
    return Load(found["answered"], found["answered"] / took_s, found["p50_us"] / 1_000, found["p99_us"] / 1_000)
