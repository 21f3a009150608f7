"""JaaS reports, the app believes, and the local Slack shows who is in."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from sandbox.testing import PATIENCE_S, wait_for
from tests.jaas_double import JaasDouble
from tests.only_call import LEAVE_S
from tests.vendor_meeting import VendorMeeting
from tests.world import running_world

EMPTY_S = 1


@pytest.fixture
async def jaas() -> AsyncIterator[JaasDouble]:
    """Run a server in JaaS' place."""
    async with JaasDouble().running() as running:
        yield running


@pytest.fixture
async def meeting(jaas: JaasDouble, tmp_path: Path) -> AsyncIterator[VendorMeeting]:
    """Run an app whose calls meet at JaaS, and a local Slack."""
    settings = {**jaas.settings, "STARTCALL_PROVIDER": "jaas", "STARTCALL_END_WHEN_EMPTY_S": str(EMPTY_S)}
    async with running_world(tmp_path, http=False, extra=settings) as world:
        jaas.hooks_url = f"{world.server.address}/hooks/jaas"
        yield VendorMeeting(world)


async def test_who_enters_and_leaves_is_on_the_card_and_the_empty_room_ends_the_call(
    jaas: JaasDouble, meeting: VendorMeeting
) -> None:
    """As the Slack person they are; the room goes with the last one, and the call after its time."""
    room, bob = await meeting.start(), meeting.world.bob.user_id
    first = await jaas.enter(await meeting.link(room, bob))
    await wait_for(lambda: meeting.shown() == [bob])
    second = await jaas.enter(await meeting.link(room, meeting.world.alice.user_id))
    await wait_for(lambda: len(meeting.shown()) == 2)

    await jaas.leave(first)
    await wait_for(lambda: meeting.shown() == [meeting.world.alice.user_id])
    await jaas.leave(second)
    await wait_for(lambda: meeting.at_slack.date_end > 0, timeout_s=LEAVE_S + EMPTY_S + PATIENCE_S)
    await meeting.world.settled()
    assert "everybody had left" in meeting.last_line()


async def test_ending_in_slack_ends_the_call_there_alone(meeting: VendorMeeting) -> None:
    """JaaS cannot be told to close the room; nothing is set aside because of that."""
    await meeting.start()
    await meeting.end()
    await wait_for(lambda: meeting.at_slack.date_end > 0)
    await meeting.world.settled()
    assert [] == await meeting.world.set_aside()
