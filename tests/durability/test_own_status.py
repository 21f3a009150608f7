"""A status is what it should be, and in the end what it was before, whenever the process dies."""

from __future__ import annotations

from functools import partial

import pytest

from sandbox.testing import wait_for
from tests.durability.crash import SETTLE_S, crash_at
from tests.durability.process import app_and_slack
from tests.own_status import OURS, STATUS, allow, set_by_hand, shows
from tests.world import GENERAL, cards

LUNCH = ("Lunch", ":bento:")

GET, SET = "users.profile.get", "users.profile.set"
CRASHES = [("join", GET, "after"), ("join", SET, "before"), ("join", SET, "after"), ("end", SET, "before")]
CRASHES += [("end", SET, "after")]
"""What was asked for, at which request the process dies, and whether Slack has done that request.

A request that reads is the same before and after; on PostgreSQL each waits for 12 s, so there the two that write stand
for all.
"""

ON_POSTGRES = [case for case in CRASHES if case[1:] == (SET, "after")]


@pytest.mark.timeout(120)
@pytest.mark.parametrize(
    ("database_url", "action", "method", "moment"),
    [
        *(("sqlite", *case) for case in CRASHES),
        *(pytest.param("postgres", *case, marks=pytest.mark.postgres) for case in ON_POSTGRES),
    ],
    indirect=["database_url"],
)
async def test_a_kill_at_any_request_ends_in_the_right_status(
    database_url: str, action: str, method: str, moment: str
) -> None:
    """Before the request has its effect, and after it."""
    async with app_and_slack(database_url, extra=STATUS, signs_in=True) as (app, slack):
        set_by_hand(slack, *LUNCH)
        await allow(slack, app.url)
        await slack.person("bob").command(GENERAL, "/startcall", "Weekly sync")
        await wait_for(lambda: len(cards(slack)) == 1)
        join = partial(slack.person("alice").click, GENERAL, cards(slack)[0].ts, "join_call")
        end = partial(slack.person("bob").command, GENERAL, "/startcall", "end")
        if action == "join":
            await crash_at(app, slack, method, moment, join)
            await shows(slack, OURS, timeout_s=SETTLE_S)
            await end()
        else:
            await join()
            await shows(slack, OURS)
            await crash_at(app, slack, method, moment, end)
        await shows(slack, LUNCH, timeout_s=SETTLE_S)
