"""Properties that hold for whatever comes over a WebSocket of Socket Mode."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import aiohttp
from hypothesis import strategies as st

from listeners.socket_connection import SocketConnection
from tests.attack import forged
from tests.attack.frames import envelope
from tests.attack.fuzz import LINES, VALUES, Property, changed_bodies
from tests.attack.peer import Opcode, Peer, frame, peer, text

ANSWERED_WITHIN_S = 20.0

FIELDS = ("envelope_id", "type", "accepts_response_payload", "retry_attempt", "retry_reason", "payload", "reason")


@st.composite
def envelopes(draw: st.DrawFn) -> dict[str, Any]:
    """Draw an envelope that holds what is no good, or two kinds of things at once, or is none itself."""
    held = draw(changed_bodies())[0]
    if draw(st.booleans()):
        held = held | draw(st.sampled_from([forged.COMMAND, {"ssl_check": "1"}, *map(dict, forged.EVENTS.values())]))
    # A line that starts a call would make the search one of Slack's limits.
    found = envelope(payload=held | {"text": "help"} if "text" in held else held)
    for name in draw(st.lists(st.sampled_from(FIELDS), max_size=2)):
        found[name] = draw(VALUES)
    return found


@st.composite
def frames(draw: st.DrawFn) -> bytes:
    """Draw a few frames, most of them nearly good."""
    return b"".join(
        frame(
            draw(st.one_of(st.sampled_from(Opcode), st.integers(0, 15))),
            draw(st.one_of(st.binary(max_size=130), LINES.map(_encoded), VALUES.map(json.dumps).map(_encoded))),
            is_last=draw(st.integers(0, 3)) > 0,
            reserved=draw(st.sampled_from([0, 0, 0, 0, 0, 0, 4, 7])),
            says=draw(st.one_of(st.none(), st.none(), st.integers(0, (1 << 64) - 1), st.integers(0, 200))),
        )
        for _ in range(draw(st.integers(1, 8)))
    )


def _encoded(said: str) -> bytes:
    return said.encode("utf-8", "surrogatepass")


def over_socket(slack: Peer, loop: asyncio.AbstractEventLoop) -> dict[str, Property]:
    """Return the properties of the app that is connected to a peer.

    Args:
        loop: the peer's own; the search is in another thread.
    """

    def takes(said: object) -> None:
        if isinstance(said, dict) and said.get("type") == "disconnect":
            return
        if not asyncio.run_coroutine_threadsafe(_carries_on(slack, said), loop).result():
            raise AssertionError("not answered over the same connection")

    return {"envelopes": (envelopes(), takes), "texts": (st.one_of(LINES, VALUES, st.text()), takes)}


async def _carries_on(slack: Peer, said: object) -> bool:
    """Say something, and say whether the connection is as good as before."""
    link = slack.open_links[-1]
    link.send(frame(Opcode.TEXT, said.encode("utf-8", "replace")) if isinstance(said, str) else text(said))
    return await slack.is_answered(link, within_s=ANSWERED_WITHIN_S)


@contextmanager
def of_connections() -> Iterator[dict[str, Property]]:
    """Return the properties of a connection by itself, while the block runs."""
    with asyncio.Runner() as runner:
        unforeseen: list[str] = []
        runner.get_loop().set_exception_handler(lambda _, context: unforeseen.append(str(context)))
        listening = peer()
        slack = runner.run(_entered(listening))

        def ends(raw: bytes) -> None:
            runner.run(_read_to_the_end(slack, raw))
            if unforeseen:
                raise AssertionError(unforeseen.pop())

        try:
            yield {"frames": (frames(), ends)}
        finally:
            runner.run(_left(listening))


async def _entered(listening: Any) -> Peer:  # noqa: ANN401 - an asynchronous context has no shorter name
    slack: Peer = await listening.__aenter__()
    return slack


async def _left(listening: Any) -> None:  # noqa: ANN401 - as above
    await listening.__aexit__(None, None, None)


async def _read_to_the_end(slack: Peer, raw: bytes) -> Sequence[object]:
    """Have a connection read some bytes and its end."""
    slack.links.clear()
    async with aiohttp.ClientSession() as session, asyncio.timeout(ANSWERED_WITHIN_S):
        connection = await SocketConnection.opened(session, f"{slack.url}/link")
        link = slack.links[-1]
        link.send(raw)
        link.transport.close()
        found = [one async for one in connection.frames()]
        if connection.is_open:
            raise AssertionError("still open")
        return found
