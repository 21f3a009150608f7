"""The same job in Bolt for Python over Socket Mode: `AsyncApp` with the `AsyncSocketModeHandler` of aiohttp.

With `JOB=0` it only acknowledges.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Mapping

from aiohttp import web
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from benchmarks.references.bolt_async import acknowledge, ready, start


async def main(environment: Mapping[str, str]) -> None:
    """Serve until it is killed."""
    client = AsyncWebClient(token=environment["SLACK_BOT_TOKEN"], base_url=environment["SLACK_API_URL"])
    app = AsyncApp(client=client)
    app.command("/startcall")(start if environment.get("JOB") != "0" else acknowledge)
    handler = AsyncSocketModeHandler(app, environment["SLACK_APP_TOKEN"])
    await handler.connect_async()  # type: ignore[no-untyped-call]
    site = web.Application()
    site.router.add_get("/ready", ready)
    runner = web.AppRunner(site, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", int(environment["PORT"])).start()
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main(os.environ))  # noqa: TID251 - a program of its own
