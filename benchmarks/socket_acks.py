"""How many envelopes of Socket Mode one core acknowledges in a second, stored on SQLite with `synchronous=FULL`.

Slack's side keeps a number of envelopes in flight: as soon as one is acknowledged it sends the next over the same
connection. In one part the reference only acknowledges, and Slack's side holds back its answers to Startcall, which so
does everything up to its first request for each call, and no more. In the other, both do the whole job at the same
time. Each side is a fresh process in each round. What was acknowledged is counted in the database afterwards.
"""

from __future__ import annotations

import asyncio
import sqlite3
import time
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.figures import Figure, Goal, Options, at_least_times
from benchmarks.machine import cpu_s
from benchmarks.processes import APP_TOKEN, Program, python_reference, startcall, started
from benchmarks.rounds import interleaved, middle
from benchmarks.socket_slack import Envelope, Link, SocketSlack, envelopes, socket_slack

NAME = "socket-acks"

OURS, THEIRS = "Startcall", "AsyncSocketModeHandler"

GOALS = {1: at_least_times(20), 64: at_least_times(0.9)}
"""By how many envelopes are in flight."""

MOST_A_SECOND = 12_000
WARM_S = 0.5


@dataclass(slots=True)
class Load:
    """Keeps envelopes in flight, and notes how long each waits.

    Args:
        ready: each made before, so that making them does not count.
        ends_at_s: when no further one is sent.
    """

    slack: SocketSlack
    ready: Iterator[Envelope]
    ends_at_s: float
    sent_at_s: dict[str, float] = field(default_factory=dict)
    waits_s: list[float] = field(default_factory=list)

    def send(self, link: Link) -> None:
        """Send the next envelope."""
        envelope = next(self.ready)
        self.sent_at_s[envelope.id] = time.perf_counter()
        self.slack.send(link, envelope)

    def answered(self, link: Link, envelope_id: str) -> None:
        """Note an acknowledgement, and send the next."""
        now_s = time.perf_counter()
        self.waits_s.append(now_s - self.sent_at_s.pop(envelope_id))
        if now_s < self.ends_at_s:
            self.send(link)


@dataclass(frozen=True, slots=True)
class Acks:
    """What one round measured.

    Args:
        p50_ms: how long half of the envelopes waited at most.
        cpu_ms: processor time for each.
    """

    count: int
    a_second: float
    p50_ms: float
    cpu_ms: float


async def acks_of(slack: SocketSlack, pid: int, ready: Iterator[Envelope], in_flight: int, for_s: float) -> Acks:
    """Keep envelopes in flight for a while."""
    began_s, cpu_before_s = time.perf_counter(), cpu_s(pid)
    load = Load(slack, ready, began_s + for_s)
    slack.answered = load.answered
    links = slack.open_links
    for number in range(in_flight):
        load.send(links[number % len(links)])
    while load.sent_at_s:
        assert time.perf_counter() < load.ends_at_s + 10, f"{len(load.sent_at_s)} envelopes were not acknowledged"
        await asyncio.sleep(0.01)
    took_s, count = time.perf_counter() - began_s, len(load.waits_s)
    return Acks(count, count / took_s, 1_000 * middle(load.waits_s), 1_000 * (cpu_s(pid) - cpu_before_s) / count)


async def ours(in_flight: int, round_s: float, *, does_job: bool) -> Acks:
    """Measure one round of Startcall's, and make sure that all of it is stored."""
    with TemporaryDirectory(prefix="startcall-bench-") as folder:
        file = Path(folder) / "calls.sqlite3"
        async with socket_slack() as slack:
            program = startcall(slack.side.api_url, f"sqlite:///{file}", SLACK_APP_TOKEN=APP_TOKEN)
            found = await _round(slack, program, 2, in_flight, round_s, does_job=does_job)
        with closing(sqlite3.connect(file)) as stored:
            (calls,) = stored.execute("SELECT count(*) FROM calls").fetchone()
        assert calls >= found.count, f"{found.count} starts were acknowledged and {calls} are stored"
        return found


async def theirs(in_flight: int, round_s: float, *, does_job: bool) -> Acks:
    """Measure one round of the reference's."""
    async with socket_slack() as slack:
        job = "1" if does_job else "0"
        program = python_reference(THEIRS, "bolt_async_socket", SLACK_API_URL=slack.side.api_url, JOB=job)
        # Its own environment keeps it from the job; Slack's side holds nothing back from it.
        return await _round(slack, program, 1, in_flight, round_s, does_job=True)


async def _round(
    slack: SocketSlack, program: Program, keeps: int, in_flight: int, round_s: float, *, does_job: bool
) -> Acks:
    # Made before anything is connected: meanwhile Slack's side answers no ping.
    ready = iter(list(envelopes(round(MOST_A_SECOND * (WARM_S + round_s)))))
    async with started(program) as server:
        assert await slack.until_links(keeps, 10), f"{server.name} did not connect"
        await acks_of(slack, server.pid, ready, 1, WARM_S)
        if not does_job:
            slack.side.hold()
        found = await acks_of(slack, server.pid, ready, in_flight, round_s)
        server.child.kill()
        return found


async def measure(options: Options) -> Sequence[Figure]:
    """Measure acknowledgements alone, and beside the work that follows them."""
    figures: list[Figure] = []
    for in_flight, goal in GOALS.items():
        for does_job in (False, True):
            sides = {
                name: partial(side, in_flight, options.round_s, does_job=does_job)
                for name, side in ((OURS, ours), (THEIRS, theirs))
            }
            what = f"{in_flight} in flight, {'acks while cards are made' if does_job else 'acks alone'}"
            found = await interleaved(options, sides, what=what)
            figures += _figures(what, found[OURS], found[THEIRS], None if does_job else goal)
    return figures


def _figures(what: str, ours: Sequence[Acks], theirs: Sequence[Acks], goal: Goal | None) -> list[Figure]:
    rate, p50_ms, cpu_ms = (
        tuple(middle([getattr(one, of) for one in rounds]) for rounds in (ours, theirs))
        for of in ("a_second", "p50_ms", "cpu_ms")
    )
    return [
        Figure(NAME, what, rate[0], "a second", goal, rate[1], THEIRS),
        Figure(NAME, f"{what}, p50", p50_ms[0], "ms", None, p50_ms[1], THEIRS),
        Figure(NAME, f"{what}, processor for each", cpu_ms[0], "ms", None, cpu_ms[1], THEIRS),
    ]
