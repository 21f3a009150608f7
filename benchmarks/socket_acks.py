"""How many envelopes of Socket Mode are acknowledged a second.

Each envelope is a `/startcall` in a conversation of its own. Startcall stores the call before it acknowledges, and
works on its card at the same time; the reference acknowledges and does nothing else. Slack's side keeps a number of
envelopes in flight: as soon as one is acknowledged it sends the next, over the same connection.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.figures import Figure, Goal, Options, at_least_times
from benchmarks.machine import cpu_s
from benchmarks.processes import APP_TOKEN, Program, Server, python_reference, startcall, started
from benchmarks.rounds import interleaved, middle
from benchmarks.socket_slack import Link, SocketSlack, socket_slack

NAME = "socket-acks"

OURS, THEIRS = "Startcall", "AsyncSocketModeHandler"

GOALS = {1: at_least_times(20), 64: at_least_times(0.9)}
"""By how many envelopes are in flight."""

STORED_ALONE = "end"
"""Is stored and answered, and asks for no card: there is no call to end."""

API_DELAY_S = 0.08


@dataclass(slots=True)
class Load:
    """Keeps envelopes in flight, and notes how long each waits.

    Args:
        ends_at_s: when no further one is sent.
    """

    slack: SocketSlack
    text: str
    ends_at_s: float
    sent_at_s: dict[str, float] = field(default_factory=dict)
    waits_s: list[float] = field(default_factory=list)

    def send(self, link: Link) -> None:
        """Send one envelope."""
        envelope_id = self.slack.send_command(link, self.text)
        self.sent_at_s[envelope_id] = time.perf_counter()

    def answered(self, link: Link, envelope_id: str) -> None:
        """Note an acknowledgement, and send the next."""
        sent_at_s = self.sent_at_s.pop(envelope_id, None)
        if sent_at_s is None:
            return
        now_s = time.perf_counter()
        self.waits_s.append(now_s - sent_at_s)
        if now_s < self.ends_at_s:
            self.send(link)


@dataclass(frozen=True, slots=True)
class Acks:
    """What one round measured.

    Args:
        p50_ms: how long half of the envelopes waited at most.
        cpu_ms: processor time for each.
    """

    a_second: float
    p50_ms: float
    cpu_ms: float


async def acks_of(server: Server, slack: SocketSlack, text: str, in_flight: int, round_s: float) -> Acks:
    """Measure one round; what it left to do is worked off before the next."""
    began_s, cpu_before_s = time.perf_counter(), cpu_s(server.pid)
    load = Load(slack, text, began_s + round_s)
    slack.answered = load.answered
    links = slack.open_links
    for number in range(in_flight):
        load.send(links[number % len(links)])
    while load.sent_at_s:
        assert time.perf_counter() < load.ends_at_s + 10, f"{len(load.sent_at_s)} envelopes were not acknowledged"
        await asyncio.sleep(0.01)
    took_s, count = time.perf_counter() - began_s, len(load.waits_s)
    used_s = cpu_s(server.pid) - cpu_before_s
    await until_idle(server)
    return Acks(count / took_s, 1_000 * middle(load.waits_s), 1_000 * used_s / count)


async def until_idle(server: Server) -> None:
    """Wait until a server does nothing any more, so that no round pays for the one before."""
    give_up_at_s = time.perf_counter() + 60
    before_s = cpu_s(server.pid)
    while time.perf_counter() < give_up_at_s:
        await asyncio.sleep(0.2)
        now_s = cpu_s(server.pid)
        if now_s - before_s <= 0.01:
            return
        before_s = now_s


async def measure(options: Options) -> Sequence[Figure]:
    """Measure acknowledgements a second with 1 and 64 envelopes in flight."""
    async with AsyncExitStack() as stack:
        folder = stack.enter_context(TemporaryDirectory(prefix="startcall-bench-"))
        ours = await _connected(stack, partial(_ours, Path(folder)))
        theirs = await _connected(stack, _theirs)
        figures: list[Figure] = []
        for in_flight, goal in GOALS.items():
            sides = {
                OURS: partial(acks_of, *ours, STORED_ALONE, in_flight, options.round_s),
                f"{OURS}, with cards": partial(acks_of, *ours, "Standup", in_flight, options.round_s),
                THEIRS: partial(acks_of, *theirs, "Standup", in_flight, options.round_s),
            }
            found = await interleaved(options, sides, what=f"{in_flight} in flight")
            figures += _figures(in_flight, goal, found)
    return figures


def _figures(in_flight: int, goal: Goal, found: dict[str, list[Acks]]) -> list[Figure]:
    theirs = found.pop(THEIRS)
    figures = []
    for side, rounds in found.items():
        what = f"{in_flight} in flight, {'stored' if side == OURS else 'stored, and its card worked on at once'}"
        rate, reference = (middle([one.a_second for one in each]) for each in (rounds, theirs))
        cpu_ms, p50_ms = middle([one.cpu_ms for one in rounds]), middle([one.p50_ms for one in rounds])
        note = (
            f"p50 {p50_ms:.2f} ms and {cpu_ms:.2f} ms of processor time each, the reference "
            f"{middle([one.p50_ms for one in theirs]):.2f} ms and {middle([one.cpu_ms for one in theirs]):.2f} ms"
        )
        figures.append(Figure(NAME, what, rate, "acks/s", goal, reference, THEIRS, note))
    return figures


async def _connected(stack: AsyncExitStack, program: Callable[[str], Program]) -> tuple[Server, SocketSlack]:
    """Start a server beside a Slack of its own, and wait until it is connected."""
    slack = await stack.enter_async_context(socket_slack(api_delay_s=API_DELAY_S))
    server = await stack.enter_async_context(started(program(f"{slack.url}/api/")))
    assert await slack.until_links(2 if server.name == OURS else 1, 10), f"{server.name} did not connect"
    return server, slack


def _ours(folder: Path, api_url: str) -> Program:
    return startcall(api_url, f"sqlite:///{folder}/calls.sqlite3", SLACK_APP_TOKEN=APP_TOKEN)


def _theirs(api_url: str) -> Program:
    return python_reference(THEIRS, "bolt_async_socket", SLACK_API_URL=api_url)
