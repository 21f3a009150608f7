"""A status is what it should be, and in the end what it was before, whenever the process dies."""

from __future__ import annotations

import pytest

from tests.durability.crash_in_call import CrashInCall, crash_in_call
from tests.durability.process import app_and_slack
from tests.own_status import OURS, STATUS, allow, set_by_hand, shows

LUNCH = ("Lunch", ":bento:")

SET = "users.profile.set"
CRASHES = [
    CrashInCall("join", "users.profile.get", "after"),
    *(CrashInCall("join", SET, moment) for moment in ("before", "after")),
    *(CrashInCall("end", SET, moment) for moment in ("before", "after")),
]
"""A request that reads is the same before and after; on PostgreSQL each waits for 12 s, so there the two that write
stand for all.
"""

ON_POSTGRES = [crash for crash in CRASHES if (crash.method, crash.moment) == (SET, "after")]


@pytest.mark.timeout(120)
@pytest.mark.parametrize(
    ("database_url", "crash"),
    [
        *(("sqlite", crash) for crash in CRASHES),
        *(pytest.param("postgres", crash, marks=pytest.mark.postgres) for crash in ON_POSTGRES),
    ],
    indirect=["database_url"],
)
async def test_a_kill_at_any_request_ends_in_the_right_status(database_url: str, crash: CrashInCall) -> None:
    """Before the request has its effect, and after it."""
    async with app_and_slack(database_url, extra=STATUS, signs_in=True) as (app, slack):
        set_by_hand(slack, *LUNCH)
        await allow(slack, app.url)
        await crash_in_call(
            *(app, slack, crash),
            meanwhile=lambda within_s: shows(slack, OURS, timeout_s=within_s),
            afterwards=lambda within_s: shows(slack, LUNCH, timeout_s=within_s),
        )
