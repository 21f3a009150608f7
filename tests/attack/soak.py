"""An hour of starts and ends in many workspaces: memory, descriptors and the time of an acknowledgement must not grow.

`make soak ARGS="--minutes 60 --per-s 50"`
"""

from __future__ import annotations

import argparse
import asyncio
import json
import re
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from statistics import linear_regression, quantiles
from urllib.parse import quote, urlencode

import aiohttp

from calls.clock import now
from calls.installations import Installation, Place, Tokens
from calls.model import UserId
from calls.secret import Secret
from storage.database import Database
from storage.installations import SqlInstallations
from storage.opening import open_engine
from storage.schema import upgrade
from storage.vault import Vault
from tests.attack.light_slack import LightSlack, light_slack
from tests.attack.wire import FORM, Keys, signature
from tests.durability.process import AppProcess, sqlite_url
from tests.many_workspaces import KEY
from tests.oauth_app import oauth_settings
from tests.ports import free_port

WORKSPACES, CHANNELS, PEOPLE = 50, 400, 200
LASTS_S = 10.0
"""How long each call lasts, unless that is said."""

SAMPLE_S = 5.0
DRAIN_S = 60.0
SECRET, CLIENT_ID = "signing-secret-of-the-soak", "1.2"


@dataclass(frozen=True, slots=True)
class Sample:
    """How the app was at one time.

    Args:
        at_s: since the beginning, in seconds.
        ack_ms: how long each acknowledgement took since the sample before, in milliseconds.
    """

    at_s: float
    memory_mib: float
    descriptors: int
    ack_ms: Sequence[float]


@dataclass(slots=True)
class Soak:
    """One run.

    Args:
        pid: of the app.
        url: where Slack's deliveries go.
        call_lasts_s: how long each call lasts.
    """

    pid: int
    url: str
    slack: LightSlack
    session: aiohttp.ClientSession
    per_s: float
    call_lasts_s: float = LASTS_S
    started: int = 0
    refused: int = 0
    samples: list[Sample] = field(default_factory=list)
    _acks_ms: list[float] = field(default_factory=list)

    async def run(self, lasts_s: float) -> None:
        """Start and end calls, and look at the app now and then."""
        began = time.monotonic()
        sampling = asyncio.create_task(self._sample_forever(began))
        running: set[asyncio.Task[None]] = set()
        number = 0
        while (at_s := time.monotonic() - began) < lasts_s:
            while number < at_s * self.per_s:
                task = asyncio.create_task(self._one(number))
                running.add(task)
                task.add_done_callback(running.discard)
                number += 1
            await asyncio.sleep(0.005)
        await asyncio.gather(*running)
        await self._drain()
        sampling.cancel()
        await asyncio.gather(sampling, return_exceptions=True)

    @property
    def lost(self) -> int:
        """Return how many calls that were acknowledged never got a card."""
        return self.started - self.slack.posted

    async def _one(self, number: int) -> None:
        """Start a call, and end it after a while."""
        team, person = f"T{number % WORKSPACES:08}", f"U{number % PEOPLE:08}"
        channel = f"C{number % WORKSPACES:04}{number // WORKSPACES % CHANNELS:04}"
        body = {"command": "/startcall", "text": f"Call {number}", "team_id": team, "channel_id": channel}
        body |= {"channel_name": "x", "user_id": person, "user_name": "p", "trigger_id": f"{number}.{self.pid}"}
        if not await self._send(urlencode(body)):
            self.refused += 1
            return
        self.started += 1
        await asyncio.sleep(self.call_lasts_s)
        call_id = self.slack.live.pop(channel, None)
        if call_id is not None:
            await self._send(f"payload={quote(json.dumps(_press(team, person, channel, call_id, number)))}")

    async def _send(self, text: str) -> bool:
        raw = text.encode()
        headers = {"Content-Type": FORM, **signature(Keys(SECRET, int(now().timestamp())), raw)}
        began = time.perf_counter()
        try:
            async with self.session.post(self.url, data=raw, headers=headers) as answer:
                said = await answer.text()
        except (TimeoutError, aiohttp.ClientError):
            return False
        self._acks_ms.append(1_000 * (time.perf_counter() - began))
        return answer.status == 200 and not said

    async def _sample_forever(self, began: float) -> None:
        while True:
            await asyncio.sleep(SAMPLE_S)
            acks, self._acks_ms = self._acks_ms, []
            if len(acks) > 1:
                at_s = time.monotonic() - began
                self.samples.append(Sample(at_s, memory_mib(self.pid), descriptors(self.pid), acks))

    async def _drain(self) -> None:
        give_up_at = time.monotonic() + DRAIN_S
        while self.lost > 0 and time.monotonic() < give_up_at:  # noqa: ASYNC110 - another process gives no signal
            await asyncio.sleep(0.1)


