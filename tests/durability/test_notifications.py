"""Notifications are paused in the call, and in the end as before, whenever the process dies."""

from __future__ import annotations

from functools import partial

import pytest

from sandbox.testing import wait_for
from tests.durability.crash import SETTLE_S, crash_at
from tests.durability.process import app_and_slack
from tests.own_status import STATUS, allow, choose_pauses, is_snoozed, snooze_by_hand
from tests.world import GENERAL, cards

DAY_MIN = 1440

CASES = [
    ("join", "dnd.setSnooze", "before", 0),
    ("join", "dnd.setSnooze", "after", 0),
    ("join", "dnd.setSnooze", "after", 45),
    ("end", "dnd.endSnooze", "before", 0),
    ("end", "dnd.endSnooze", "after", 0),
    ("end", "dnd.setSnooze", "before", 45),
]
"""What was asked for, at which request the process dies, whether Slack has done that, and for how many minutes
notifications were paused before.
"""


@pytest.mark.timeout(120)
@pytest.mark.parametrize(
    ("database_url", "action", "method", "moment", "minutes"),
    [("sqlite", *case) for case in CASES],
    indirect=["database_url"],
)
async def test_a_kill_at_any_request_ends_in_the_right_pause(
    database_url: str, action: str, method: str, moment: str, minutes: int
) -> None:
    """Before the request has its effect, and after it."""
    async with app_and_slack(database_url, extra=STATUS, signs_in=True) as (app, slack):
        await allow(slack, app.url)
        await choose_pauses(slack)
        snooze_by_hand(slack, minutes)
        await slack.person("bob").command(GENERAL, "/startcall", "Weekly sync")
        await wait_for(lambda: len(cards(slack)) == 1)
        join = partial(slack.person("alice").click, GENERAL, cards(slack)[0].ts, "join_call")
        end = partial(slack.person("bob").command, GENERAL, "/startcall", "end")
        if action == "join":
            await crash_at(app, slack, method, moment, join)
            await is_snoozed(slack, DAY_MIN, timeout_s=SETTLE_S)
            await end()
        else:
            await join()
            await is_snoozed(slack, DAY_MIN)
            await crash_at(app, slack, method, moment, end)
        await is_snoozed(slack, minutes, timeout_s=SETTLE_S)
