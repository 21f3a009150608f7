"""A meeting system that is down, refuses or no longer knows us: people hear about it, and no link is made up."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from sandbox.testing import wait_for
from tests.acme_meeting import Meeting, running_meeting
from tests.lateness import told_after_s
from tests.world import GENERAL


@pytest.fixture
async def meeting(tmp_path: Path, request: pytest.FixtureRequest) -> AsyncIterator[Meeting]:
    """Run an Acme server, an app that uses it, and a local Slack."""
    async with running_meeting(tmp_path, getattr(request, "param", {})) as running:
        yield running


async def start(meeting: Meeting) -> None:
    """Have Alice start a call."""
    await meeting.world.alice.command(GENERAL, "/startcall", "Weekly sync")


def told(meeting: Meeting) -> list[str]:
    """Return what Alice alone read."""
    return meeting.world.told(GENERAL, meeting.world.alice.user_id)


@pytest.mark.parametrize(("status", "words"), [(401, "no longer accepts"), (409, "refused")])
async def test_a_final_refusal_is_told_once_and_leaves_nothing_behind(
    meeting: Meeting, status: int, words: str
) -> None:
    """No card without a room, no call at Slack, and one sentence that says what to do."""
    meeting.acme.status = status

    await start(meeting)
    await wait_for(lambda: len(told(meeting)) == 1)
    await meeting.world.settled()

    assert words in told(meeting)[0]
    assert "“Weekly sync” could not be started" in told(meeting)[0]
    assert {} == meeting.world.slack.workspace.calls
    assert 1 == len(meeting.acme.asked)


async def test_a_meeting_system_that_comes_back_gets_the_call_it_was_asked_for(meeting: Meeting) -> None:
    """The starter hears within 2 s that it takes longer, and the card comes by itself."""
    meeting.acme.status = 503
    asked_at_s = meeting.world.slack.workspace.now()
    await start(meeting)
    await wait_for(lambda: len(told(meeting)) == 1)
    assert told_after_s(meeting.world, GENERAL, meeting.world.alice.user_id, asked_at_s) < 2
    assert "http" not in told(meeting)[0]
    assert "acme" in told(meeting)[0].lower()

    meeting.acme.status = 0
    await wait_for(lambda: len(meeting.world.cards(GENERAL)) == 1, timeout_s=10)
    assert 1 == len(meeting.acme.rooms)
    assert 1 == len(told(meeting))


async def test_a_meeting_system_that_never_answers_holds_up_no_other_call(
    meeting: Meeting, caplog: pytest.LogCaptureFixture
) -> None:
    """It is given up after its deadline; that it went down is in the log once."""
    caplog.set_level(logging.INFO)
    meeting.acme.delay_s = 30
    await start(meeting)
    await asyncio.sleep(11)
    meeting.acme.delay_s = 0
    await wait_for(lambda: len(meeting.world.cards(GENERAL)) == 1, timeout_s=10)

    logged = [record.getMessage() for record in caplog.records if "meeting system acme" in record.getMessage()]
    assert ["does not work", "answers again"] == [line.split("acme ")[1].split(":")[0].rstrip(".") for line in logged]


@pytest.mark.parametrize(
    "meeting", [{"STARTCALL_PROVIDER": "acme_quiet", "STARTCALL_END_WHEN_EMPTY_S": "1"}], indirect=True
)
async def test_a_meeting_system_that_reports_nothing_is_asked_often_enough(meeting: Meeting) -> None:
    """Somebody who comes is shown within seconds, and a room that is closed there ends its call."""
    await meeting.start()
    meeting.acme.hooks_url = ""
    await meeting.acme.join(await meeting.visitor(meeting.world.bob.user_id))
    await wait_for(lambda: meeting.shown() == [meeting.world.bob.user_id])

    meeting.acme.rooms.clear()
    await wait_for(lambda: meeting.at_slack.date_end > 0, timeout_s=20)


async def test_ending_a_call_whose_meeting_system_is_down_ends_it_for_people_at_once(meeting: Meeting) -> None:
    """The card says so without waiting, and the room is closed when that works again."""
    await meeting.start()
    meeting.acme.status = 503
    await meeting.world.alice.click(GENERAL, meeting.world.cards(GENERAL)[0].ts, "end_call")
    await wait_for(lambda: "actions" not in [block["type"] for block in meeting.world.cards(GENERAL)[0].blocks])
    assert meeting.at_slack.date_end > 0

    meeting.acme.status = 0
    await wait_for(lambda: meeting.acme.rooms == {}, timeout_s=10)
