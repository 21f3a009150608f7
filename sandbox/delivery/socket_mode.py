"""Socket Mode: envelopes over WebSockets that the app opened.

Source: https://docs.slack.dev/apis/events-api/using-socket-mode
"""

from __future__ import annotations

import asyncio
import itertools
import json
import uuid

from aiohttp import WSMsgType, web

from sandbox.delivery.ack import ACK_TIMEOUT_S, Ack, DeliveryKind
from sandbox.webapi.auth import redeem_ticket
from sandbox.workspace import Json, Workspace

CONNECTIONS_MAX = 10
PING_S = 10.0
CONNECTION_LIFE_S = 3600
"""What `hello` announces; the local Slack itself keeps connections open."""

_REFUSED = Ack("dispatch_failed", retry_reason="connection_failed")


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
        self._connections: list[web.WebSocketResponse] = []
        self._waiting: dict[str, asyncio.Future[Json]] = {}
        self._turn = itertools.count()
        self._arrived = asyncio.Event()

    @property
    def connections(self) -> int:
        """Return how many connections are open."""
        return len(self._connections)

    async def handle_link(self, request: web.Request) -> web.StreamResponse:
        """Serve one connection for as long as it lasts."""
        if not redeem_ticket(self._workspace, request.query.get("ticket", "")):
            raise web.HTTPForbidden(text="This ticket is unknown, used or too old. Call apps.connections.open again.")
        socket = web.WebSocketResponse(heartbeat=PING_S, max_msg_size=1 << 20)
        await socket.prepare(request)
        if len(self._connections) >= CONNECTIONS_MAX:
            await socket.send_json({"type": "disconnect", "reason": "too_many_websockets"})
            await socket.close()
            return socket
        self._connections.append(socket)
        try:
            await socket.send_json(self._hello())
            await self._read(socket)
        finally:
            self._connections.remove(socket)
        return socket

    async def deliver(self, kind: DeliveryKind, payload: Json, retry_attempt: int = 0, retry_reason: str = "") -> Ack:
        """Send one envelope to one of the connections, in turn, and wait for its acknowledgement."""
        if not self._connections:
            return _REFUSED
        socket = self._connections[next(self._turn) % len(self._connections)]
        envelope: Json = {"envelope_id": str(uuid.uuid4()), "payload": payload, "type": kind}
        envelope["accepts_response_payload"] = kind != "events_api"
        if kind == "events_api":
            envelope |= {"retry_attempt": retry_attempt, "retry_reason": retry_reason}
        answer: asyncio.Future[Json] = asyncio.get_running_loop().create_future()
        self._waiting[envelope["envelope_id"]] = answer
        try:
            await socket.send_json(envelope)
            return Ack(payload=await asyncio.wait_for(answer, self._ack_timeout_s))
        except TimeoutError:
            return Ack("operation_timeout", retry_reason="timeout")
        except ConnectionError:
            return _REFUSED
        finally:
            del self._waiting[envelope["envelope_id"]]

    async def disconnect(self, reason: str, *, close: bool = True) -> None:
        """Tell every connection that it ends.

        Args:
            reason: `warning`, `refresh_requested`, `link_disabled` or `too_many_websockets`.
            close: whether to close the connections after saying so.
        """
        for socket in tuple(self._connections):
            await socket.send_json({"type": "disconnect", "reason": reason, "debug_info": {"host": "sandbox"}})
            if close:
                await socket.close()

    async def drop(self) -> None:
        """Cut every connection without a word, as a broken network does."""
        for socket in tuple(self._connections):
            transport = socket.get_extra_info("peername") and socket._req and socket._req.transport  # noqa: SLF001 - aiohttp has no other way to cut a line
            if transport:
                transport.abort()

    async def close(self) -> None:
        """Close every connection, at the end."""
        for socket in tuple(self._connections):
            await socket.close()

    async def _read(self, socket: web.WebSocketResponse) -> None:
        async for message in socket:
            if message.type is not WSMsgType.TEXT:
                continue
            envelope_id, payload = _read_ack(message.data)
            waiting = self._waiting.get(envelope_id)
            if waiting is not None and not waiting.done():
                waiting.set_result(payload)

    def _hello(self) -> Json:
        return {
            "type": "hello",
            "num_connections": len(self._connections),
            "debug_info": {
                "host": "sandbox",
                "build_number": 1,
                "approximate_connection_time": CONNECTION_LIFE_S,
            },
            "connection_info": {"app_id": self._workspace.installation.app_id},
        }


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
