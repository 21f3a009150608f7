"""What happens when a connection of Socket Mode is lost, in each of the ways in which connections are.

Slack's side sends 20 commands that start calls, loses the connections a moment later, and from then on sends `help`
every 20 ms over whatever connection is there. The gap is how long there is none; unanswered is what was not
acknowledged within the 3 s that Slack waits, of the 20 and of those sent later.

All of a fault is measured at the same time, since it is mostly waiting. Startcall keeps two connections. Slack ends
them one at a time, so the first figure of each fault is about the loss of one; the second is about the loss of both at
once, which is what the loss of the only one is to the references.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.figures import Figure, Options, at_most
from benchmarks.processes import APP_TOKEN, Program, python_reference, startcall, started
from benchmarks.socket_slack import Fault, Link, SocketSlack, envelopes, socket_slack

NAME = "socket-lost"

OURS = "Startcall"
REFERENCES = {"AsyncSocketModeHandler": "bolt_async_socket", "built-in SocketModeHandler": "bolt_builtin_socket"}

IN_FLIGHT = 20
READS_WITHIN_S = 0.004
"""How long after sending the connection is lost: the commands have arrived, and hardly one is acknowledged."""

SLACK_WAITS_S = 3.0
LATE_S = 2.0
"""How long is waited beyond that, to tell what is late from what is lost."""

PROBE_EVERY_S = 0.02
SETTLED_S = 6.0
"""How long the connections are up before; an app may take sooner losses for an address that does not work."""

GAP_MAX_S = 60.0
AFTER_S = 1.0
"""How long commands are sent on once there is a connection again."""

GAP_AT_MOST_S = {Fault.SILENCE: 10.0}
"""Of the loss of all connections; at most 1 s where nothing else is said."""


@dataclass(slots=True)
class Watch:
    """Notes when what was sent is acknowledged, over whatever connection."""

    waiting: dict[str, float] = field(default_factory=dict)
    late: int = 0

    def sent(self, envelope_id: str) -> None:
        """Note a command."""
        self.waiting[envelope_id] = time.perf_counter()

    def answered(self, _link: Link, envelope_id: str) -> None:
        """Note an acknowledgement."""
        sent_at_s = self.waiting.pop(envelope_id, None)
        if sent_at_s is not None and time.perf_counter() - sent_at_s > SLACK_WAITS_S:
            self.late += 1

    @property
    def unanswered(self) -> int:
        """Return how many were not acknowledged in time."""
        return len(self.waiting) + self.late


@dataclass(frozen=True, slots=True)
class Loss:
    """What a loss cost.

    Args:
        gap_s: how long Slack could deliver nothing; None when it was longer than was waited for.
        lost: of the commands in flight, how many were not acknowledged in time.
        lost_later: the same of those sent afterwards.
        late: how many of both were acknowledged too late.
    """

    gap_s: float | None
    lost: int
    lost_later: int
    late: int


async def lose(slack: SocketSlack, fault: Fault, how_many: int) -> Loss:
    """Lose connections with commands in flight, and see what becomes of it all.

    Args:
        how_many: of the connections.
    """
    lost, in_flight, later = slack.open_links[:how_many], Watch(), Watch()
    slack.answered = lambda link, envelope_id: (in_flight if envelope_id in in_flight.waiting else later).answered(
        link, envelope_id
    )
    for number, envelope in enumerate(envelopes(IN_FLIGHT)):
        in_flight.sent(envelope.id)
        slack.send(lost[number % len(lost)], envelope)
    await asyncio.sleep(READS_WITHIN_S)
    at_s = time.perf_counter()
    await slack.lose(lost, fault)
    gap_s = await _gap_s(slack, later, at_s)
    await asyncio.sleep(SLACK_WAITS_S + LATE_S)
    return Loss(gap_s, in_flight.unanswered, later.unanswered, in_flight.late + later.late)


async def _gap_s(slack: SocketSlack, later: Watch, at_s: float) -> float | None:
    """Send a command now and then; return how long that could not be done."""
    gap_s: float | None = None
    until_s = at_s + GAP_MAX_S
    while time.perf_counter() < until_s:
        links = slack.open_links
        if links and gap_s is None:
            now_s = time.perf_counter()
            gap_s = max(0.0, links[0].opened_at_s - at_s)
            until_s = now_s + AFTER_S
        if links:
            envelope = next(envelopes(1, text="help"))
            later.sent(envelope.id)
            slack.send(links[-1], envelope)
        await asyncio.sleep(PROBE_EVERY_S)
    return gap_s


async def loss_of(program: Callable[[str], Program], fault: Fault, how_many: int) -> Loss:
    """Start a server and lose its connections.

    Args:
        how_many: of the connections; there are as many as the program keeps.
    """
    async with socket_slack() as slack, started(program(slack.side.api_url)) as server:
        keeps = 2 if server.name == OURS else 1
        assert await slack.until_links(keeps, 10), f"{server.name} did not connect"
        await asyncio.sleep(SETTLED_S)
        return await lose(slack, fault, how_many)


async def measure(options: Options) -> Sequence[Figure]:
    """Measure the gap and what is left unanswered, for each fault and each program."""
    faults = (Fault.RST,) if options.is_quick else tuple(Fault)
    figures: list[Figure] = []
    for fault in faults:
        options.say(f"{fault}: {OURS} and the references")
        ours = asyncio.gather(*(_loss_of_ours(fault, how_many) for how_many in (1, 2)))
        references = {} if options.is_quick else REFERENCES
        programs = [partial(_reference, name, module) for name, module in references.items()]
        theirs = asyncio.gather(*(loss_of(program, fault, 1) for program in programs))
        one, both = await ours
        figures += _figures(fault, one, both, dict(zip(references, await theirs, strict=True)))
    return figures


async def _loss_of_ours(fault: Fault, how_many: int) -> Loss:
    with TemporaryDirectory(prefix="startcall-bench-") as folder:
        return await loss_of(partial(_ours, Path(folder)), fault, how_many)


def _figures(fault: Fault, one: Loss, both: Loss, theirs: dict[str, Loss]) -> list[Figure]:
    first = next(iter(theirs), "")
    reference = theirs[first] if theirs else None
    said = "; ".join(f"{name} {_said(loss)}" for name, loss in theirs.items())
    gap_s = None if reference is None else reference.gap_s
    limit_s = GAP_AT_MOST_S.get(fault, 1.0)
    lost = sum(loss.lost + loss.lost_later for loss in (one, both))
    late = one.late + both.late
    note = f"{late} of them came late, as on a machine with too much to do" if late else ""
    lost_theirs = None if reference is None else reference.lost + reference.lost_later
    return [
        Figure(NAME, f"{fault}, one of two connections: gap", one.gap_s, "s", at_most(0), gap_s, first, said),
        Figure(NAME, f"{fault}, all connections: gap", both.gap_s, "s", at_most(limit_s), gap_s, first),
        Figure(NAME, f"{fault}: left unanswered", lost, "commands", at_most(0), lost_theirs, first, note),
    ]


def _said(loss: Loss) -> str:
    gap = f"more than {GAP_MAX_S:.0f} s" if loss.gap_s is None else f"{loss.gap_s:.2f} s"
    later = f" and {loss.lost_later} later ones" if loss.lost_later else ""
    return f"{gap} and {loss.lost} of {IN_FLIGHT}{later} unanswered"


def _ours(folder: Path, api_url: str) -> Program:
    return startcall(api_url, f"sqlite:///{folder}/calls.sqlite3", SLACK_APP_TOKEN=APP_TOKEN)


def _reference(name: str, module: str, api_url: str) -> Program:
    return python_reference(name, module, SLACK_API_URL=api_url, JOB="0")
