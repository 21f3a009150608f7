"""The same job in Bolt for Python, as its documentation shows it: acknowledge, then make the call and post its card.

It stores nothing. With `JOB=0` it only acknowledges. `OTHER_LISTENERS` says how many listeners stand before its own.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Mapping

from aiohttp import web
from slack_bolt.async_app import AsyncAck, AsyncApp
from slack_sdk.web.async_client import AsyncWebClient


async def acknowledge(ack: AsyncAck) -> None:
    """Answer a command and do nothing."""
    await ack()


async def start(ack: AsyncAck, body: Mapping[str, str], client: AsyncWebClient) -> None:
    """Start a call."""
    await ack()
    call = await client.calls_add(
        external_unique_id=body["trigger_id"], join_url="https://meet.example.com/standup", title=body["text"]
    )
    blocks = [{"type": "call", "call_id": call["call"]["id"]}]
    await client.chat_postMessage(channel=body["channel_id"], text=body["text"], blocks=blocks)


def build(environment: Mapping[str, str]) -> AsyncApp:
    """Return the app, with Slack's side where the environment says."""
    token = environment["SLACK_BOT_TOKEN"]
    client = AsyncWebClient(token=token, base_url=environment["SLACK_API_URL"])
    app = AsyncApp(client=client, signing_secret=environment["SLACK_SIGNING_SECRET"])
    for number in range(int(environment.get("OTHER_LISTENERS", "0"))):
        app.command(f"/other{number}")(acknowledge)
    app.command("/startcall")(start if environment.get("JOB") != "0" else acknowledge)
    return app


async def ready(_request: web.Request) -> web.Response:
    """Say that it listens."""
    return web.Response()


def site_of(environment: Mapping[str, str]) -> web.Application:
    """Return the server that Bolt brings along, and a place that says it is up."""
    port = int(environment["PORT"])
    site = build(environment).server(port=port).web_app
    site.router.add_get("/ready", ready)
    return site


async def main(environment: Mapping[str, str]) -> None:
    """Serve until it is killed."""
    runner = web.AppRunner(site_of(environment), access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", int(environment["PORT"])).start()
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main(os.environ))  # noqa: TID251 - a program of its own
