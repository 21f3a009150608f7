"""Socket Mode: deliveries over connections that we open, so that no public address is needed.

Two connections are kept, so that the end of one is no gap: Slack ends each of them about once an hour, and sends every
envelope over whichever is open. Whatever is being worked on when a connection ends is acknowledged over the other.

Source: https://docs.slack.dev/apis/events-api/using-socket-mode
"""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from functools import partial
from http import HTTPStatus
from typing import Any, Final

import aiohttp
from slack_bolt import BoltResponse
from slack_bolt.async_app import AsyncApp

from calls.errors import CallsError, SlackRateLimited, SlackRefused
from calls.profiles import Profiles
from calls.words.language import speaking
from listeners.body_shape import ID_MAX_CHARS
from listeners.bolt import bolt_request
from listeners.in_flight import InFlight
from listeners.request_body import Body, UnreadableBodyError, checked_body
from listeners.socket_connection import Frame, SocketConnection
from listeners.speaking import locale_of
from listeners.taken_in import taken_in
from listeners.tally import Tally

_log = logging.getLogger(__name__)

OpenUrl = Callable[[], Awaitable[str]]
"""Returns an address for one connection, or raises the SlackError that says why there is none."""

CONNECTIONS: Final = 2
"""How many are kept open; Slack allows 10 for an app."""

LASTED_S: Final = 5.0
"""A connection that ended sooner counts as one that failed."""

LEAVING_S: Final = 20.0
"""How long a connection that Slack has announced the end of is still listened to, in seconds."""

ACKNOWLEDGE_WITHIN_S: Final = 3.0
"""How long Slack waits for an acknowledgement."""

_WAITS_S: Final = (0.0, 0.2, 1.0, 2.0, 5.0, 10.0, 30.0)
"""How long to wait after so many connections in a row that failed."""

_WAITS_OF_REASON_S: Final = {"link_disabled": 60.0, "too_many_websockets": 60.0}
"""Socket Mode is turned off for the app, or ten other connections are open."""


