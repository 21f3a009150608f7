"""Deliveries that go wrong on purpose, and minutes that pass at once."""

from __future__ import annotations

import asyncio
from functools import partial

import pytest

from sandbox.clock import Clock
from sandbox.testing import wait_for
from sandbox.workspace import TRAFFIC_CHARS_MAX, Traffic
from tests.contract.delivery_rig import GENERAL, Answer, Rig, running_rig


async def test_an_event_whose_answer_is_lost_comes_again_as_soon_as_the_clock_is_moved() -> None:
    """One second, one minute and five minutes after each failure, without anybody waiting for that long."""
    async with running_rig(time_scale=1.0) as rig:
        rig.slack.delivery_faults.add("app_home_opened", "answer_lost", times=3)
        await rig.alice.open_home()
        for number, wait_s in enumerate((1.0, 60.0, 300.0), start=1):
            await wait_for(partial(_has_lines, rig, number))
            rig.slack.advance(wait_s)
        await wait_for(partial(_has_lines, rig, 4))

        retries = [one.headers.get("X-Slack-Retry-Num") for one in rig.app.received]
        assert [None, "1", "2", "3"] == retries
        assert [(0, 0), (0, 1), (0, 2), (200, 3)] == [(one.status, one.attempt) for one in rig.slack.workspace.traffic]
        assert rig.slack.delivery_faults.planned == []


async def test_the_example_of_the_documentation_works() -> None:
    """What docs/local-slack-faults.md shows, line by line."""
    async with running_rig(time_scale=1.0) as rig:
        rig.slack.delivery_faults.add("app_home_opened", "answer_lost", times=2)
        await rig.slack.person("alice").open_home()
        for wait_s in (1, 60):
            await wait_for(lambda: rig.slack.clock.is_awaited)
            rig.slack.advance(wait_s)
        await wait_for(lambda: rig.slack.workspace.traffic[-1].attempt == 2)

        assert not rig.slack.clock.is_awaited


async def test_a_command_can_be_lost_and_can_come_twice() -> None:
    """Of a lost one the app hears nothing and the person reads so; a doubled one carries the same trigger_id."""
    async with running_rig() as rig:
        rig.slack.delivery_faults.add("/plain", "lost")
        await rig.alice.command(GENERAL, "/plain")
        assert rig.whispers(rig.alice) == ["/plain failed with the error “dispatch_failed”."]
        assert rig.app.received == []

        rig.slack.delivery_faults.add("/*", "twice", delay_s=0.05)
        await rig.alice.command(GENERAL, "/plain")
        assert len(rig.app.received) == 2
        assert len({one.body["trigger_id"] for one in rig.app.received}) == 1
        assert rig.slack.workspace.traffic[-1].took_ms > 0


async def test_triggers_and_response_urls_expire_when_the_clock_is_moved() -> None:
    """A trigger_id lives 3 s and a response_url 30 minutes of the local Slack's time; signatures stay valid."""
    async with running_rig() as rig:
        await rig.alice.command(GENERAL, "/plain")
        body = rig.app.received[0].body
        rig.slack.advance(4)
        assert (await rig.respond(body["response_url"], {"text": "in time"}))[0] == 200
        rig.slack.advance(30 * 60)
        assert (await rig.respond(body["response_url"], {"text": "too late"}))[0] == 404
        trigger = rig.slack.workspace.triggers[body["trigger_id"]]
        assert rig.slack.workspace.now() - trigger.made_at_s > 1800

        rig.app.will_answer(Answer())
        await rig.alice.command(GENERAL, "/plain")
        assert [200, 200] == [one.status for one in rig.slack.workspace.traffic if one.kind == "delivery"]


async def test_the_clock_wakes_only_whose_time_has_come() -> None:
    """Moved by a part of a wait it shortens the wait by that, and it never goes back."""
    clock = Clock(lambda: 1000.0)
    sleeping = asyncio.create_task(clock.sleep(60))
    await asyncio.sleep(0)
    clock.advance(59)
    await asyncio.sleep(0.01)
    assert not sleeping.done()
    clock.advance(1)
    await asyncio.wait_for(sleeping, 1)
    assert clock() == 1060.0
    with pytest.raises(ValueError, match="cannot go back"):
        clock.advance(-1)


async def test_the_inspector_keeps_no_more_than_it_has_room_for() -> None:
    """Many lines, or few of great size: the oldest go."""
    async with running_rig() as rig:
        workspace = rig.slack.workspace
        for number in range(3_000):
            workspace.log(Traffic(float(number), "api", "api.test", {}, {}))
        assert len(workspace.traffic) <= 2_000
        assert workspace.traffic[-1].at_s == 2_999.0
        large = {"text": "x" * (TRAFFIC_CHARS_MAX // 8)}
        for number in range(20):
            workspace.log(Traffic(float(number), "api", "api.test", large, {}))
        assert 1 <= len(workspace.traffic) <= 8
        assert workspace.traffic[-1].at_s == 19.0


def _has_lines(rig: Rig, count: int) -> bool:
    return len(rig.slack.workspace.traffic) == count
