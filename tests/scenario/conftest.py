"""Every scenario runs twice: over Socket Mode and over signed HTTP."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.world import World, running_world


@pytest.fixture(params=["socket_mode", "http"])
async def world(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[World]:
    """Run the app against a local Slack."""
    async with running_world(tmp_path, http=request.param == "http") as running:
        yield running
