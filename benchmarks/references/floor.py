"""The least a server can do: aiohttp's own route, which verifies a command, stores it, and answers.

With `STORE` it writes each into a SQLite file by itself (`synchronous=FULL`), in the loop. With `JOB=1` it then makes
the call and posts its card, over connections that all commands share.
"""

from __future__ import annotations

import asyncio
import hmac
import os
import sqlite3
from collections.abc import Mapping
from hashlib import sha256

import aiohttp
from aiohttp import web

from benchmarks.references.bare_job import BareJob


class Floor:
    """A server without an application."""

    def __init__(self, signing_secret: str, path: str, job: BareJob | None) -> None:
        """Open the file, when there is one.

        Args:
            path: of the SQLite file; empty to store nothing.
            job: what follows; None for nothing.
        """
        self._job = job
        self._key = signing_secret.encode()
        self._file: sqlite3.Connection | None = None
        if path:
            self._file = sqlite3.connect(path, isolation_level=None)
            self._file.execute("PRAGMA journal_mode=WAL")
            self._file.execute("PRAGMA synchronous=FULL")
            self._file.execute("CREATE TABLE commands (body BLOB NOT NULL)")

    async def take(self, request: web.Request) -> web.Response:
        """Verify, store and answer."""
        raw = await request.read()
        timestamp = request.headers["X-Slack-Request-Timestamp"]
        expected = hmac.new(self._key, b"v0:%b:%b" % (timestamp.encode(), raw), sha256).hexdigest()
        if not hmac.compare_digest(f"v0={expected}", request.headers["X-Slack-Signature"]):
            return web.Response(status=401)
        if self._file is not None:
            self._file.execute("INSERT INTO commands VALUES (?)", (raw,))
        if self._job is not None:
            self._job.begin(raw)
        return web.Response()


async def ready(_request: web.Request) -> web.Response:
    """Say that it listens."""
    return web.Response()


async def main(environment: Mapping[str, str]) -> None:
    """Serve until it is killed."""
    session = aiohttp.ClientSession()
    job = BareJob(session, environment["SLACK_API_URL"]) if environment.get("JOB") == "1" else None
    floor = Floor(environment["SLACK_SIGNING_SECRET"], environment.get("STORE", ""), job)
    site = web.Application()
    site.add_routes([web.post("/slack/events", floor.take), web.get("/ready", ready)])
    runner = web.AppRunner(site, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", int(environment["PORT"])).start()
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main(os.environ))  # noqa: TID251 - a program of its own
