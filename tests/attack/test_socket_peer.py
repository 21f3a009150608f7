"""A peer in Slack's place that does not keep to the protocol costs one connection, and no more than that."""

from __future__ import annotations

import asyncio
import json
import logging
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

import aiohttp
import pytest

from calls.errors import SlackUnreachable
from listeners.socket_connection import SocketConnection
from sandbox.testing import wait_for
from tests.attack.frames import envelope
from tests.attack.peer import Opcode, Peer, frame, peer, text

NEVER_S = 5.0
"""Longer than anything here may take."""

ADDRESSES = (
    "",
    "ws://",
    "ws://[",
    "ws:///link",
    "ws://127.0.0.1:99999/link",
    "ws://127.0.0.1:0/link",
    "ws://a b/link",
    "ws://\ud800/",
    "ws://" + "a" * 300,
    "ws://xn--\udfff.example/",
    "wss://127.0.0.1:1/",
    "ftp://127.0.0.1:1/",
    "no address",
    "ws://127.0.0.1:1/a\r\nX-A: b",
)

HANDSHAKES = {
    "silence": b"",
    "no HTTP": b"\x16\x03\x01\x02\x00" * 10,
    "a page": b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok",
    "a refusal": b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n",
    "elsewhere": b"HTTP/1.1 302 Found\r\nLocation: ws://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n",
    "to itself": b"HTTP/1.1 302 Found\r\nLocation: /link\r\nContent-Length: 0\r\n\r\n",
    "agreed without a key": b"HTTP/1.1 101 Switching\r\nUpgrade: websocket\r\nConnection: upgrade\r\n\r\n",
    "agreed with a wrong key": b"HTTP/1.1 101 S\r\nUpgrade: websocket\r\nConnection: upgrade\r\n"
    b"Sec-WebSocket-Accept: \xff\xfe\r\n\r\n",
    "headers without an end": b"HTTP/1.1 101 S\r\n" + b"X-A: a\r\n" * 20_000,
    "a line without an end": b"HTTP/1.1 101 " + b"a" * 200_000,
}


@pytest.fixture
async def slack() -> AsyncIterator[Peer]:
    """Listen in Slack's place."""
    async with peer() as listening:
        yield listening


@asynccontextmanager
async def connection_to(slack: Peer) -> AsyncIterator[SocketConnection]:
    """Connect while the block runs."""
    async with aiohttp.ClientSession() as session:
        connection = await SocketConnection.opened(session, f"{slack.url}/link")
        yield connection
        await connection.close()


async def until_the_end(connection: SocketConnection) -> list[dict[str, object]]:
    """Return what comes until a connection ends."""
    async with asyncio.timeout(NEVER_S):
        return [one.said async for one in connection.frames()]


@pytest.mark.parametrize("leave", ["FIN", "RST"])
async def test_who_asks_for_an_answer_and_is_gone_ends_the_connection_alone(slack: Peer, leave: str) -> None:
    """The answer to a ping that finds nobody is no error of whoever reads."""
    for _ in range(20):
        async with connection_to(slack) as connection:
            reading = asyncio.create_task(until_the_end(connection))
            link = slack.links[-1]
            link.send(frame(Opcode.PING, b"x") * 200)
            if leave == "RST":
                link.transport.abort()
            else:
                link.transport.close()

            assert [] == await reading
            assert not connection.is_open


async def test_who_never_says_hello_is_left(slack: Peer) -> None:
    """No connection stays behind that nobody reads."""
    slack.hello = frame(Opcode.PING, b"x")
    async with aiohttp.ClientSession() as session:
        with pytest.raises(SlackUnreachable, match="no hello"):
            await SocketConnection.opened(session, f"{slack.url}/link", within_s=0.2)
        await wait_for(lambda: not slack.open_links)


