"""The words after `/startcall`, as a person meets them."""

from __future__ import annotations

import re

import pytest

from calls.words import usage
from sandbox.testing import wait_for
from tests.scenario.asking import start_another
from tests.world import GENERAL, World, new_channel


async def test_every_line_that_help_prints_can_be_typed(world: World) -> None:
    """Help is complete, and each command it prints is understood as that command."""
    await world.alice.command(GENERAL, "/startcall", "help")

    lines = re.findall(r"`/startcall ?([^`]*)`: ", world.told(GENERAL, world.alice.user_id)[0])
    starts = [typed for typed, _ in usage.starts(("link",))]
    commands = [typed for typed, _ in usage.commands()]
    assert [*starts, *commands] == lines
    for typed in starts:
        channel_id = new_channel(world.slack)
        await world.alice.command(channel_id, "/startcall", typed)
        await wait_for(lambda channel_id=channel_id: world.slack.workspace.messages.get(channel_id))  # type: ignore[misc]
    for typed in commands:
        await world.alice.command(GENERAL, "/startcall", typed)
    assert [] == world.cards(GENERAL)
    dialogs = ["schedule", "settings"]
    assert 1 + len(commands) - len(dialogs) == len(world.told(GENERAL, world.alice.user_id))


async def test_join_rename_leave_and_end_by_command(world: World) -> None:
    """Everything the buttons do can be typed, and the answers say what was done."""
    await world.alice.command(GENERAL, "/startcall", "Weekly sync")
    await world.card(GENERAL)
    call = next(iter(world.slack.workspace.calls.values()))

    await world.bob.command(GENERAL, "/startcall", "join")
    await wait_for(lambda: [{"slack_id": world.bob.user_id}] == call.active)
    await world.bob.command(GENERAL, "/startcall", "rename Big retro")
    await wait_for(lambda: "Big retro" == call.title)
    await world.bob.command(GENERAL, "/startcall", "leave")
    await wait_for(lambda: [] == call.active)
    await world.bob.command(GENERAL, "/startcall", "end")
    await wait_for(lambda: call.date_end > 0)

    told = world.told(GENERAL, world.bob.user_id)
    assert call.join_url in told[0]
    assert ["The call is now called “Big retro”.", "You left “Big retro”."] == told[1:3]
    assert "Ending “Big retro” for everybody." == told[3]


async def test_with_several_calls_the_id_decides(world: World) -> None:
    """Where two calls run, a bare command asks which one, and the line it offers works as printed."""
    await world.alice.command(GENERAL, "/startcall", "One")
    await world.card(GENERAL)
    await start_another(world, world.alice, GENERAL, "Two")
    await world.card(GENERAL, 2)
    calls = {call.title: call for call in world.slack.workspace.calls.values()}

    await world.bob.command(GENERAL, "/startcall", "end")
    question = world.told(GENERAL, world.bob.user_id)[0]
    display_id = calls["Two"].external_display_id
    assert f"/startcall end {display_id}" in question
    await world.bob.command(GENERAL, "/startcall", f"end {display_id}")
    await wait_for(lambda: calls["Two"].date_end > 0)

    assert 0 == calls["One"].date_end


async def test_list_shows_what_the_person_may_see_and_no_more(world: World) -> None:
    """Calls of this conversation and the person's own are listed; those of others elsewhere are not."""
    await world.alice.command(world.channel("alice--bob"), "/startcall", "Private")
    await world.card(world.channel("alice--bob"))
    await world.bob.command(GENERAL, "/startcall", "Public")
    await world.card(GENERAL)

    for person in (world.alice, world.slack.person("carol")):
        await person.command(GENERAL, "/startcall", "list")

    alices, carols = (world.told(GENERAL, user)[-1] for user in (world.alice.user_id, "U0CAROL0001"))
    assert "Private" in alices
    assert "Public" in alices
    assert "Private" not in carols
    assert "Public" in carols


@pytest.mark.parametrize(
    ("typed", "title"),
    [
        ("", "Call in #general"),
        ("x" * 4_000, "x" * 149 + "…"),
        ("<!channel>", "@channel"),
        ("@channel everybody", "@channel everybody"),
        ("pay \u202egnp.exe \u0007bell \u0000", "pay gnp.exe bell"),
        ("🎉 Release 👩‍👩‍👧", "🎉 Release 👩‍👩‍👧"),
        ("R&D <b>bold</b> *x*", "R&D <b>bold</b> *x*"),
        ("'; DROP TABLE calls; --", "'; DROP TABLE calls; --"),
    ],
)
async def test_whatever_is_typed_becomes_a_safe_title(world: World, typed: str, title: str) -> None:
    """Odd input starts a call with a readable title, rings nobody, and breaks nothing."""
    await world.alice.command(GENERAL, "/startcall", typed)
    await world.card(GENERAL)

    sent = [call.request for call in world.api_calls()]
    assert title == sent[0]["title"]
    assert "<!" not in str(sent)
    assert 2 == len(sent)
