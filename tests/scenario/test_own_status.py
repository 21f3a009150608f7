"""Slack shows beside a person's name that they are in a call, and afterwards what stood there before."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from sandbox.testing import wait_for
from storage.account_tables import accounts
from storage.status_tables import statuses
from tests.many_workspaces import eventually
from tests.own_status import (
    NOTHING,
    OURS,
    STATUS,
    allow,
    join,
    section_of,
    set_by_hand,
    settings_of,
    shown_of,
    shows,
    user_of,
)
from tests.world import GENERAL, USUAL, World, new_channel, running_world

LUNCH = ("Lunch", ":bento:")


@pytest.fixture(
    params=["socket_mode", "http", pytest.param("postgres", marks=pytest.mark.postgres)],
)
async def world(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[World]:
    """Run an app that may be allowed to set people's statuses, over both transports and on both databases."""
    url = request.getfixturevalue("postgres_url") if request.param == "postgres" else ""
    settings = {**USUAL, **STATUS}
    http = request.param == "http"
    async with running_world(tmp_path, http=http, database_url=url, extra=settings, signs_in=True) as running:
        yield running


async def rows(world: World) -> list[object]:
    """Return what is kept of statuses."""
    return await world.server.database.ask(lambda work: list(work.execute(statuses.select())))


async def is_at_rest(world: World) -> bool:
    """Say whether nothing of ours is shown any more, and nothing is due."""
    found = await world.server.database.ask(lambda work: list(work.execute(statuses.select())))
    return all(row.state in {"at_rest", "left"} for row in found)


async def is_shown(world: World) -> bool:
    """Say whether the app has noted that its status is there."""
    found = await world.server.database.ask(lambda work: list(work.execute(statuses.select())))
    return ["shown"] == [row.state for row in found]


async def test_a_status_is_set_for_the_call_and_put_back_when_they_leave(world: World) -> None:
    """What stood there before is there again as it was; nobody else's changes."""
    set_by_hand(world.slack, *LUNCH, until_s=4_000_000_000)
    status, text = await allow(world.slack, world.server.address)
    assert (200, True) == (status, "Your status is set from now on when you join a call." in text)
    assert "calls.add" not in world.methods()

    ts = await join(world)
    await shows(world.slack, OURS)
    longest_s = world.server.settings.longest_call_s
    assert abs(user_of(world.slack).status_expiration - world.slack.workspace.now() - longest_s) < 60
    assert NOTHING == shown_of(world.slack, "bob")

    await world.alice.click(GENERAL, ts, "leave_call")
    await shows(world.slack, LUNCH)
    assert 4_000_000_000 == user_of(world.slack).status_expiration
    assert 2 == world.methods().count("users.profile.set")


async def test_nobody_waits_for_the_next_look_at_what_is_due(world: World) -> None:
    """A status follows a press as fast as the card does, on both databases; the look comes after 4 s on PostgreSQL."""
    await allow(world.slack, world.server.address)

    ts = await join(world)
    await shows(world.slack, OURS, timeout_s=2.5)
    await world.alice.click(GENERAL, ts, "leave_call")
    await shows(world.slack, NOTHING, timeout_s=2.5)


async def test_the_end_of_a_call_puts_the_status_back(world: World) -> None:
    """Nobody has to leave one by one."""
    await allow(world.slack, world.server.address)
    await join(world)
    await shows(world.slack, OURS)
    await world.bob.command(GENERAL, "/startcall", "end")

    await shows(world.slack, NOTHING)


async def test_what_they_set_during_the_call_stays(world: World) -> None:
    """Neither the call's end nor the next look touches it."""
    await allow(world.slack, world.server.address)
    await join(world)
    await eventually(lambda: is_shown(world))
    set_by_hand(world.slack, *LUNCH)
    await world.bob.command(GENERAL, "/startcall", "end")
    await eventually(lambda: is_at_rest(world))

    assert LUNCH == shown_of(world.slack)
    assert 1 == world.methods().count("users.profile.set")


