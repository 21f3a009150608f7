"""Socket Mode: envelopes over WebSockets that the app opened.

Source: https://docs.slack.dev/apis/events-api/using-socket-mode
"""

from __future__ import annotations

import asyncio
import json
import uuid
from dataclasses import dataclass
from typing import Literal

from aiohttp import WSMsgType, web

from sandbox.delivery.ack import ACK_TIMEOUT_S, Ack, DeliveryKind
from sandbox.webapi.auth import redeem_ticket
from sandbox.workspace import Json, Traffic, Workspace

CONNECTIONS_MAX = 10
PING_S = 10.0
CLOSE_WAIT_S = 1.0
"""How long a client has to take leave; one that does not is cut off."""

CONNECTION_LIFE_S = 3600
"""What `hello` announces; the local Slack itself keeps connections open."""

_NO_CONNECTION = Ack("dispatch_failed", retry_reason="connection_failed")
_ANSWERABLE = frozenset({"view_submission", "block_suggestion"})
_DEBUG_INFO = {"host": "sandbox", "build_number": 1}


Break = Literal["close", "fin", "rst", "silence"]
"""Said goodbye to, ended, cut, or no longer heard of."""


@dataclass(frozen=True, slots=True, eq=False)
class _Connection:
    socket: web.WebSocketResponse
    transport: asyncio.Transport | None


class SocketMode:
    """The WebSocket side of the local Slack.

    Args:
        workspace: whose tickets open a connection.
        ack_timeout_s: how long an envelope waits for its acknowledgement.
    """

    def __init__(self, workspace: Workspace, *, ack_timeout_s: float = ACK_TIMEOUT_S) -> None:
        """Have no connections yet."""
        self._workspace = workspace
        self._ack_timeout_s = ack_timeout_s
        self._connections: list[_Connection] = []
        self._waiting: dict[str, asyncio.Future[Json]] = {}

    @property
    def connections(self) -> int:
        """Return how many connections are open."""
        return len(self._connections)

    async def handle_link(self, request: web.Request) -> web.StreamResponse:
        """Serve one connection for as long as it lasts."""
        if not redeem_ticket(self._workspace, request.query.get("ticket", "")):
            raise web.HTTPForbidden(text="This ticket is unknown, used or too old. Call apps.connections.open again.")
        socket = web.WebSocketResponse(heartbeat=PING_S, max_msg_size=1 << 20, timeout=CLOSE_WAIT_S)
        await socket.prepare(request)
        connection = _Connection(socket, request.transport)
        if len(self._connections) >= CONNECTIONS_MAX:
            await _take_leave(connection, "too_many_websockets", close=True)
            return socket
        self._connections.append(connection)
        self._workspace.changed()
        try:
            if await _send(connection, self._hello()):
                await self._read(socket)
        finally:
            self._forget(connection)
        return socket

    async def deliver(self, kind: DeliveryKind, payload: Json, retry_attempt: int = 0, retry_reason: str = "") -> Ack:
        """Send one envelope to one of the connections, in turn, and wait for its acknowledgement."""
        envelope_id = str(uuid.uuid4())
        envelope: Json = {"envelope_id": envelope_id, "payload": payload, "type": kind}
        envelope["accepts_response_payload"] = kind == "slash_commands" or payload["type"] in _ANSWERABLE
        if kind == "events_api":
            envelope |= {"retry_attempt": retry_attempt, "retry_reason": retry_reason}
        answer: asyncio.Future[Json] = asyncio.get_running_loop().create_future()
        self._waiting[envelope_id] = answer
        try:
            if not await self._send_to_one(envelope):
                return _NO_CONNECTION
            return Ack(payload=await asyncio.wait_for(answer, self._ack_timeout_s))
        except TimeoutError:
            return Ack("operation_timeout", retry_reason="timeout")
        finally:
            del self._waiting[envelope_id]

    async def disconnect(self, reason: str, *, close: bool = True) -> None:
        """Tell every connection that it ends.

        Args:
            reason: `warning`, `refresh_requested`, `link_disabled` or `too_many_websockets`.
            close: whether to close the connections after saying so.
        """
        leaving = tuple(self._connections)
        at_s = self._workspace.now()
        self._workspace.log(Traffic(at_s, "delivery", "disconnect", _goodbye(reason), {"told": len(leaving)}))
        if close:
            for connection in leaving:
                self._forget(connection)
        await asyncio.gather(*(_take_leave(connection, reason, close=close) for connection in leaving))

    def drop(self) -> None:
        """Cut every connection without a word, as a broken network does."""
        for connection in tuple(self._connections):
            self._forget(connection)
            if connection.transport is not None:
                connection.transport.abort()

    async def break_one(self, how: Break) -> None:
        """End the connection whose turn it is, in one of the ways in which networks do; nothing more comes over it."""
        connection = self._connections[0]
        self._forget(connection)
        if how == "close":
            await connection.socket.close()
        elif connection.transport is None:
            return
        elif how == "rst":
            connection.transport.abort()
        elif how == "fin":
            connection.transport.write_eof()
        else:
            # Nothing is read any more, so that not even a ping is answered.
            connection.transport.pause_reading()

    async def close(self) -> None:
        """Close every connection, at the end."""
        await asyncio.gather(*(connection.socket.close() for connection in tuple(self._connections)))

    async def _send_to_one(self, envelope: Json) -> bool:
        """Send to the connection that has waited longest; one that turns out to be dead does not count."""
        for connection in tuple(self._connections):
            if connection not in self._connections:
                continue
            self._connections.remove(connection)
            self._connections.append(connection)
            if await _send(connection, envelope):
                return True
        return False

    async def _read(self, socket: web.WebSocketResponse) -> None:
        async for message in socket:
            if message.type is not WSMsgType.TEXT:
                continue
            envelope_id, payload = _read_ack(message.data)
            waiting = self._waiting.get(envelope_id)
            if waiting is not None and not waiting.done():
                waiting.set_result(payload)

    def _forget(self, connection: _Connection) -> None:
        if connection in self._connections:
            self._connections.remove(connection)
            self._workspace.changed()

    def _hello(self) -> Json:
        return {
            "type": "hello",
            "num_connections": len(self._connections),
            "debug_info": {**_DEBUG_INFO, "approximate_connection_time": CONNECTION_LIFE_S},
            "connection_info": {"app_id": self._workspace.installation.app_id},
        }


async def _send(connection: _Connection, frame: Json) -> bool:
    """Send one frame; False when the connection is gone."""
    if connection.socket.closed:
        return False
    try:
        await connection.socket.send_json(frame)
    except ConnectionError:
        return False
    return True


def _goodbye(reason: str) -> Json:
    return {"type": "disconnect", "reason": reason, "debug_info": {"host": _DEBUG_INFO["host"]}}


async def _take_leave(connection: _Connection, reason: str, *, close: bool) -> None:
    await _send(connection, _goodbye(reason))
    if close:
        await connection.socket.close()


def _read_ack(text: str) -> tuple[str, Json]:
    """Return which envelope a message acknowledges, and with what; nothing for anything else."""
    try:
        message = json.loads(text)
    except ValueError:
        return "", {}
    if not isinstance(message, dict):
        return "", {}
    payload = message.get("payload")
    if isinstance(payload, str):
        payload = {"text": payload}
    return str(message.get("envelope_id", "")), payload if isinstance(payload, dict) else {}
