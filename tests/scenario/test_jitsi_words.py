"""`/jitsi` and its words, for people who move here: one room for all, and a server that only admins choose."""

from __future__ import annotations

import argparse
import json
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

import operate_import
from calls.model import TeamId
from sandbox.people import ALICE, BOB, CAROL
from sandbox.person import Person
from sandbox.testing import wait_for
from tests.world import GENERAL, World, running_world

RANDOM, PRIVATE = "C0RANDOM001", "C0PROJECT01"
SERVER = "https://meet.example.com"


@pytest.fixture(params=["socket_mode", "http"])
async def world(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[World]:
    """Run the app with `/jitsi` in its manifest."""
    async with running_world(tmp_path, http=request.param == "http") as running:
        installation = running.slack.installation
        usual = installation.manifest.command("/startcall")
        assert usual is not None
        commands = (usual, replace(usual, command="/jitsi"))
        installation.manifest = replace(installation.manifest, slash_commands=commands)
        yield running


async def answered(world: World, person: Person, text: str) -> str:
    """Type a line and return what the person is told next."""
    before = len(world.told(GENERAL, person.user_id))
    await person.command(GENERAL, "/jitsi", text)
    await wait_for(lambda: len(world.told(GENERAL, person.user_id)) > before)
    return world.told(GENERAL, person.user_id)[-1]


def addresses(world: World) -> list[str]:
    """Return where calls take place, in order."""
    return [str(one.request["join_url"]) for one in world.slack.api_calls("calls.add")]


async def test_bare_and_with_a_name_it_starts_a_call(world: World) -> None:
    """A first word that is a command of `/startcall` is a name here."""
    await world.alice.command(GENERAL, "/jitsi")
    await world.card(GENERAL)
    await world.bob.command(RANDOM, "/jitsi", "list of things")
    await world.card(RANDOM)
    await world.bob.command(PRIVATE, "/jitsi", "end")
    await wait_for(lambda: len(addresses(world)) == 3)

    assert ["general", "list of things", "end"] == [
        str(one.request["title"]).lower().removeprefix("call in #") for one in world.slack.api_calls("calls.add")
    ]


async def test_people_are_asked_into_one_room(world: World) -> None:
    """Not each into one of their own."""
    await world.alice.command(GENERAL, "/jitsi", "@bob @carol")
    await world.card(GENERAL)

    assert 1 == len(addresses(world))
    call = (await world.server.database.read(lambda work: work.unfinished_calls()))[0]
    assert [BOB, CAROL] == list(call.invited)


async def test_only_admins_choose_a_server(world: World) -> None:
    """And only one that everybody can safely be sent to."""
    assert "take place where all calls" in await answered(world, world.bob, "server")
    assert "Only admins of this workspace may do that." in await answered(world, world.bob, f"server {SERVER}")
    assert "begins with https://" in await answered(world, world.alice, "server http://meet.example.com")
    assert "your own network" in await answered(world, world.alice, "server https://10.0.0.1")
    assert "without a user name" in await answered(world, world.alice, "server https://meet.jit.si@evil.example.com")
    assert f"take place at {SERVER}." in await answered(world, world.alice, f"server {SERVER}/")
    assert f"take place at {SERVER}." in await answered(world, world.bob, "server")

    await world.bob.command(GENERAL, "/jitsi", "Sprint planning")
    await world.card(GENERAL)
    await world.bob.command(RANDOM, "/jitsi")
    await world.card(RANDOM)
    assert f"{SERVER}/Sprint%20planning" == addresses(world)[0]
    assert addresses(world)[1].startswith(f"{SERVER}/")

    assert "where all calls" in await answered(world, world.alice, "server default")
    changes = await world.server.database.read(
        lambda work: work.preference_changes(TeamId(world.slack.workspace.team.id), 10)
    )
    assert [(ALICE, SERVER, None), (ALICE, None, SERVER)] == [
        (one.changed_by, one.before, one.after) for one in changes
    ]


async def test_help_shows_its_words(world: World) -> None:
    """And the way to everything else."""
    said = await answered(world, world.bob, "help")
    assert "/jitsi server" in said
    assert "/startcall help" in said


async def test_servers_of_an_earlier_app_are_taken_over_once(
    world: World, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Nothing is stored without `--write`, and the second time changes nothing; no token is shown."""
    team = world.slack.workspace.team.id
    rows = [
        {"workspace_id": team, "oauth_token": "xoxb-old", "server_url": SERVER},
        {"workspace_id": "T0PLAIN", "server_url": "http://meet.example.com"},
        {"workspace_id": "T0USUAL", "server_url": "https://meet.jit.si"},
    ]
    file = tmp_path / "rows.json"
    file.write_text(json.dumps(rows), encoding="utf-8")

    async def run(*, write: bool) -> str:
        assert 0 == await operate_import.run(world.server.settings, argparse.Namespace(file=file, write=write))
        return capsys.readouterr().out

    dry = await run(write=False)
    assert "take place where all calls" in await answered(world, world.bob, "server")
    first, second = await run(write=True), await run(write=True)

    assert f"{team}: `/jitsi` meets at {SERVER}.\n" in dry
    assert f"{team}: an admin has to install Startcall" in first
    assert "T0PLAIN: its server is not taken over" in first
    assert "T0USUAL: had no server of its own" in first
    assert f"{team}: `/jitsi` meets at {SERVER}, as before." in second
    assert "xoxb" not in dry + first + second
    assert f"take place at {SERVER}." in await answered(world, world.bob, "server")
