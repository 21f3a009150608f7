"""Notifications are paused in the call, and in the end as before, whenever the process dies."""

from __future__ import annotations

import pytest

from tests.durability.crash_in_call import CrashInCall, crash_in_call
from tests.durability.process import app_and_slack
from tests.own_status import STATUS, allow, choose_pauses, is_snoozed, snooze_by_hand

DAY_MIN = 1440

CASES = [
    (CrashInCall("join", "dnd.setSnooze", "before"), 0),
    (CrashInCall("join", "dnd.setSnooze", "after"), 0),
    (CrashInCall("join", "dnd.setSnooze", "after"), 45),
    (CrashInCall("end", "dnd.endSnooze", "before"), 0),
    (CrashInCall("end", "dnd.endSnooze", "after"), 0),
    (CrashInCall("end", "dnd.setSnooze", "before"), 45),
]
"""When the process dies, and for how many minutes notifications were paused before."""


@pytest.mark.timeout(120)
@pytest.mark.parametrize(
    ("database_url", "crash", "minutes"), [("sqlite", *case) for case in CASES], indirect=["database_url"]
)
async def test_a_kill_at_any_request_ends_in_the_right_pause(
    database_url: str, crash: CrashInCall, minutes: int
) -> None:
    """Before the request has its effect, and after it."""
    async with app_and_slack(database_url, extra=STATUS, signs_in=True) as (app, slack):
        await allow(slack, app.url)
        await choose_pauses(slack)
        snooze_by_hand(slack, minutes)
        await crash_in_call(
            *(app, slack, crash),
            meanwhile=lambda within_s: is_snoozed(slack, DAY_MIN, timeout_s=within_s),
            afterwards=lambda within_s: is_snoozed(slack, minutes, timeout_s=within_s),
        )
