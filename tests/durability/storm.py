"""Many commands while everything fails: processes are killed, deliveries repeated, answers lost or refused."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from contextlib import suppress
from dataclasses import dataclass, field
from random import Random
from typing import Literal

from sqlalchemy import select

from calls.model import CallState
from sandbox.elements import NoSuchElementError
from sandbox.messages import MessageError
from sandbox.server import Sandbox
from sandbox.workspace import CallRecord, Message
from storage.opening import open_engine
from storage.tables import calls
from tests.durability.at_rest import left_to_do
from tests.durability.balancer import Balancer
from tests.durability.process import AppProcess
from tests.durability.replicas import Replicas, replicas
from tests.world import buttons, cards, new_channel

KILL_AFTER_S = (1.0, 3.0)
SETTLE_S = 60.0
SEED = 1
SHARES: Mapping[str, float] = {"429": 0.10, "drop_after": 0.05, "500": 0.05}


@dataclass(frozen=True, slots=True)
class Result:
    """What was left when the storm was over.

    Args:
        acked: how many commands and presses were acknowledged.
        lost: titles of acknowledged starts without a card, and of acknowledged ends without an end.
        doubled: titles with more than one visible card.
        orphans: ids of calls open at Slack that no open call of ours stands for.
        unseen: ids of calls that Slack made once more for one of ours, when the answer with the first one's id was
            lost: no message shows them, and no method of Slack's names them. Only where a repeated id is not the same
            call.
        differing: our calls whose state is not Slack's.
        settled_s: from the last fault until nothing was left to do; None when that took too long.
    """

    sent: int
    acked: int
    repeated: int
    kills: int
    faults: int
    lost: Sequence[str]
    doubled: Sequence[str]
    orphans: Sequence[str]
    unseen: Sequence[str]
    differing: Sequence[str]
    settled_s: float | None

    def __str__(self) -> str:
        settled = "not settled" if self.settled_s is None else f"settled in {self.settled_s:.1f} s"
        unseen = f"; {len(self.unseen)} calls at Slack that nobody sees" if self.unseen else ""
        return (
            f"{self.sent} commands ({self.acked} acknowledged, {self.repeated} delivered twice), {self.kills} kills, "
            f"{self.faults} faults: {len(self.lost)} lost, {len(self.doubled)} doubled, {len(self.orphans)} orphans, "
            f"{len(self.differing)} differing, {settled}{unseen}"
        )


@dataclass(slots=True)
class Storm:
    """One run.

    Args:
        sent: how many commands there are to be.
        per_s: how many are sent each second.
    """

    world: Replicas
    apps: Sequence[AppProcess]
    sent: int
    per_s: float
    random: Random
    started: list[str] = field(default_factory=list)
    ended: list[str] = field(default_factory=list)
    asked_to_end: set[str] = field(default_factory=set)
    kills: int = 0

    @property
    def slack(self) -> Sandbox:
        """Return the local Slack."""
        return self.world.slack

    async def run(self) -> Result:
        """Send everything while killing, then wait until all is quiet and count."""
        await asyncio.gather(*(app.start() for app in self.apps))
        self.slack.faults.mix(SHARES, seed=self.random.randrange(1_000_000))  # type: ignore[arg-type]
        killing = asyncio.create_task(self._kill_forever())
        pace_s = 1 / self.per_s
        sending = []
        for number in range(self.sent):
            sending.append(asyncio.create_task(self._one(number)))
            await asyncio.sleep(pace_s)
        await asyncio.gather(*sending)
        front = self.world.front
        if isinstance(front, Balancer):
            await asyncio.gather(*front.late)
        await self._stop(killing)
        return await self._count()

    async def _one(self, number: int) -> None:
        """Start a call, or end one whose card is there: every fifth command."""
        card = self._card_to_end() if number % 5 == 4 else None
        if card is None:
            title = f"Call {number}"
            ack = await self.slack.person("alice").command(new_channel(self.slack), "/startcall", title)
            if ack.is_ok and not ack.payload.get("text"):
                self.started.append(title)
            return
        with suppress(MessageError, NoSuchElementError):
            ack = await self.slack.person("bob").click(card.channel_id, card.ts, "end_call")
            if ack.is_ok:
                self.ended.append(str(call_of(self.slack, card).title))

    def _card_to_end(self) -> Message | None:
        open_cards = [card for card in cards(self.slack) if card.ts not in self.asked_to_end]
        card = self.random.choice(open_cards) if open_cards else None
        if card is not None:
            self.asked_to_end.add(card.ts)
        return card

    async def _kill_forever(self) -> None:
        while True:
            await asyncio.sleep(self.random.uniform(*KILL_AFTER_S))
            app = self.random.choice(self.apps)
            await app.kill()
            self.kills += 1
            await app.start()

    async def _stop(self, killing: asyncio.Task[None]) -> None:
        """End the killing with every process running, and the faults."""
        killing.cancel()
        await asyncio.gather(killing, return_exceptions=True)
        for app in self.apps:
            await app.kill()
            await app.start()
        self.slack.faults.clear()

    async def _count(self) -> Result:
        settled_s = await self._settle()
        shown = Counter(str(call_of(self.slack, card).title) for card in cards(self.slack))
        over = {str(call_of(self.slack, card).title) for card in cards(self.slack) if is_over(self.slack, card)}
        states = await asyncio.to_thread(states_at_slack, self.world.database_url)
        open_ids = {call.id for call in self.slack.workspace.calls.values() if not call.date_end}
        unseen = await self._unseen(open_ids - set(states))
        front = self.world.front
        return Result(
            sent=self.sent,
            acked=len(self.started) + len(self.ended),
            repeated=front.repeated if isinstance(front, Balancer) else 0,
            kills=self.kills,
            faults=self.slack.faults.happened,
            lost=[title for title in self.started if not shown[title]] + [t for t in self.ended if t not in over],
            doubled=[title for title, number in shown.items() if number > 1],
            orphans=[id_ for id_ in open_ids - unseen if id_ not in states or not states[id_].is_open],
            unseen=sorted(unseen),
            differing=[id_ for id_, state in states.items() if state.is_open != (id_ in open_ids)],
            settled_s=settled_s,
        )

    async def _unseen(self, unknown: AbstractSet[str]) -> set[str]:
        """Return which of the calls at Slack that we do not know are another one of ours, and shown nowhere."""
        ours = await asyncio.to_thread(known_calls, self.world.database_url)
        shown = {call_of(self.slack, card).id for card in cards(self.slack)}
        external_ids = {id_: self.slack.workspace.calls[id_].external_unique_id for id_ in unknown - shown}
        # An id that Slack refused as taken gets a number behind it.
        return {id_ for id_, external_id in external_ids.items() if external_id.partition("-")[0] in ours}

    async def _settle(self) -> float | None:
        """Wait until no call needs anything; return how long that took, in seconds."""
        loop = asyncio.get_running_loop()
        calm_at = loop.time()
        while loop.time() - calm_at < SETTLE_S:
            if not await asyncio.to_thread(left_to_do, self.world.database_url):
                return loop.time() - calm_at
            await asyncio.sleep(0.2)
        return None


def call_of(slack: Sandbox, card: Message) -> CallRecord:
    """Return the call at Slack that a card shows."""
    return slack.workspace.calls[next(block["call_id"] for block in card.blocks if block["type"] == "call")]


def is_over(slack: Sandbox, card: Message) -> bool:
    """Say whether a card's call has ended and the card shows that."""
    return bool(call_of(slack, card).date_end) and set(buttons(card)) <= {"reopen_call"}


