"""Somebody in a room of Janus who sends no sound or picture, and may claim to be anybody."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import aiohttp

from providers.janus.signed_token import PLUGIN

ANSWERS_WITHIN_S = 5.0


class JanusVisitor:
    """One connection to Janus's WebSocket, with one handle."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse, token: str) -> None:
        self._socket = socket
        self._token = token
        self._session: dict[str, int] = {}
        self._handle = 0

    async def attach(self) -> None:
        """Take a new handle; the one before stays where it is."""
        self._handle = (await self.ask(janus="attach", plugin=PLUGIN))["data"]["id"]

    async def begin(self) -> None:
        """Open a session and take a handle."""
        self._session = {"session_id": (await self.ask(janus="create"))["data"]["id"]}
        await self.attach()

    async def ask(self, **request: object) -> dict[str, Any]:
        """Send a request to Janus and return its answer."""
        await self._socket.send_json({"transaction": "asked", "token": self._token, **self._session, **request})
        while True:
            told = await self.next_message()
            if told.get("transaction") == "asked":
                return told

    async def say(self, **body: object) -> dict[str, Any]:
        """Send a request to the video rooms and return their answer."""
        answer = await self.ask(janus="message", handle_id=self._handle, body=body)
        data: dict[str, Any] = answer["plugindata"]["data"]
        return data

    async def join(self, settings: dict[str, Any], name: str, **changes: object) -> dict[str, Any]:
        """Join with what a page was given, or with something else."""
        given = {"room": settings["room"], "id": settings["id"], "token": settings["room_token"], "display": name}
        return await self.say(**{"request": "join", "ptype": "publisher", **given, **changes})

    async def next_message(self) -> dict[str, Any]:
        """Return what Janus says next, besides that it has heard us: that may come after the answer."""
        while True:
            message: dict[str, Any] = await asyncio.wait_for(self._socket.receive_json(), ANSWERS_WITHIN_S)
            if message["janus"] != "ack":
                return message


@asynccontextmanager
async def janus_visitor(session: aiohttp.ClientSession, url: str, token: str) -> AsyncIterator[JanusVisitor]:
    """Connect to Janus's WebSocket with a core token."""
    async with session.ws_connect(url, protocols=["janus-protocol"]) as socket:
        visitor = JanusVisitor(socket, token)
        await visitor.begin()
        yield visitor
