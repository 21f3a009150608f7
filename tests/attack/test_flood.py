"""However much comes over a WebSocket of Socket Mode, the app holds no more memory, and is still at work."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from tests.attack.forged import COMMAND
from tests.attack.frames import MIB, envelope
from tests.attack.peer import Opcode, Peer, frame, peer, text
from tests.attack.target import ALLOWED_MIB, connected_target

SPARE_MIB = 96
"""How much more than usual may be held while it comes; each comes at once."""


def _commands(slack: Peer, count: int, typed: str) -> bytes:
    """Return so many commands of one person."""
    envelopes = (slack.envelope(COMMAND | {"text": typed, "trigger_id": f"{number}.3.x"})[1] for number in range(count))
    return b"".join(map(text, envelopes))


def _floods(slack: Peer) -> Mapping[str, bytes]:
    return {
        "commands": _commands(slack, 100, "list"),
        "long commands": _commands(slack, 10, "rename " + "x" * (MIB // 2)),
        "what makes no sense": text(envelope(payload={"type": "x"})) * 1_000,
        "what holds much": text(envelope(payload={"type": "x", "more": [{}] * 200_000})) * 5,
        "what cannot be read": text("{") * 20_000,
        "pings": frame(Opcode.PING, b"x" * 125) * 20_000,
    }


async def test_a_flood_is_taken_in_at_its_own_pace(
    tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    """Who sends waits for who reads: nothing is kept that cannot be worked on now."""
    async with peer() as slack, connected_target(tmp_path, slack) as app:
        assert await slack.is_answered(within_s=30)
        floods = _floods(slack)
        for name, flood in floods.items():
            slack.open_links[-1].send(flood)
            assert await slack.is_answered(within_s=30), name
        before_mib, descriptors = app.memory_mib(), app.descriptors()

        for name, flood in floods.items():
            slack.open_links[-1].send(flood)
            assert await slack.is_answered(within_s=30), name

        grown_mib, most_mib = app.memory_mib() - before_mib, app.most_memory_mib() - before_mib
        record_property("measured", f"memory {grown_mib:+.1f} MiB, at most {most_mib:+.1f} MiB")
        print(f"memory {before_mib:.1f} {grown_mib:+.1f} MiB, at most {most_mib:+.1f} MiB")  # noqa: T201 - read with `-s`
        assert [] == app.trouble()
        assert grown_mib <= ALLOWED_MIB
        assert most_mib <= SPARE_MIB
        assert app.descriptors() <= descriptors
        assert app.log.stat().st_size < MIB
