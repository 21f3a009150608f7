"""Properties of everything that reads what others send: see `tests.attack.fuzz`.

Long form: `make fuzz` searches for 10 minutes.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.attack.fuzz import Found, fuzz, lines_of, search
from tests.attack.fuzz_frames import of_connections, over_socket
from tests.attack.peer import Peer, peer
from tests.attack.target import ALLOWED_MIB, connected_target, target

SHORT_S, LONG_S = 8.0, 600.0
SOCKET_SHORT_S, SOCKET_LONG_S = 4.0, 240.0


@pytest.mark.timeout(LONG_S + 120)
async def test_nothing_that_comes_in_breaks_anything(
    tmp_path: Path, record_property: Callable[[str, object], None], *, is_long: bool
) -> None:
    """Only deliberate answers, nothing unforeseen in the log, no secret in it, and no memory kept."""
    async with target(tmp_path) as attacked:
        url, secret = attacked.app.url, attacked.slack.installation.signing_secret
        await asyncio.to_thread(fuzz, url, secret, SHORT_S / 4)
        before_mib = attacked.memory_mib()

        found = await asyncio.to_thread(fuzz, url, secret, LONG_S if is_long else SHORT_S)

        grown_mib = attacked.memory_mib() - before_mib
        record_property("measured", f"{sum(found.tried.values())} examples, memory {grown_mib:+.1f} MiB")
        print("\n".join(lines_of(found)), f"memory {grown_mib:+.1f} MiB", sep="\n")  # noqa: T201 - read with `-s`
        assert {} == found.broken
        assert [] == attacked.trouble()
        assert [] == attacked.secrets_in_log()
        assert grown_mib <= ALLOWED_MIB


@pytest.mark.timeout(SOCKET_LONG_S + 120)
async def test_nothing_that_comes_over_a_websocket_breaks_anything(
    tmp_path: Path, record_property: Callable[[str, object], None], *, is_long: bool
) -> None:
    """A connection carries on, or ends in order; nothing unforeseen is in the log, and no memory is kept."""
    async with peer() as slack, connected_target(tmp_path, slack) as attacked:
        assert await slack.is_answered(within_s=30)
        loop = asyncio.get_running_loop()
        await asyncio.to_thread(_fuzz_socket, slack, loop, SOCKET_SHORT_S / 4)
        before_mib = attacked.memory_mib()

        lasts_s = SOCKET_LONG_S if is_long else SOCKET_SHORT_S
        found = await asyncio.to_thread(_fuzz_socket, slack, loop, lasts_s)

        grown_mib = attacked.memory_mib() - before_mib
        record_property("measured", f"{sum(found.tried.values())} examples, memory {grown_mib:+.1f} MiB")
        print("\n".join(lines_of(found)), f"memory {grown_mib:+.1f} MiB", sep="\n")  # noqa: T201 - read with `-s`
        assert {} == found.broken
        assert [] == attacked.trouble()
        assert grown_mib <= ALLOWED_MIB


def _fuzz_socket(slack: Peer, loop: asyncio.AbstractEventLoop, lasts_s: float) -> Found:
    with of_connections() as properties:
        return search({**over_socket(slack, loop), **properties}, lasts_s)