class SocketMode:
    """The connections of this process, and what comes in over them."""

    def __init__(self, app: AsyncApp, profiles: Profiles, session: aiohttp.ClientSession, open_url: OpenUrl) -> None:
        """Have no connection yet."""
        self._app = app
        self._profiles = profiles
        self._session = session
        self._open_url = open_url
        self._open: list[SocketConnection] = []
        self._opened = asyncio.Event()
        self._leaving: set[asyncio.Task[None]] = set()
        self._working: set[asyncio.Task[None]] = set()
        self._in_flight = InFlight()
        self._refused = Tally()

    @property
    def connections(self) -> int:
        """Return how many connections Slack can deliver over now."""
        return sum(connection.is_open for connection in self._open)

    async def keep_open(self) -> None:
        """Keep the connections open until cancelled.

        Raises:
            SlackRefused: when Slack does not let us in, and trying again does not help; all of them are closed then.
        """
        keepers = [asyncio.create_task(self._keep_one()) for _ in range(CONNECTIONS)]
        try:
            ended, _ = await asyncio.wait(keepers, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for keeper in keepers:
                keeper.cancel()
            await asyncio.gather(*keepers, return_exceptions=True)
        # Slack goes on delivering over the other's connection, which nobody reads any more.
        await self.stop(ACKNOWLEDGE_WITHIN_S)
        for keeper in ended:
            keeper.result()

    async def stop(self, grace_s: float) -> None:
        """Acknowledge what is being worked on, and close; `keep_open` has been cancelled before, or has ended.

        Args:
            grace_s: how long to wait, in seconds.
        """
        for task in self._leaving:
            task.cancel()
        if self._working:
            await asyncio.wait(self._working, timeout=grace_s)
        await asyncio.gather(*(connection.close() for connection in self._open))
        self._open.clear()
        self._opened.clear()

    async def _keep_one(self) -> None:
        failures = 0
        while True:
            began_s = asyncio.get_running_loop().time()
            try:
                wait_s = await self._serve(await SocketConnection.opened(self._session, await self._open_url()))
            except SlackRefused:
                raise
            except CallsError as error:
                wait_s = error.retry_after_s if isinstance(error, SlackRateLimited) else 0.0
                _log.warning("Socket Mode could not be opened and is tried again: %s", error)
            if asyncio.get_running_loop().time() - began_s >= LASTED_S:
                failures = 0
            await asyncio.sleep(max(wait_s, _WAITS_S[min(failures, len(_WAITS_S) - 1)]))
            failures += 1

    async def _serve(self, connection: SocketConnection) -> float:
        """Take in what comes over a connection until it has ended, or is about to; return how long to wait at least."""
        self._open.append(connection)
        self._opened.set()
        frames = connection.frames()
        reason = await self._read(connection, frames)
        if reason is None:
            await self._gone(connection)
            return 0.0
        _log.info("Slack is about to end a connection: %s", reason)
        self._start(self._leave(connection, frames), self._leaving)
        return _WAITS_OF_REASON_S.get(reason, 0.0)

    async def _read(self, connection: SocketConnection, frames: AsyncIterator[Frame]) -> str | None:
        """Take in what comes until Slack announces the end, for the reason returned; None at the end itself."""
        async for frame in frames:
            if frame.said.get("type") == "disconnect":
                return _reason(frame.said.get("reason"))
            envelope_id = frame.said.get("envelope_id")
            if isinstance(envelope_id, str):
                await self._in_flight.until_there_is_room()
                self._in_flight.begin(frame.size_bytes)
                task = self._start(self._take(connection, envelope_id, frame.said.get("payload")), self._working)
                task.add_done_callback(partial(self._done, frame.size_bytes))
        return None

    def _done(self, size_bytes: int, _: asyncio.Task[None]) -> None:
        self._in_flight.end(size_bytes)

    async def _leave(self, connection: SocketConnection, frames: AsyncIterator[Frame]) -> None:
        """Listen to a connection that is about to end, while another takes its place, and then close it."""
        try:
            async with asyncio.timeout(LEAVING_S):
                while await self._read(connection, frames) is not None:
                    pass
        except TimeoutError:
            if self._working:
                await asyncio.wait(tuple(self._working), timeout=ACKNOWLEDGE_WITHIN_S)
        await connection.close()
        await self._gone(connection)

    async def _gone(self, connection: SocketConnection) -> None:
        """Forget a connection; what it may not have carried any more is sent again over another."""
        self._open.remove(connection)
        if not self._open:
            self._opened.clear()
        for text in connection.doubtful():
            self._start(self._acknowledge(None, text), self._working)

    async def _take(self, connection: SocketConnection, envelope_id: str, payload: object) -> None:
        """Hand one envelope to Bolt and acknowledge it; one that failed is not, so that Slack says so to the person."""
        try:
            body = checked_body(payload)
        except UnreadableBodyError as error:
            if self._refused.is_worth_a_line():
                _log.warning("An envelope was refused, as %s in all: %s", self._refused.count, error)
            return
        with taken_in(body) as taken, speaking(await locale_of(body, self._profiles)):
            response = await self._app.async_dispatch(bolt_request(body))
            if response.status == HTTPStatus.OK:
                await self._acknowledge(connection, _acknowledgement(envelope_id, response))
            taken.status = response.status

    async def _acknowledge(self, connection: SocketConnection | None, text: str) -> None:
        """Send an acknowledgement over the connection its envelope came by, else over any other."""
        if connection is not None and await connection.send(text):
            return
        try:
            async with asyncio.timeout(ACKNOWLEDGE_WITHIN_S):
                while not await self._sent_over_any(text):
                    self._opened.clear()
                    await self._opened.wait()
        except TimeoutError:
            _log.warning("An acknowledgement could not be sent: no connection was open in time")

    async def _sent_over_any(self, text: str) -> bool:
        for connection in reversed(self._open):
            if await connection.send(text):
                return True
        return False

    def _start(self, work: Coroutine[Any, Any, None], among: set[asyncio.Task[None]]) -> asyncio.Task[None]:
        task = asyncio.create_task(work)
        among.add(task)
        task.add_done_callback(among.discard)
        return task


def _reason(found: object) -> str:
    """Return why a connection is to end, as one word, which is all that Slack gives."""
    is_word = isinstance(found, str) and found.isidentifier() and len(found) <= ID_MAX_CHARS
    return str(found) if is_word else "no reason given"


def _acknowledgement(envelope_id: str, response: BoltResponse) -> str:
    """Return what acknowledges an envelope, with the answer where there is one."""
    acknowledgement: Body = {"envelope_id": envelope_id}
    if response.body:
        is_json = response.first_headers().get("content-type", "").startswith("application/json")
        acknowledgement["payload"] = json.loads(response.body) if is_json else {"text": response.body}
    return json.dumps(acknowledgement)
