"""What a meeting system reports, fails to report and is asked is counted."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from sandbox.testing import wait_for
from tests.acme_meeting import Meeting, running_meeting
from tests.scraping import grown, scrape

HEAL_S = 15


@pytest.fixture
async def meeting(tmp_path: Path, database_url: str) -> AsyncIterator[Meeting]:
    """Run an Acme server, an app that uses it on either database, and a local Slack."""
    settings = {"STARTCALL_END_WHEN_EMPTY_S": "1"}
    async with running_meeting(tmp_path, settings, database_url=database_url) as running:
        yield running


async def test_reports_are_counted_by_what_became_of_them(meeting: Meeting) -> None:
    """A good one is taken, one that nobody signed is refused."""
    await meeting.start()
    url = meeting.world.server.address
    before = await scrape(url)
    await meeting.acme.join(await meeting.visitor(meeting.world.bob.user_id))
    async with meeting.acme.session.post(f"{url}/hooks/acme", data=b"{}") as answer:
        assert 401 == answer.status
    after = await scrape(url)

    assert 1 == grown(before, after, "startcall_hooks_total", provider="acme", result="taken")
    assert 1 == grown(before, after, "startcall_hooks_total", provider="acme", result="refused")


async def test_a_look_that_finds_what_was_not_reported_is_counted(meeting: Meeting) -> None:
    """And one that finds what is known already is not."""
    await meeting.start()
    url = meeting.world.server.address
    visitor = await meeting.visitor(meeting.world.bob.user_id)
    session = await meeting.acme.join(visitor)
    await wait_for(lambda: len(meeting.shown()) == 1)
    before = await scrape(url)
    await meeting.acme.leave(session)
    meeting.acme.hooks_url = ""
    await meeting.acme.join(visitor)
    await wait_for(lambda: any("people" in asked for asked in meeting.acme.asked), timeout_s=HEAL_S)
    await meeting.world.settled()
    after = await scrape(url)

    assert 1 == grown(before, after, "startcall_rosters_healed_total", provider="acme")
    assert 1 <= grown(before, after, "startcall_provider_request_seconds_count", provider="acme", result="ok")


async def test_a_meeting_system_that_fails_is_counted(meeting: Meeting) -> None:
    """It shows which one does not do its part."""
    url = meeting.world.server.address
    before = await scrape(url)
    meeting.acme.status = 503
    await meeting.world.alice.command(meeting.world.channel("general"), "/startcall", "Weekly sync")
    await wait_for(lambda: meeting.acme.asked)
    await meeting.world.settled()
    after = await scrape(url)

    assert 1 <= grown(before, after, "startcall_provider_request_seconds_count", provider="acme", result="down")
    assert 1 <= grown(before, after, "startcall_steps_total", step="make_room", result="again")
