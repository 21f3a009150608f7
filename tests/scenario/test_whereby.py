"""A server in Whereby's place, the app and the local Slack: who is in the room is on the card."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from sandbox.testing import PATIENCE_S, wait_for
from tests.only_call import LEAVE_S
from tests.vendor_meeting import VendorMeeting
from tests.whereby_double import WherebyDouble
from tests.world import running_world


@pytest.fixture
async def whereby() -> AsyncIterator[WherebyDouble]:
    """Run a server in Whereby's place."""
    async with WherebyDouble().running() as running:
        yield running


@pytest.fixture
async def meeting(whereby: WherebyDouble, tmp_path: Path) -> AsyncIterator[VendorMeeting]:
    """Run an app whose calls meet there, and a local Slack."""
    settings = {**whereby.settings, "STARTCALL_PROVIDER": "whereby", "STARTCALL_END_WHEN_EMPTY_S": "1"}
    async with running_world(tmp_path, http=False, extra=settings) as world:
        whereby.hooks_url = f"{world.server.address}/hooks/whereby"
        yield VendorMeeting(world)


async def test_who_comes_is_on_the_card_as_the_slack_person_they_are(
    whereby: WherebyDouble, meeting: VendorMeeting
) -> None:
    """By their link; a guest by the name they typed; a recording is nobody. Ending in Slack deletes the meeting."""
    room = await meeting.start()
    await whereby.join(await meeting.link(room, meeting.world.bob.user_id))
    await whereby.join(f"{room.join_url}?displayName=Carol")
    await whereby.join(room.join_url, role="recorder")
    await wait_for(lambda: meeting.shown() == sorted(["Carol", meeting.world.bob.user_id]))

    await meeting.end()
    await wait_for(lambda: whereby.meetings == {})


async def test_the_call_ends_when_everybody_has_gone_also_when_a_report_was_lost(
    whereby: WherebyDouble, meeting: VendorMeeting
) -> None:
    """The last one's report says that nobody is left, whoever was not reported."""
    room = await meeting.start()
    lost = await whereby.join(await meeting.link(room, meeting.world.bob.user_id))
    last = await whereby.join(await meeting.link(room, meeting.world.alice.user_id))
    await wait_for(lambda: len(meeting.shown()) == 2)
    hooks_url, whereby.hooks_url = whereby.hooks_url, ""
    await whereby.leave(lost)
    whereby.hooks_url = hooks_url
    await asyncio.sleep(1)
    assert 2 == len(meeting.shown())

    await whereby.leave(last)
    await wait_for(lambda: meeting.at_slack.date_end > 0, timeout_s=LEAVE_S + PATIENCE_S)
    await meeting.world.settled()
    assert "everybody had left" in meeting.last_line()
    assert {} == whereby.meetings
