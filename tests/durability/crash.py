"""Kill the app while one of its requests is at Slack, and start it again."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from sandbox.server import Sandbox
from sandbox.testing import wait_for
from tests.durability.process import AppProcess

SETTLE_S = 30.0
"""How long what the killed process had begun may take; on PostgreSQL it is taken over after 12 s."""

_NEVER_S = 3600.0


async def crash_at(
    app: AppProcess, slack: Sandbox, method: str, moment: str, act: Callable[[], Awaitable[object]]
) -> None:
    """Let a person act, and kill the app at the next request of a method.

    Args:
        moment: `before` Slack has done what is requested, or `after`; neither time is it answered.
    """
    told = len(slack.api_calls(method))
    if moment == "before":
        slack.faults.add(method, "delay", delay_s=_NEVER_S)
    else:
        slack.faults.add(method, "hang_after")
    planned = slack.faults.planned
    await act()
    await wait_for(lambda: slack.faults.planned < planned, SETTLE_S)
    if moment == "after":
        await wait_for(lambda: len(slack.api_calls(method)) > told)
    await app.kill()
    await app.start()