async def test_who_opens_nothing_but_is_cancelled_leaves_nothing(slack: Peer) -> None:
    """The same when the app ends meanwhile."""
    slack.hello = frame(Opcode.PING, b"x")
    async with aiohttp.ClientSession() as session:
        opening = asyncio.create_task(SocketConnection.opened(session, f"{slack.url}/link"))
        await wait_for(lambda: slack.links)
        opening.cancel()
        await asyncio.gather(opening, return_exceptions=True)
        await wait_for(lambda: not slack.open_links)


@pytest.mark.parametrize("said", [text({"type": "disconnect"}), text([]) + text({}), frame(Opcode.CLOSE), b"\xff" * 9])
async def test_whoever_says_something_else_than_hello_is_left(slack: Peer, said: bytes) -> None:
    """Nothing is delivered over such a connection."""
    slack.hello = said
    async with aiohttp.ClientSession() as session:
        with pytest.raises(SlackUnreachable):
            await SocketConnection.opened(session, f"{slack.url}/link", within_s=0.5)
        await wait_for(lambda: not slack.open_links)


@pytest.mark.parametrize("goodbye", [b"", frame(Opcode.CLOSE)])
async def test_who_talks_on_does_not_keep_a_connection_that_is_over(slack: Peer, goodbye: bytes) -> None:
    """Whoever takes leave waits a moment for the other side to do so, too, and not for as long as that one talks."""

    async def talk() -> None:
        while link.transport.get_write_buffer_size() < 1 << 20 and not link.transport.is_closing():
            link.send(text({"type": "x"}))
            await asyncio.sleep(0.01)

    async with connection_to(slack) as connection:
        link = slack.links[-1]
        link.transport.pause_reading()
        link.send(goodbye)
        talking = asyncio.create_task(talk())
        began_s = time.monotonic()

        if goodbye:
            await until_the_end(connection)
        await asyncio.wait_for(connection.close(), NEVER_S)

        assert time.monotonic() - began_s < NEVER_S / 2
        talking.cancel()


@pytest.mark.parametrize("url", ADDRESSES)
async def test_an_address_that_is_none_is_tried_and_left(url: str) -> None:
    """Whatever Slack says where to connect to."""
    async with aiohttp.ClientSession() as session:
        with pytest.raises(SlackUnreachable):
            await SocketConnection.opened(session, url, within_s=2.0)


@pytest.mark.parametrize("name", HANDSHAKES)
async def test_a_server_that_is_no_websocket_is_tried_and_left(name: str) -> None:
    """Whatever it answers, and however slowly."""
    ended = asyncio.Event()

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(HANDSHAKES[name])
        with suppress(ConnectionError):
            while await reader.read(1 << 16):
                pass
        writer.close()
        ended.set()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    async with aiohttp.ClientSession() as session:
        with pytest.raises(SlackUnreachable):
            await SocketConnection.opened(session, f"http://127.0.0.1:{port}/link", within_s=0.5)
    await asyncio.wait_for(ended.wait(), NEVER_S)
    server.close()


async def test_what_cannot_be_read_fills_no_log(slack: Peer, caplog: pytest.LogCaptureFixture) -> None:
    """It is said, and how often; not every time."""
    caplog.set_level(logging.INFO)
    async with connection_to(slack) as connection:
        link = slack.links[-1]
        link.send(text("{bad") * 10_000 + text({"type": "last"}))
        frames = connection.frames()
        assert {"type": "last"} == (await anext(frames)).said

    counts = [record.args[0] for record in caplog.records if isinstance(record.args, tuple) and record.args]
    assert [1, 10, 100, 1_000, 10_000] == counts


async def test_an_id_that_slack_never_makes_is_not_repeated(slack: Peer) -> None:
    """Acknowledgements are kept for a while, so that long ones would fill the memory."""
    async with connection_to(slack) as connection:
        link = slack.links[-1]
        link.send(text(envelope(envelope_id="e" * 256)) + text(envelope(envelope_id="e" * 255)))
        frames = connection.frames()
        assert ["e" * 255] == [(await anext(frames)).said["envelope_id"]]


def test_text_of_frames_is_json() -> None:
    """What is sent here is what it says."""
    assert {"a": 1} == json.loads(text({"a": 1})[2:])