def states_at_slack(database_url: str) -> dict[str, CallState]:
    """Return the state of every call of ours that Slack knows, by its id there."""
    engine = open_engine(database_url)
    try:
        with engine.connect() as connection:
            query = select(calls.c.slack_call_id, calls.c.state).where(calls.c.slack_call_id.is_not(None))
            return {row.slack_call_id: CallState(row.state) for row in connection.execute(query)}
    finally:
        engine.dispose()


def known_calls(database_url: str) -> set[str]:
    """Return the ids of all calls of ours that Slack knows."""
    engine = open_engine(database_url)
    try:
        with engine.connect() as connection:
            return set(connection.execute(select(calls.c.id).where(calls.c.slack_call_id.is_not(None))).scalars())
    finally:
        engine.dispose()


async def run_storm(
    database_url: str, *, sent: int, per_s: float, processes: int, repeated: Literal["same", "error", "second"]
) -> Result:
    """Run a storm against some processes on a fresh database.

    Args:
        repeated: what the local Slack makes of a repeated external_unique_id.
        sent: how many commands there are to be.
        per_s: how many are sent each second.
        processes: how many take deliveries; a SQLite file has room for one.
    """
    async with replicas(database_url, kind=Balancer) as world:
        world.slack.switches.repeated_external_unique_id = repeated
        apps = [world.add() for _ in range(processes)]
        try:
            return await Storm(world, apps, sent, per_s, Random(SEED)).run()
        finally:
            await asyncio.gather(*(app.kill() for app in apps))
