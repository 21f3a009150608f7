"""Notifications are paused for who wants that while they are in a call, and afterwards are as they were before."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from sandbox.testing import wait_for
from storage.status_tables import statuses
from tests.many_workspaces import eventually
from tests.own_status import (
    NOTHING,
    OURS,
    STATUS,
    allow,
    choose_pauses,
    is_snoozed,
    join,
    section_of,
    settings_of,
    shown_of,
    shows,
    snooze_by_hand,
    snoozed_until,
)
from tests.world import GENERAL, USUAL, World, new_channel, running_world

DAY_MIN = 1440


@pytest.fixture(params=["socket_mode", "http", pytest.param("postgres", marks=pytest.mark.postgres)])
async def world(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[World]:
    """Run an app that Alice has allowed to set her status, over both transports and on both databases."""
    url = request.getfixturevalue("postgres_url") if request.param == "postgres" else ""
    settings = {**USUAL, **STATUS}
    http = request.param == "http"
    async with running_world(tmp_path, http=http, database_url=url, extra=settings, signs_in=True) as running:
        await allow(running.slack, running.server.address)
        yield running


async def state_of(world: World) -> str:
    """Return what is noted of the pause of Alice's notifications."""
    rows = await world.server.database.ask(lambda work: list(work.execute(statuses.select())))
    return str(rows[0].snooze_state) if rows else ""


async def is_in(world: World, *states: str) -> None:
    """Wait until something is noted of the pause."""

    async def so() -> bool:
        return await state_of(world) in states

    await eventually(so)


async def end(world: World) -> None:
    """End the call in the usual conversation."""
    await world.bob.command(GENERAL, "/startcall", "end")


def changes(world: World) -> list[str]:
    """Return the requests that change whether notifications come."""
    return [name for name in world.methods() if name in {"dnd.setSnooze", "dnd.endSnooze"}]


async def test_notifications_are_paused_for_the_call_and_come_again_when_they_leave(world: World) -> None:
    """Nobody else's are paused."""
    await choose_pauses(world.slack)
    ts = await join(world)
    await is_snoozed(world.slack, DAY_MIN)
    assert 0 == snoozed_until(world.slack, "bob")

    await world.alice.click(GENERAL, ts, "leave_call")
    await is_snoozed(world.slack, 0)
    await is_in(world, "at_rest")
    assert ["dnd.setSnooze", "dnd.endSnooze"] == changes(world)


async def test_who_had_paused_them_before_has_that_again(world: World) -> None:
    """For the minutes that are left."""
    await choose_pauses(world.slack)
    snooze_by_hand(world.slack, 45)
    await join(world)
    await is_snoozed(world.slack, DAY_MIN)
    await is_in(world, "shown")
    await end(world)

    await is_snoozed(world.slack, 45)
    await is_in(world, "at_rest")
    assert ["dnd.setSnooze", "dnd.setSnooze"] == changes(world)


async def test_who_had_paused_them_for_longer_is_left_alone(world: World) -> None:
    """Nothing is changed before, during or after the call."""
    await choose_pauses(world.slack)
    until_s = snooze_by_hand(world.slack, 3 * DAY_MIN)
    await join(world)
    await is_in(world, "left")
    await end(world)
    await is_in(world, "at_rest")

    assert (until_s, []) == (snoozed_until(world.slack), changes(world))


@pytest.mark.parametrize("minutes", [0, 30])
async def test_what_they_chose_during_the_call_stays(world: World, minutes: int) -> None:
    """Whether they ended the pause or gave it another end."""
    await choose_pauses(world.slack)
    await join(world)
    await is_in(world, "shown")
    until_s = snooze_by_hand(world.slack, minutes)
    await end(world)
    await is_in(world, "at_rest")

    assert (until_s, ["dnd.setSnooze"]) == (snoozed_until(world.slack), changes(world))


async def test_nothing_is_asked_about_who_did_not_choose_it(world: World) -> None:
    """Their status is set all the same."""
    await join(world)
    await shows(world.slack, OURS)
    await world.settled()

    assert [] == [name for name in world.methods() if name.startswith("dnd.")]


async def test_who_wants_only_the_pause_keeps_their_status(world: World) -> None:
    """The two choices do not depend on each other."""
    view_id, _ = await settings_of(world.slack, world.alice)
    chosen = {"person.shares_status": "no", "person.pauses_notifications": "yes"}
    await world.alice.submit(view_id, chosen)
    await join(world)
    await is_snoozed(world.slack, DAY_MIN)
    await end(world)
    await is_snoozed(world.slack, 0)

    assert (NOTHING, 0) == (shown_of(world.slack), world.methods().count("users.profile.set"))


async def test_choosing_in_the_middle_of_a_call_counts_at_once(world: World) -> None:
    """Both ways, and the status is not touched."""
    await join(world)
    await shows(world.slack, OURS)
    await choose_pauses(world.slack)
    await is_snoozed(world.slack, DAY_MIN)
    await is_in(world, "shown")
    await choose_pauses(world.slack, "no")
    await is_snoozed(world.slack, 0)

    await shows(world.slack, OURS)
    assert 1 == world.methods().count("users.profile.set")


async def test_who_takes_the_right_back_has_their_notifications_again(world: World) -> None:
    """Also in the middle of a call."""
    await choose_pauses(world.slack)
    await join(world)
    await is_in(world, "shown")
    view_id, _ = await settings_of(world.slack, world.alice)
    await world.alice.click_in_view(view_id, "unlink_account")

    await is_snoozed(world.slack, 0)
    await is_in(world, "")


async def test_who_allowed_only_the_status_is_told_in_the_dialog_and_may_allow_it_anew(world: World) -> None:
    """Their status is set; nothing is tried again until they have disconnected."""
    for grant in world.slack.installs.grants.values():
        grant.scopes = tuple(scope for scope in grant.scopes if not scope.startswith("dnd:"))
    await choose_pauses(world.slack)
    await join(world)
    await shows(world.slack, OURS)
    await is_in(world, "denied")
    await end(world)
    await join(world, new_channel(world.slack))
    await world.settled()
    assert ["dnd.info"] == [name for name in world.methods() if name.startswith("dnd.")]

    view_id, view = await settings_of(world.slack, world.alice)
    assert "but not pause your notifications" in section_of(view)["text"]["text"]
    await world.alice.click_in_view(view_id, "unlink_account")
    await wait_for(lambda: "Let Startcall set my status" in str(world.slack.workspace.views[view_id].payload))
    await is_in(world, "")
    await allow(world.slack, world.server.address)
    await join(world, new_channel(world.slack))
    await is_snoozed(world.slack, DAY_MIN)


async def test_an_answer_that_is_lost_leaves_no_pause_behind(world: World) -> None:
    """Slack had paused them, which its end tells."""
    await choose_pauses(world.slack)
    world.slack.faults.add("dnd.setSnooze", "drop_after")
    await join(world)
    await is_in(world, "shown")
    await end(world)

    await is_snoozed(world.slack, 0)
    assert ["dnd.setSnooze", "dnd.endSnooze"] == changes(world)
