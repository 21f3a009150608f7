"""Looking after calls by hand while no server runs."""

from __future__ import annotations

import asyncio
import os
import sys
from pathlib import Path

from sandbox.testing import wait_for
from tests.durability.process import app_and_slack, sqlite_url

GENERAL = "C0GENERAL01"


async def test_without_a_server_the_command_ends_the_call_itself(tmp_path: Path) -> None:
    """A call left open by a server that is gone for good is ended at Slack by one command."""
    async with app_and_slack(sqlite_url(tmp_path)) as (app, slack):
        await slack.person("alice").command(GENERAL, "/startcall", "Left over")
        await wait_for(lambda: bool(slack.api_calls("chat.postMessage")))
        await asyncio.sleep(0.1)
        await app.kill()
        call = next(iter(slack.workspace.calls.values()))

        environment = {**os.environ, **app.settings}  # noqa: TID251 - a child's own
        command = await asyncio.create_subprocess_exec(
            sys.executable, "app.py", "calls", "end", call.id, env=environment, stdout=asyncio.subprocess.PIPE
        )
        printed, _ = await command.communicate()

        assert 0 == command.returncode
        assert "“Left over”" in printed.decode()
        assert call.date_end > 0
