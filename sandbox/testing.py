'''A local Slack for tests: `pytest_plugins = ["sandbox.testing"]` gives the fixture `sandbox`.

    async def test_hello(sandbox):
        """Saying hello is answered."""
        await sandbox.person("alice").command("C0GENERAL01", "/hello")
        await wait_for(lambda: sandbox.api_calls("chat.postMessage"))

What goes wrong, and time that passes, are set on the same object:

        sandbox.faults.add("chat.postMessage", "429", retry_after_s=5)
        sandbox.delivery_faults.add("/hello", "twice")
        sandbox.advance(30 * 60)

The manifest is `manifest.yml` of the present folder, unless a test is marked with other options:

    @pytest.mark.sandbox(manifest=read_manifest(path), http_url="http://127.0.0.1:3000/slack/events")
'''

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable

import pytest

from sandbox.server import Options, Sandbox

POLL_S = 0.005

PATIENCE_S = 15.0
"""How long something may take on a busy machine; what has a limit of its own is measured by its test."""


def pytest_configure(config: pytest.Config) -> None:
    """Make the marker known."""
    config.addinivalue_line("markers", "sandbox(**options): run the local Slack with these sandbox.server.Options")


@pytest.fixture
async def sandbox(request: pytest.FixtureRequest) -> AsyncIterator[Sandbox]:
    """Run a furnished local Slack on a free port."""
    marker = request.node.get_closest_marker("sandbox")
    running = await Sandbox.start(options=Options(**marker.kwargs) if marker is not None else None)
    try:
        yield running
    finally:
        await running.stop()


async def wait_for(condition: Callable[[], object], timeout_s: float = PATIENCE_S) -> None:
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
