"""Properties of everything that reads what others send: see `tests.attack.fuzz`.

Long form: `make fuzz` searches for 10 minutes.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path

import pytest

from server import Server
from tests.attack.fuzz import Found, Visitor, fuzz, lines_of, of_reports, search
from tests.attack.fuzz_frames import of_connections, over_socket
from tests.attack.peer import Peer, peer
from tests.attack.reported import have_call, reported_to
from tests.attack.reports import Keys, Packed, reporters
from tests.attack.target import ALLOWED_MIB, connected_target, target

SHORT_S, LONG_S = 8.0, 600.0
SOCKET_SHORT_S, SOCKET_LONG_S = 2.0, 240.0
REPORTS_SHORT_S, REPORTS_LONG_S = 2.0, 120.0


@pytest.mark.timeout(LONG_S + 120)
async def test_nothing_that_comes_in_breaks_anything(
    tmp_path: Path, record_property: Callable[[str, object], None], *, is_long: bool
) -> None:
    """Only deliberate answers, nothing unforeseen in the log, no secret in it, and no memory kept."""
    async with target(tmp_path) as attacked:
        url, secret = attacked.app.url, attacked.slack.installation.signing_secret
        ways = attacked.ways()
        await asyncio.to_thread(fuzz, url, secret, ways, SHORT_S / 4)
        before_mib = attacked.memory_mib()

        found = await asyncio.to_thread(fuzz, url, secret, ways, LONG_S if is_long else SHORT_S)

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


@pytest.mark.timeout(REPORTS_LONG_S + 120)
async def test_nothing_that_is_reported_of_a_call_breaks_anything(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, *, is_long: bool
) -> None:
    """While a call is running in the room, so that what is reported is stored and shown."""
    async with reported_to(tmp_path) as server:
        loop = asyncio.get_running_loop()
        found = await asyncio.to_thread(_fuzz_reports, server, loop, REPORTS_LONG_S if is_long else REPORTS_SHORT_S)

    print("\n".join(lines_of(found)))  # noqa: T201 - read with `-s`
    assert {} == found.broken
    assert [] == [record.getMessage() for record in caplog.records if record.exc_info]


def _fuzz_reports(server: Server, loop: asyncio.AbstractEventLoop, lasts_s: float) -> Found:
    visitor = Visitor(server.address, "")
    strategy, takes = of_reports(visitor, reporters(Keys(server.site_url, server.settings.room_key)))["signed reports"]

    def takes_while_running(packed: Packed) -> None:
        asyncio.run_coroutine_threadsafe(have_call(server, packed[0].partition("/")[0]), loop).result()
        takes(packed)

    try:
        return search({"reports of running calls": (strategy, takes_while_running)}, lasts_s)
    finally:
        visitor.close()


def _fuzz_socket(slack: Peer, loop: asyncio.AbstractEventLoop, lasts_s: float) -> Found:
    with of_connections() as properties:
        return search({**over_socket(slack, loop), **properties}, lasts_s)