def _press(team: str, person: str, channel: str, call_id: str, number: int) -> dict[str, object]:
    action = {
        "action_id": "end_call",
        "block_id": "card_buttons",
        "type": "button",
        "value": call_id,
        "action_ts": "1.2",
    }
    return {
        "type": "block_actions",
        "team": {"id": team},
        "user": {"id": person, "team_id": team},
        "trigger_id": f"{number}.end",
        "channel": {"id": channel},
        "actions": [action],
        "message": {"ts": "1.2"},
    }


def memory_mib(pid: int) -> float:
    """Return how much memory a process holds."""
    found = re.search(r"VmRSS:\s+(\d+) kB", Path(f"/proc/{pid}/status").read_text(encoding="ascii"))
    return int(found[1]) / 1024 if found is not None else 0.0


def descriptors(pid: int) -> int:
    """Return how many descriptors a process holds."""
    return sum(1 for _ in Path(f"/proc/{pid}/fd").iterdir())


def per_hour(samples: Sequence[Sample], values: Sequence[float]) -> float:
    """Return by how much something grows in an hour, by what it was in the second half of a run."""
    half = len(samples) // 2
    times = [sample.at_s for sample in samples[half:]]
    return 3_600 * linear_regression(times, values[half:]).slope if len(times) > 1 else 0.0


def p99(acks_ms: Sequence[float]) -> float:
    """Return the time that 99 of 100 acknowledgements keep."""
    return quantiles(acks_ms, n=100)[98]


def lines_of(soak: Soak) -> Sequence[str]:
    """Return what was measured, in lines for people."""
    samples = soak.samples
    if len(samples) < 2:
        return ["The run was too short to tell anything."]
    memory, files = [one.memory_mib for one in samples], [float(one.descriptors) for one in samples]
    grown = per_hour(samples, memory)
    third = max(1, len(samples) // 3)
    early, late = ([ms for one in part for ms in one.ack_ms] for part in (samples[:third], samples[-third:]))
    return [
        f"{soak.started} calls started, {soak.refused} not, {soak.slack.ended} ended, {soak.lost} lost",
        f"memory {memory[0]:.1f} to {memory[-1]:.1f} MiB, in the second half {grown:+.1f} MiB an hour",
        f"descriptors {files[0]:.0f} to {files[-1]:.0f}, in the second half {per_hour(samples, files):+.1f} an hour",
        f"acknowledgements p99 {p99(early):.1f} ms in the first third, {p99(late):.1f} ms in the last",
    ]


@asynccontextmanager
async def soaking(folder: Path, per_s: float) -> AsyncIterator[Soak]:
    """Run the app, installed in many workspaces, beside a light Slack.

    Args:
        per_s: how many calls are started each second.
    """
    database_url, port = sqlite_url(folder), free_port()
    await _install(database_url)
    async with light_slack() as (slack, api_url):
        secrets = {"signing_secret": SECRET, "client_id": CLIENT_ID, "client_secret": "hidden"}
        settings = oauth_settings(api_url, database_url, port, **secrets)
        app = AppProcess(settings, f"http://127.0.0.1:{port}")
        try:
            await app.start()
            async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=64)) as session:
                yield Soak(app.pid, f"{app.url}/slack/events", slack, session, per_s)
        finally:
            await app.kill()


async def _install(database_url: str) -> None:
    engine = open_engine(database_url)
    upgrade(engine)
    database = Database(engine, now)
    store = SqlInstallations(database, Vault((Secret(KEY),)), CLIENT_ID, now)
    for number in range(WORKSPACES):
        tokens = Tokens(Secret(f"xoxb-soak-{number}"))
        place = Place(CLIENT_ID, "", f"T{number:08}")
        scopes = frozenset({"commands", "calls:read", "calls:write", "chat:write"})
        await store.save(Installation(place, f"W{number}", "A1", "B1", "UBOT", scopes, UserId("U1"), now(), tokens))
    database.close()


async def main(lasts_s: float, per_s: float) -> int:
    """Run, print what was measured, and return the exit status: 1 when a call was lost."""
    with tempfile.TemporaryDirectory() as folder:
        async with soaking(Path(folder), per_s) as soak:
            await soak.run(lasts_s)
            sys.stdout.write("\n".join([*lines_of(soak), ""]))
            return 1 if soak.lost else 0


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m tests.attack.soak", description=__doc__)
    parser.add_argument("--minutes", type=float, default=60.0)
    parser.add_argument("--per-s", type=float, default=50.0)
    options = parser.parse_args()
    sys.exit(asyncio.run(main(60 * options.minutes, options.per_s)))
