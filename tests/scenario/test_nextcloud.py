"""A server in a Nextcloud's place, the app and the local Slack: who is in the call is on the card."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from sandbox.testing import PATIENCE_S, wait_for
from tests.nextcloud_double import NextcloudDouble
from tests.vendor_meeting import VendorMeeting
from tests.world import running_world

LOOK_S = 12
"""How long it may take until Talk is asked again, and what follows from it."""


@pytest.fixture
async def nextcloud() -> AsyncIterator[NextcloudDouble]:
    """Run a server in a Nextcloud's place."""
    async with NextcloudDouble().running() as running:
        yield running


@pytest.fixture
async def meeting(nextcloud: NextcloudDouble, tmp_path: Path) -> AsyncIterator[VendorMeeting]:
    """Run an app whose calls meet there, and a local Slack."""
    settings = {**nextcloud.settings, "STARTCALL_PROVIDER": "nextcloud", "STARTCALL_END_WHEN_EMPTY_S": "1"}
    async with running_world(tmp_path, http=False, extra=settings) as world:
        yield VendorMeeting(world)


async def test_who_is_in_is_on_the_card_and_the_call_ends_with_the_last(
    nextcloud: NextcloudDouble, meeting: VendorMeeting
) -> None:
    """Seen by asking; the conversation goes with the call."""
    room = await meeting.start()
    assert room.join_url == meeting.at_slack.join_url, "Talk has one address for everybody"
    ada, guest = nextcloud.join(room.join_url, "users/ada", "Ada"), nextcloud.join(room.join_url, "guests/5f2b", "Bo")
    await wait_for(lambda: meeting.shown() == ["Ada", "Bo"], timeout_s=LOOK_S + PATIENCE_S)

    nextcloud.leave(ada)
    nextcloud.leave(guest)
    await wait_for(lambda: meeting.at_slack.date_end > 0, timeout_s=2 * LOOK_S + PATIENCE_S)
    await meeting.world.settled()
    assert "everybody had left" in meeting.last_line()
    assert {} == nextcloud.rooms


async def test_ending_in_slack_shows_everybody_out(nextcloud: NextcloudDouble, meeting: VendorMeeting) -> None:
    """Nobody goes on talking in a call that is over."""
    room = await meeting.start()
    nextcloud.join(room.join_url, "users/ada", "Ada")
    await meeting.end()
    await wait_for(lambda: nextcloud.rooms == {} and nextcloud.inside == {})
