"""Where a call takes place: what was asked for, then what the person, the conversation and the workspace chose."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from calls.model import Person, TeamId, UserId
from calls.ports import Transaction
from calls.preferences import (
    OWN_ROOM,
    ChannelPreferences,
    Holder,
    PersonPreferences,
    Preferences,
    WorkspacePreferences,
)
from sandbox.testing import wait_for
from tests.choosing import Choosing
from tests.scenario.asking import questions, start_another
from tests.world import GENERAL, World, running_world

SEVERAL = {
    "STARTCALL_PROVIDER": "jitsi",
    "STARTCALL_PROVIDERS": "link, builtin",
    "STARTCALL_LINK_TEMPLATE": "{slack}meet/{room}",
}
MINE = "https://meet.example.com/alice"


@pytest.fixture(params=["socket_mode", "http"])
async def world(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[World]:
    """Run an app that has several meeting systems."""
    async with running_world(tmp_path, http=request.param == "http", extra=SEVERAL) as running:
        yield running


async def choose(world: World, holder: Holder, holder_id: str, chosen: Preferences) -> None:
    """Store what Alice chose for herself or others."""
    alice = Person(TeamId(world.slack.workspace.team.id), UserId(world.alice.user_id))
    await Choosing(world.server.database).choose(alice, holder, holder_id, chosen)


async def started_at(world: World, typed: str, number: int) -> tuple[str, str]:
    """Start a call, ending the one before, and return its meeting system and where Slack sends people."""
    if number > 1:
        await world.bob.command(GENERAL, "/startcall", "end")
        await wait_for(lambda: "calls.end" in world.methods()[-2:])
        await world.settled()
    await world.alice.command(GENERAL, "/startcall", typed)
    await world.card(GENERAL, number)
    calls = await world.server.database.read(lambda work: work.open_calls(TeamId(world.slack.workspace.team.id)))
    return calls[-1].provider, calls[-1].join_url or ""


async def test_the_nearest_choice_is_where_a_call_takes_place(world: World) -> None:
    """Workspace, then conversation, then person, then what is typed."""
    assert "jitsi" == (await started_at(world, "one", 1))[0]
    await choose(world, Holder.WORKSPACE, world.slack.workspace.team.id, WorkspacePreferences("link"))
    assert "link" == (await started_at(world, "two", 2))[0]
    await choose(world, Holder.CHANNEL, GENERAL, ChannelPreferences("builtin"))
    assert "builtin" == (await started_at(world, "three", 3))[0]
    await choose(world, Holder.PERSON, world.alice.user_id, PersonPreferences("link"))
    assert "link" == (await started_at(world, "four", 4))[0]
    assert "jitsi" == (await started_at(world, "five with jitsi", 5))[0]

    assert ["Starting “five” at jitsi."] == world.told(GENERAL, world.alice.user_id)


async def test_a_choice_that_is_set_up_no_longer_is_said_and_the_next_one_counts(world: World) -> None:
    """Nobody waits for a meeting system that is gone."""
    await choose(world, Holder.PERSON, world.alice.user_id, PersonPreferences("zoom"))
    await choose(world, Holder.CHANNEL, GENERAL, ChannelPreferences("link"))

    assert "link" == (await started_at(world, "one", 1))[0]
    said = "zoom was chosen, and is not set up here any more. Choose another with `/startcall settings`."
    assert [f"{said}\nThis call takes place at link."] == world.told(GENERAL, world.alice.user_id)


async def test_calls_of_somebody_with_a_room_of_their_own_take_place_there(world: World) -> None:
    """No room is made, and none is closed at the end."""
    await choose(world, Holder.PERSON, world.alice.user_id, PersonPreferences(room_url=MINE))

    assert (OWN_ROOM, MINE) == await started_at(world, "one", 1)
    assert MINE == world.slack.api_calls("calls.add")[0].request["join_url"]
    await world.alice.command(GENERAL, "/startcall", "end")
    await world.settled()

    assert ["calls.add", "chat.postMessage", "calls.end", "chat.update"] == world.methods()
    assert [] == await world.set_aside()


async def test_with_my_room_names_it_where_something_else_is_usual(world: World) -> None:
    """And whoever has none is told where to give its address; the call still starts."""
    assert "jitsi" == (await started_at(world, "one with my room", 1))[0]
    assert [
        "You have no room of your own yet: give its address in `/startcall settings`.\nThis call takes place at jitsi."
    ] == world.told(GENERAL, world.alice.user_id)

    await choose(world, Holder.PERSON, world.alice.user_id, PersonPreferences("link", room_url=MINE))
    assert "link" == (await started_at(world, "two", 2))[0]
    assert (OWN_ROOM, MINE) == await started_at(world, "three with my room", 3)
    assert "Starting “three” in your own room." == world.told(GENERAL, world.alice.user_id)[-1]


async def test_a_second_call_in_the_same_room_says_so(world: World) -> None:
    """Two cards, one room: the starter knows that everybody meets, and each card keeps its own people."""
    await choose(world, Holder.PERSON, world.alice.user_id, PersonPreferences(room_url=MINE))
    await started_at(world, "one", 1)
    await start_another(world, world.alice, GENERAL, "two")
    await world.card(GENERAL, 2)
    await wait_for(lambda: not questions(world, GENERAL))
    said = world.told(GENERAL, world.alice.user_id)[-1].splitlines()[-1]
    assert said.startswith("Your room is in use by the call “one” (`")

    await world.bob.click(GENERAL, world.cards(GENERAL)[1].ts, "join_call")
    await world.settled()

    def people(work: Transaction) -> list[list[str | None]]:
        calls = work.open_calls(TeamId(world.slack.workspace.team.id))
        return [[person.slack_id for person in work.participants(call.id)] for call in calls]

    assert [[], [world.bob.user_id]] == await world.server.database.read(people)
