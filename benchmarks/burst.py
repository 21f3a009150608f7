"""200 commands at the same moment, each on a connection of its own, while each answer of Slack's takes 80 ms.

The floor is a bare route that acknowledges without storing anything, and then sends the same two requests for each
command through the same number of connections. Each side is a fresh process in each round, and is sent some commands
that do not count first.
"""

from __future__ import annotations

import asyncio
import tempfile
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from benchmarks.bolt_js import NAME as JS
from benchmarks.bolt_js import bolt_js, installed
from benchmarks.commands import SignedCommand, signed_commands
from benchmarks.figures import Figure, Options, at_most, at_most_times
from benchmarks.processes import Program, Server, python_reference, startcall, started
from benchmarks.rounds import interleaved, middle
from benchmarks.slack_side import SlackSide, slack_side

NAME = "burst"

AT_ONCE = 200
API_S = 0.08
SLACK_WAITS_MS = 3_000

OURS = "Startcall"
BOLT = "Bolt AsyncApp default"
FLOOR = "bare route and client"


@dataclass(frozen=True, slots=True)
class Burst:
    """What one burst measured, from the moment when all were sent.

    Args:
        acks_ms: when each was acknowledged.
        last_card_ms: when the last card was posted.
    """

    acks_ms: Sequence[float]
    last_card_ms: float


async def measure(options: Options) -> Sequence[Figure]:
    """Measure the slowest acknowledgement and the last card of everybody."""
    app = await installed()
    sides: dict[str, Callable[[], Awaitable[Burst]]] = {
        OURS: _ours,
        FLOOR: lambda: _round(lambda url: python_reference(FLOOR, "floor", SLACK_API_URL=url, JOB="1")),
        BOLT: lambda: _round(lambda url: python_reference(BOLT, "bolt_async", SLACK_API_URL=url)),
    }
    if app is not None:
        sides[JS] = lambda: _round(lambda url: bolt_js(app, url))
    found = await interleaved(options, sides, what=f"{AT_ONCE} commands at once")
    worst = {name: middle([max(one.acks_ms) for one in bursts]) for name, bursts in found.items()}
    last = {name: middle([one.last_card_ms for one in bursts]) for name, bursts in found.items()}
    late = max(sum(took > SLACK_WAITS_MS for took in one.acks_ms) for one in found[OURS])
    others = [name for name in found if name not in {OURS, FLOOR}]
    return [
        Figure(NAME, "acks later than 3 s", late, "of 200", at_most(0)),
        Figure(NAME, "worst ack", worst[OURS], "ms", at_most(250), worst[FLOOR], FLOOR),
        Figure(NAME, "last card", last[OURS], "ms", at_most_times(1.2), last[FLOOR], FLOOR),
        *(Figure(NAME, "worst ack", worst[OURS], "ms", None, worst[name], name) for name in others),
        *(Figure(NAME, "last card", last[OURS], "ms", None, last[name], name) for name in others),
    ]


async def _ours() -> Burst:
    with tempfile.TemporaryDirectory() as folder:
        return await _round(lambda url: startcall(url, f"sqlite:///{folder}/calls.sqlite3"))


async def _round(program_of: Callable[[str], Program]) -> Burst:
    """Measure one burst of a program, which is told where Slack's side is."""
    async with slack_side(delay_s=API_S) as side, started(program_of(side.api_url)) as server:
        await _burst(server, side, list(signed_commands(10)))
        await asyncio.sleep(0.5)
        return await _burst(server, side, list(signed_commands(AT_ONCE)))


async def _burst(server: Server, side: SlackSide, commands: Sequence[SignedCommand]) -> Burst:
    """Open every connection, then send everything, and wait for all cards."""
    parts = urlsplit(server.events_url)
    posted_before = len(side.posted_at_s)
    streams = [await asyncio.open_connection(parts.hostname, parts.port) for _ in commands]
    requests = [command.as_bytes(server.events_url) for command in commands]
    began_s = time.perf_counter()
    for (_, writer), request in zip(streams, requests, strict=True):
        writer.write(request)
    acks_ms = await asyncio.gather(*(_acked_ms(reader, began_s) for reader, _ in streams))
    await side.until_posted(posted_before + len(commands))
    last_card_s = max(side.posted_at_s.values())
    for _, writer in streams:
        writer.close()
    return Burst(acks_ms, 1_000 * (last_card_s - began_s))


async def _acked_ms(reader: asyncio.StreamReader, began_s: float) -> float:
    head = await reader.readuntil(b"\r\n\r\n")
    took_ms = 1_000 * (time.perf_counter() - began_s)
    if not head.startswith(b"HTTP/1.1 200"):
        raise RuntimeError(f"A command was answered {head.splitlines()[0].decode()}.")
    return took_ms
