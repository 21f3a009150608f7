"""HTTP as bytes: what no well-behaved client would send, and the status that comes back."""

from __future__ import annotations

import asyncio
import hmac
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from types import MappingProxyType
from urllib.parse import urlsplit

FORM = "application/x-www-form-urlencoded"
JSON = "application/json"
EVENTS = "/slack/events"
NONE: Mapping[str, str] = MappingProxyType({})

CLOSED = 0
"""Stands for a connection that was ended without an answer."""

ANSWER_WITHIN_S = 20.0


@dataclass(frozen=True, slots=True)
class Keys:
    """What a case is built from.

    Args:
        secret: the signing secret.
        now_s: the time, in Unix seconds.
    """

    secret: str
    now_s: int


def request(
    path: str = EVENTS,
    body: bytes = b"",
    headers: Mapping[str, str] = NONE,
    *,
    method: str = "POST",
    host: str = "127.0.0.1",
    has_length: bool = True,
) -> bytes:
    """Return a request that ends the connection, as bytes."""
    lines = [f"{method} {path} HTTP/1.1", f"Host: {host}", "Connection: close"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    if has_length and (body or method == "POST"):
        lines.append(f"Content-Length: {len(body)}")
    return "\r\n".join([*lines, "", ""]).encode("utf-8", "surrogateescape") + body


def signature(keys: Keys, body: bytes, *, ago_s: int = 0) -> dict[str, str]:
    """Return Slack's two headers for a body."""
    stamp = str(keys.now_s - ago_s)
    made = hmac.new(keys.secret.encode(), b"v0:%b:%b" % (stamp.encode(), body), sha256).hexdigest()
    return {"X-Slack-Request-Timestamp": stamp, "X-Slack-Signature": f"v0={made}"}


def signed(keys: Keys, body: bytes | str, content_type: str = FORM, *, ago_s: int = 0) -> bytes:
    """Return a request to `/slack/events` with a good signature, whatever its body holds."""
    raw = body.encode("utf-8", "surrogatepass") if isinstance(body, str) else body
    return request(EVENTS, raw, {"Content-Type": content_type, **signature(keys, raw, ago_s=ago_s)})


async def status_of(url: str, pieces: Sequence[bytes], *, pause_s: float = 0.0) -> int:
    """Send pieces over a connection of its own and return the status of the first answer.

    Args:
        pause_s: how long to wait after each piece, in seconds.
    """
    parts = urlsplit(url)
    async with asyncio.timeout(ANSWER_WITHIN_S):
        reader, writer = await asyncio.open_connection(parts.hostname, parts.port)
        sending = asyncio.create_task(_send(writer, pieces, pause_s))
        try:
            line = await reader.readline()
            while line.startswith(b"HTTP/1.1 100"):
                while line.strip():
                    line = await reader.readline()
                line = await reader.readline()
            return int(line.split()[1]) if line.startswith(b"HTTP/1.") else CLOSED
        except (ConnectionError, asyncio.IncompleteReadError):
            return CLOSED
        finally:
            sending.cancel()
            await asyncio.gather(sending, return_exceptions=True)
            writer.close()


async def _send(writer: asyncio.StreamWriter, pieces: Sequence[bytes], pause_s: float) -> None:
    for piece in pieces:
        writer.write(piece)
        await writer.drain()
        if pause_s:
            await asyncio.sleep(pause_s)
