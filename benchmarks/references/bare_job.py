"""The two requests that start a call, over aiohttp as it comes: at most 100 connections, which stay open."""

from __future__ import annotations

import asyncio
from urllib.parse import parse_qs

import aiohttp


class BareJob:
    """Makes calls and posts their cards, and looks at nothing that Slack says."""

    def __init__(self, session: aiohttp.ClientSession, api_url: str) -> None:
        """Ask nothing yet.

        Args:
            api_url: Slack's side, with a slash at its end.
        """
        self._session = session
        self._api_url = api_url
        self._running: set[asyncio.Task[None]] = set()

    def begin(self, body: bytes) -> None:
        """Do the job of a command, while others go on."""
        task = asyncio.create_task(self._do(parse_qs(body.decode())["channel_id"][0]))
        self._running.add(task)
        task.add_done_callback(self._running.discard)

    async def _do(self, channel: str) -> None:
        await self._ask("calls.add", {"external_unique_id": channel, "join_url": "https://meet.example.com/standup"})
        await self._ask("chat.postMessage", {"channel": channel, "text": "Standup"})

    async def _ask(self, method: str, arguments: dict[str, str]) -> None:
        async with self._session.post(f"{self._api_url}{method}", data=arguments) as answer:
            await answer.read()
