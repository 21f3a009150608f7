"""Kill the app at a request that it makes for somebody in a call: while they join, or while the call ends."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import partial
from typing import Literal

from sandbox.server import Sandbox
from sandbox.testing import wait_for
from tests.durability.crash import SETTLE_S, crash_at
from tests.durability.process import AppProcess
from tests.world import GENERAL, cards

UNDISTURBED_S = 5.0
"""How long something may take before anything was killed."""


@dataclass(frozen=True, slots=True)
class CrashInCall:
    """When the process dies.

    Args:
        action: what was asked for.
        method: at which request it dies.
        moment: whether Slack has done that request.
    """

    action: Literal["join", "end"]
    method: str
    moment: Literal["before", "after"]


Shows = Callable[[float], Awaitable[None]]
"""Waits at most so many seconds until something about Alice is as it should be."""


async def crash_in_call(
    app: AppProcess, slack: Sandbox, crash: CrashInCall, *, meanwhile: Shows, afterwards: Shows
) -> None:
    """Let Bob start a call, Alice join it and Bob end it, and kill the app on the way.

    Args:
        meanwhile: what must come to hold while Alice is in.
        afterwards: what must come to hold once the call is over.
    """
    await slack.person("bob").command(GENERAL, "/startcall", "Weekly sync")
    await wait_for(lambda: len(cards(slack)) == 1)
    join = partial(slack.person("alice").click, GENERAL, cards(slack)[0].ts, "join_call")
    end = partial(slack.person("bob").command, GENERAL, "/startcall", "end")
    if crash.action == "join":
        await crash_at(app, slack, crash.method, crash.moment, join)
        await meanwhile(SETTLE_S)
        await end()
    else:
        await join()
        await meanwhile(UNDISTURBED_S)
        await crash_at(app, slack, crash.method, crash.moment, end)
    await afterwards(SETTLE_S)
