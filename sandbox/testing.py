"""A local Slack for tests: `pytest_plugins = ["sandbox.testing"]` gives the fixture `sandbox`.

async def test_hello(sandbox):
await sandbox.person("alice").command("C0GENERAL01", "/hello")
await wait_for(lambda: sandbox.api_calls("chat.postMessage"))
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable

import pytest

from sandbox.server import Sandbox

POLL_S = 0.005


@pytest.fixture
async def sandbox() -> AsyncIterator[Sandbox]:
    """Run a furnished local Slack with the manifest of the present folder, on a free port."""
    running = await Sandbox.start()
    yield running
    await running.stop()


async def wait_for(condition: Callable[[], object], timeout_s: float = 5.0) -> None:
    """Wait until a condition holds.

    Raises:
        AssertionError: when it does not within `timeout_s` seconds.
    """
    loop = asyncio.get_running_loop()
    give_up_at = loop.time() + timeout_s
    while not condition():
        if loop.time() > give_up_at:
            raise AssertionError(f"This did not come true within {timeout_s} s.")
        await asyncio.sleep(POLL_S)
