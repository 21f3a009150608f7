"""Measure what Startcall needs: memory, acknowledgements a second, and bytes for each call.

Runs the app as on a server, against the local Slack, and prints a table. `--database` takes the address of an empty
PostgreSQL database; without it a SQLite file in a folder of its own is used.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode

import aiohttp
from slack_sdk.signature import SignatureVerifier
from sqlalchemy import func, select, text

from sandbox.delivery.payloads import slash_command
from sandbox.server import Sandbox
from storage.opening import open_engine
from storage.postgres import is_postgres
from storage.sqlite import sqlite_path
from storage.tables import calls
from tests.durability.process import AppProcess, app_and_slack
from tests.world import GENERAL

SETTLE_S = 5.0
IDLE_S = 10.0
AT_ONCE = 16
GIVE_UP_S = 300.0


@dataclass(frozen=True, slots=True)
class Rate:
    """How fast commands were acknowledged.

    Args:
        middle_ms: half of them took no longer.
        slow_ms: 99 of 100 took no longer.
    """

    per_second: float
    middle_ms: float
    slow_ms: float


def parser() -> argparse.ArgumentParser:
    """Return the command line's grammar."""
    parser = argparse.ArgumentParser(prog="python -m scripts.sizing", description="Measure what Startcall needs.")
    parser.add_argument("--database", default="", help="address of an empty PostgreSQL database")
    parser.add_argument("--calls", type=int, default=1_000, help="how many calls are started")
    return parser


async def main() -> int:
    """Measure and print, and return the exit status."""
    parsed = parser().parse_args()
    with tempfile.TemporaryDirectory() as folder:
        url = parsed.database or f"sqlite:///{folder}/calls.sqlite3"
        async with app_and_slack(url) as (app, slack):
            await measure(app, slack, url, parsed.calls)
    return 0


async def measure(app: AppProcess, slack: Sandbox, url: str, number: int) -> None:
    """Print each figure as soon as it is known."""
    await asyncio.sleep(SETTLE_S)
    _print("memory, idle", f"{memory_mb(app.pid):.0f} MB")
    _print("processor, idle", f"{await idle_share(app.pid):.2%} of a core")
    empty_bytes = size_bytes(url)
    ticks = _ticks(app.pid)
    rate = await start(app, slack, number)
    _print(f"acknowledgements, {AT_ONCE} at once", f"{rate.per_second:.0f} a second")
    _print("time to acknowledge", f"{rate.middle_ms:.1f} ms, 99 of 100 within {rate.slow_ms:.1f} ms")
    _print("all cards shown", f"{await until_shown_s(url, number):.1f} s later")
    busy_s = (_ticks(app.pid) - ticks) / os.sysconf("SC_CLK_TCK")
    _print("processor, for each start", f"{1_000 * busy_s / number:.1f} ms")
    _print(f"memory, {number} calls open", f"{memory_mb(app.pid):.0f} MB")
    await app.terminate()
    grown_bytes = (size_bytes(url) - empty_bytes) * 1_000 / number
    _print("database, 1,000 calls", f"{grown_bytes / 1_000_000:.2f} MB")


def _print(what: str, figure: str) -> None:
    print(f"{what:<30} {figure}", flush=True)


async def start(app: AppProcess, slack: Sandbox, number: int) -> Rate:
    """Start calls by signed commands, some at once.

    Raises:
        RuntimeError: when one is not taken.
    """
    waiting = iter(list(signed_commands(slack, number)))
    took_ms: list[float] = []

    async def send(session: aiohttp.ClientSession) -> None:
        for body, headers in waiting:
            began_s = time.perf_counter()
            async with session.post(f"{app.url}/slack/events", data=body, headers=headers) as answer:
                await answer.read()
                if not answer.ok:
                    raise RuntimeError(f"A command was answered {answer.status}.")
            took_ms.append(1_000 * (time.perf_counter() - began_s))

    async with aiohttp.ClientSession() as session:
        began_s = time.perf_counter()
        await asyncio.gather(*(send(session) for _ in range(AT_ONCE)))
        whole_s = time.perf_counter() - began_s
    took_ms.sort()
    return Rate(number / whole_s, took_ms[number // 2], took_ms[number * 99 // 100])


def signed_commands(slack: Sandbox, number: int) -> Iterator[tuple[str, dict[str, str]]]:
    """Yield the body and the headers of commands, as Slack sends them."""
    workspace, verifier = slack.workspace, SignatureVerifier(slack.installation.signing_secret)
    user = next(user for user in workspace.users.values() if user.name == "alice")
    for count in range(number):
        body = urlencode(slash_command(workspace, user, workspace.channels[GENERAL], "/startcall", f"Call {count}"))
        timestamp = str(int(workspace.now()))
        yield (
            body,
            {
                "Content-Type": "application/x-www-form-urlencoded",
                "X-Slack-Request-Timestamp": timestamp,
                "X-Slack-Signature": verifier.generate_signature(timestamp=timestamp, body=body) or "",
            },
        )


async def until_shown_s(url: str, number: int) -> float:
    """Wait until every call has its card, and return how long that took.

    Raises:
        TimeoutError: when it takes too long.
    """
    engine = open_engine(url)
    began_s = time.perf_counter()
    try:
        async with asyncio.timeout(GIVE_UP_S):
            while True:
                with engine.connect() as connection:
                    query = select(func.count()).select_from(calls).where(calls.c.posted)
                    if connection.execute(query).scalar_one() >= number:
                        return time.perf_counter() - began_s
                await asyncio.sleep(0.1)
    finally:
        engine.dispose()


def size_bytes(url: str) -> int:
    """Return how much room a database takes on disk."""
    if not is_postgres(url):
        path = sqlite_path(url)
        return sum(file.stat().st_size for file in path.parent.glob(f"{path.name}*"))
    engine = open_engine(url)
    try:
        with engine.connect() as connection:
            return int(connection.execute(text("SELECT pg_database_size(current_database())")).scalar_one())
    finally:
        engine.dispose()


def memory_mb(pid: int) -> float:
    """Return the memory of a process, what it shares with others counted in part."""
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("Pss:")) / 1_000


async def idle_share(pid: int) -> float:
    """Return which share of a core a process takes while nothing happens."""
    before = _ticks(pid)
    await asyncio.sleep(IDLE_S)
    return (_ticks(pid) - before) / os.sysconf("SC_CLK_TCK") / IDLE_S


def _ticks(pid: int) -> int:
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return int(fields[11]) + int(fields[12])


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
