"""`python app.py calls …`: what whoever runs the app can do by hand."""

from __future__ import annotations

import pytest

import command_line
import operate
from sandbox.testing import wait_for
from tests.world import GENERAL, World

pytestmark = pytest.mark.parametrize("world", ["http"], indirect=True)


async def run(world: World, *words: str) -> int:
    """Run one command against the world's database and Slack."""
    parsed = command_line.parser().parse_args(["calls", *words])
    return await operate.run(world.server.settings, parsed)


async def test_running_calls_are_listed_with_their_ids(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    """Each running call is one line with the id that the other commands take."""
    assert 0 == await run(world, "list")
    assert "No call is running.\n" == capsys.readouterr().out

    await world.alice.command(GENERAL, "/startcall", "Weekly sync")
    await world.card(GENERAL)
    call = next(iter(world.slack.workspace.calls.values()))
    assert 0 == await run(world, "list")

    line = capsys.readouterr().out
    assert line.startswith(str(call.external_display_id))
    assert "Weekly sync" in line
    assert "live" in line


@pytest.mark.parametrize("named_by", ["display id", "our id", "Slack's id"])
async def test_a_call_is_shown_as_we_and_as_slack_know_it(
    world: World, capsys: pytest.CaptureFixture[str], named_by: str
) -> None:
    """Any of a call's three ids finds it, and Slack's own view of it is asked for."""
    await world.alice.command(GENERAL, "/startcall", "Weekly sync")
    await world.card(GENERAL)
    call = next(iter(world.slack.workspace.calls.values()))
    ids = {
        "display id": str(call.external_display_id),
        "our id": call.external_unique_id,
        "Slack's id": call.id,
    }

    assert 0 == await run(world, "info", ids[named_by])

    shown = capsys.readouterr().out
    assert "calls.info" in world.methods()
    assert all(text in shown for text in (call.id, call.join_url, "at Slack", GENERAL))


async def test_the_running_server_ends_a_call_for_the_operator(
    world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    """The command stores the end, the server does it, and the command says when it is done."""
    await world.alice.command(GENERAL, "/startcall", "Weekly sync")
    await world.card(GENERAL)
    call = next(iter(world.slack.workspace.calls.values()))

    assert 0 == await run(world, "end", str(call.external_display_id))

    assert call.date_end > 0
    assert "has ended" in capsys.readouterr().out
    await wait_for(lambda: "chat.update" in world.methods())


async def test_an_id_nobody_knows_is_said_to_be_so(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    """A mistyped id ends in a sentence and status 1."""
    for action in ("info", "end"):
        assert 1 == await run(world, action, "R0NONE")

    assert 2 == capsys.readouterr().err.count("No running call has the id R0NONE.")
