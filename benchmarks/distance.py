"""A server far away: what is sent to it, and what it answers, each arrive half a round trip later.

Opening a connection costs one more round trip, as TCP's handshake does; TLS's own handshake then pays for itself.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from urllib.parse import urlsplit

_CHUNK_BYTES = 65_536


@asynccontextmanager
async def distant(url: str, round_trip_s: float) -> AsyncIterator[str]:
    """Yield the address under which a server of this machine is far away.

    Args:
        round_trip_s: how long a byte takes there and back, in seconds.
    """
    parts = urlsplit(url)
    running: set[asyncio.Task[None]] = set()

    async def carry(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there, back = await asyncio.open_connection(parts.hostname, parts.port)
        half_s = round_trip_s / 2
        await asyncio.gather(_pump(reader, back, half_s, opening_s=round_trip_s), _pump(there, writer, half_s))

    def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.create_task(carry(reader, writer))
        running.add(task)
        task.add_done_callback(running.discard)

    server = await asyncio.start_server(accept, "127.0.0.1", 0)
    try:
        yield f"{parts.scheme}://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    finally:
        server.close()
        for task in list(running):
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)


async def _pump(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, delay_s: float, *, opening_s: float = 0.0
) -> None:
    """Pass on everything in order, each part a while after it came.

    Args:
        opening_s: before which nothing of the connection can arrive.
    """
    loop = asyncio.get_running_loop()
    opened_at_s = loop.time() + opening_s
    waiting: asyncio.Queue[tuple[float, bytes]] = asyncio.Queue()

    async def deliver() -> None:
        while True:
            due_s, data = await waiting.get()
            await asyncio.sleep(max(0.0, due_s - loop.time()))
            if not data:
                break
            writer.write(data)
        with suppress(OSError):
            writer.close()

    delivering = asyncio.create_task(deliver())
    try:
        data = b"-"
        while data:
            try:
                data = await reader.read(_CHUNK_BYTES)
            except ConnectionError:
                data = b""
            waiting.put_nowait((max(loop.time(), opened_at_s) + delay_s, data))
        await delivering
    finally:
        delivering.cancel()