async def test_two_calls_are_one_status_until_the_last_one_ends(world: World) -> None:
    """The first one's end changes nothing."""
    await allow(world.slack, world.server.address)
    first = await join(world)
    await shows(world.slack, OURS)
    other = new_channel(world.slack)
    await join(world, other)
    await wait_for(lambda: 2 == world.methods().count("calls.participants.add"))
    await world.alice.click(GENERAL, first, "leave_call")
    await wait_for(lambda: 1 == world.methods().count("calls.participants.remove"))
    await world.settled()
    assert OURS == shown_of(world.slack)

    await world.bob.command(other, "/startcall", "end")
    await shows(world.slack, NOTHING)
    assert 2 == world.methods().count("users.profile.set")


async def test_who_has_not_allowed_it_is_left_alone(world: World) -> None:
    """No request is made about them."""
    await join(world)
    await wait_for(lambda: "calls.participants.add" in world.methods())
    await world.settled()

    assert [] == await rows(world)
    assert [] == [name for name in world.methods() if name.startswith("users.profile")]


async def test_the_dialog_offers_it_and_shows_the_choice_once_it_is_allowed(world: World) -> None:
    """Whoever chooses No in the middle of a call has their own status back."""
    _, view = await settings_of(world.slack, world.alice)
    assert "Let Startcall set my status" == section_of(view)["accessory"]["text"]["text"]
    assert [] == [block for block in view["blocks"] if block.get("block_id") == "person.shares_status"]
    set_by_hand(world.slack, *LUNCH)
    await allow(world.slack, world.server.address)
    await join(world)
    await shows(world.slack, OURS)

    view_id, view = await settings_of(world.slack, world.alice)
    assert "Startcall may set your Slack status" in section_of(view)["text"]["text"]
    await world.alice.submit(view_id, {"person.shares_status": "no"})
    await shows(world.slack, LUNCH)


async def test_who_takes_it_back_has_their_own_status_again_and_nothing_is_kept(world: World) -> None:
    """Also in the middle of a call."""
    set_by_hand(world.slack, *LUNCH)
    await allow(world.slack, world.server.address)
    await join(world)
    await eventually(lambda: is_shown(world))
    view_id, _ = await settings_of(world.slack, world.alice)
    await world.alice.click_in_view(view_id, "unlink_account")
    await wait_for(lambda: "Let Startcall set my status" in str(world.slack.workspace.views[view_id].payload))

    await shows(world.slack, LUNCH)
    await eventually(lambda: _is_forgotten(world))


async def test_a_right_taken_back_at_slack_is_told_once(world: World) -> None:
    """The call goes on, and nothing is tried again."""
    await allow(world.slack, world.server.address)
    world.slack.installs.revoke(world.alice.user_id)
    ts = await join(world)
    await eventually(lambda: _is_forgotten(world))
    await world.alice.click(GENERAL, ts, "leave_call")
    await wait_for(lambda: "calls.participants.remove" in world.methods())
    await join(world, new_channel(world.slack))
    await world.settled()

    told = [message.text for message in world.slack.workspace.messages.get("D0APPALICE0", [])]
    said = "Slack no longer lets Startcall set your status, so it is left as it is while you are in a call."
    assert [f"{said} Allow it again in `/startcall settings`."] == told
    assert NOTHING == shown_of(world.slack)


async def test_nobody_can_give_the_right_for_somebody_else(world: World) -> None:
    """Bob is signed in to Slack in the browser that Alice's address was opened in."""
    status, text = await allow(world.slack, world.server.address, signed_in="bob")

    assert (410, True) == (status, "somebody else is signed in to Slack in this browser" in text)
    assert await _is_forgotten(world)


async def test_slack_asks_to_wait_and_gets_the_status_later(world: World) -> None:
    """A status that came too soon is sent again when Slack said."""
    await allow(world.slack, world.server.address)
    world.slack.faults.add("users.profile.set", "429", retry_after_s=1)
    await join(world)

    await shows(world.slack, OURS)


async def test_an_answer_that_is_lost_leaves_the_right_status_behind(world: World) -> None:
    """Slack had set it, and what stood there before is still known."""
    set_by_hand(world.slack, *LUNCH)
    await allow(world.slack, world.server.address)
    world.slack.faults.add("users.profile.set", "drop_after")
    ts = await join(world)
    await eventually(lambda: is_shown(world))
    await world.alice.click(GENERAL, ts, "leave_call")

    await shows(world.slack, LUNCH)


async def _is_forgotten(world: World) -> bool:
    kept = await world.server.database.ask(lambda work: list(work.execute(accounts.select())))
    return [] == kept and [] == await rows(world)
