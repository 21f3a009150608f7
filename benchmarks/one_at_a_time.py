"""One connection on which the next command is written when the one before is acknowledged and its card is up.

Then it waits for a moment more, so that what a server does afterwards is not measured: that is what load is for.
"""

from __future__ import annotations

import asyncio
import queue
import socket
import time
from collections.abc import Iterable
from urllib.parse import urlsplit

from benchmarks.commands import SignedCommand
from benchmarks.slack_side import SlackSide

PAUSE_S = 0.02
"""How long a server is left alone between a card and the next command, in seconds."""

_CARD_WAIT_S = 20.0


async def acks_ms(url: str, commands: Iterable[SignedCommand], side: SlackSide | None) -> list[float]:
    """Return how long each acknowledgement took, from the last byte sent to the whole answer, in milliseconds.

    The sockets are a thread's own, so that the loop of Slack's side adds nothing to what is measured.

    Args:
        side: where the cards are posted; None for a server that posts none.
    """
    posted: queue.SimpleQueue[str] = queue.SimpleQueue()
    ready = [(command.channel_id, command.as_bytes(url)) for command in commands]
    if side is None:
        return await asyncio.to_thread(_send, url, ready, None)
    side.when_posted = posted.put
    try:
        return await asyncio.to_thread(_send, url, ready, posted)
    finally:
        side.when_posted = None


def _send(url: str, requests: list[tuple[str, bytes]], posted: queue.SimpleQueue[str] | None) -> list[float]:
    parts = urlsplit(url)
    took_ms = []
    with socket.create_connection((parts.hostname or "", parts.port or 80), timeout=_CARD_WAIT_S) as connection:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for channel_id, request in requests:
            began_s = time.perf_counter()
            connection.sendall(request)
            read_answer(connection)
            took_ms.append(1_000 * (time.perf_counter() - began_s))
            while posted is not None and posted.get(timeout=_CARD_WAIT_S) != channel_id:
                pass
            time.sleep(PAUSE_S)
    return took_ms


def read_answer(connection: socket.socket) -> bytes:
    """Read one answer of a connection that stays open and return its body.

    Raises:
        RuntimeError: when it is not 200.
    """
    head, _, body = _until(connection, b"", b"\r\n\r\n").partition(b"\r\n\r\n")
    lines = head.split(b"\r\n")
    if b" 200" not in lines[0]:
        raise RuntimeError(f"A command was answered {lines[0].decode()}.")
    named = dict(line.lower().split(b": ", 1) for line in lines[1:])
    if named.get(b"transfer-encoding") == b"chunked":
        return _until(connection, body, b"0\r\n\r\n")
    length = int(named.get(b"content-length", b"0"))
    while len(body) < length:
        body += _more(connection)
    return body


def _until(connection: socket.socket, found: bytes, end: bytes) -> bytes:
    while end not in found:
        found += _more(connection)
    return found


def _more(connection: socket.socket) -> bytes:
    some = connection.recv(65_536)
    if not some:
        raise RuntimeError("The server closed the connection instead of answering.")
    return some
