"""A recap is posted at most once, whenever the process dies; where the app may read the thread, exactly once."""

from __future__ import annotations

from functools import partial

import pytest
from sqlalchemy import text

from sandbox.server import Sandbox
from sandbox.testing import wait_for
from sandbox.workspace import Message
from storage.opening import open_engine
from tests.durability.crash import SETTLE_S, crash_at
from tests.durability.forms import EVERY_MOMENT
from tests.durability.process import app_and_slack
from tests.world import GENERAL, cards

MINUTES_24_US = 24 * 60 * 1_000_000

BOTH = pytest.mark.parametrize(
    "database_url", ["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)], indirect=True
)


def recaps(slack: Sandbox) -> list[Message]:
    """Return what is in the thread of the card."""
    (card,) = cards(slack)
    return [message for message in slack.workspace.messages[GENERAL] if message.thread_ts == card.ts != message.ts]


def let_it_have_begun_earlier(database_url: str) -> None:
    """Let the call have begun 24 minutes earlier, while nothing runs."""
    engine = open_engine(database_url)
    with engine.execution_options(writes=True).begin() as connection:
        connection.execute(text(f"UPDATE calls SET live_at = live_at - {MINUTES_24_US}"))  # noqa: S608 - a number
    engine.dispose()


@EVERY_MOMENT
@pytest.mark.timeout(120)
@pytest.mark.parametrize("may_read", [True, False])
async def test_a_kill_while_the_recap_is_posted_makes_no_second_one(
    database_url: str, moment: str, *, may_read: bool
) -> None:
    """Whether Slack had the request already or not."""
    async with app_and_slack(database_url) as (app, slack):
        if may_read:
            slack.installation.scopes.add("channels:history")
        await slack.person("alice").command(GENERAL, "/startcall", "Weekly sync")
        await wait_for(lambda: len(cards(slack)) == 1)
        await slack.person("bob").click(GENERAL, cards(slack)[0].ts, "join_call")
        await wait_for(lambda: bool(slack.api_calls("calls.participants.add")))
        await app.kill()
        let_it_have_begun_earlier(database_url)
        await app.start()

        end = partial(slack.person("bob").click, GENERAL, cards(slack)[0].ts, "end_call")
        await crash_at(app, slack, "chat.postMessage", moment, end)
        await wait_for(lambda: bool(slack.api_calls("conversations.replies")), SETTLE_S)
        if may_read:
            await wait_for(lambda: len(recaps(slack)) == 1, SETTLE_S)

        assert (1 if may_read or moment == "after" else 0) == len(recaps(slack))
