"""The app's Home: a person's own calls, a chart with its text, and for admins what needs them."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import timedelta

import pytest
from PIL import Image

from calls.clock import now
from calls.home import FORCE_END_CALL, RETRY_CALL
from calls.model import Call, ChannelId, Participant, Person, TeamId, UserId
from calls.ports import Transaction
from calls.preferences import Holder, WorkspacePreferences
from sandbox.person import Person as Somebody
from sandbox.testing import wait_for
from sandbox.workspace import Json
from tests.choosing import Choosing
from tests.scenario.test_history import past_calls
from tests.scenario.test_recap import ended_call
from tests.world import GENERAL, World


async def home_of(world: World, somebody: Somebody) -> str:
    """Let somebody open the Home and return it once it is drawn."""
    before = published(world)
    await somebody.open_home()
    await wait_for(lambda: published(world) > before)
    return shown_to(world, somebody)


def published(world: World) -> int:
    """Return how often a Home was drawn."""
    return world.methods().count("views.publish")


def shown_to(world: World, somebody: Somebody) -> str:
    """Return the Home somebody has."""
    return str(view_of(world, somebody))


def view_of(world: World, somebody: Somebody) -> Json:
    """Return the Home somebody has, as Slack does."""
    return world.slack.workspace.views[world.slack.workspace.homes[somebody.user_id]].payload


def picture_in(world: World, somebody: Somebody) -> Json | None:
    """Return the picture on a Home, or None."""
    return next((block for block in view_of(world, somebody)["blocks"] if block["type"] == "image"), None)


async def press(world: World, somebody: Somebody, action_id: str) -> None:
    """Press the first button of a kind on a Home, whose view it is on."""
    before = published(world)
    await somebody.click_in_view(world.slack.workspace.homes[somebody.user_id], action_id)
    await wait_for(lambda: published(world) > before)
    await world.settled()


async def stuck_call(world: World) -> Call:
    """Let Bob's call be set aside."""
    await world.bob.command(world.channel("project-x"), "/startcall", "Salaries")
    await wait_for(lambda: bool(world.slack.workspace.calls))
    await world.settled()
    (record,) = world.slack.workspace.calls.values()

    def work(transaction: Transaction) -> Call:
        call = transaction.call_named(record.id)
        assert call is not None
        return transaction.save_call(replace(call, stuck_code="token_revoked", due_at=None))

    return await world.server.database.write(work)


async def test_the_home_shows_only_calls_that_a_person_has_to_do_with(world: World) -> None:
    """What runs in conversations somebody may not be in is told to nobody: started, joined or invited counts."""
    await world.bob.command(world.channel("project-x"), "/startcall", "Salaries")
    await world.alice.command(GENERAL, "/startcall", "Lunch @bob")
    await world.settled()

    assert "Salaries" in await home_of(world, world.bob)
    assert "Lunch" in shown_to(world, world.bob)
    for other in (world.alice, world.slack.person("carol")):
        assert "Salaries" not in await home_of(world, other)


async def test_the_home_shows_the_last_calls_with_the_way_to_their_recap(world: World) -> None:
    """Of those somebody was in: the link leads to the card, whose thread has the recap."""
    card = await ended_call(world)
    home = await home_of(world, world.bob)
    assert "Weekly sync" in home
    assert f"/p{card.ts.replace('.', '')}" in home
    assert "Weekly sync" not in await home_of(world, world.slack.person("carol"))


async def test_the_home_has_a_chart_of_calls_per_week_with_its_text(world: World) -> None:
    """It is a picture at Slack, drawn again only when its numbers are others, and at most once an hour."""
    await past_calls(world, 5)
    await home_of(world, world.alice)
    await wait_for(lambda: picture_in(world, world.alice) is not None)
    picture = picture_in(world, world.alice) or {}
    file = world.slack.workspace.files[picture["slack_file"]["id"]]
    with Image.open(io.BytesIO(file.content or b"")) as image:
        assert ("PNG", (1200, 420)) == (image.format, image.size)
    total = sum(int(number) for number in picture["alt_text"].split(": ")[1].rstrip(".").split(", "))

    assert 5 == total
    assert picture["alt_text"] == file.alt_text
    assert [] == file.channels

    await home_of(world, world.bob)
    await past_calls(world, 1)
    await home_of(world, world.alice)
    await world.settled()
    assert picture["slack_file"] == (picture_in(world, world.bob) or {})["slack_file"]
    assert 1 == world.methods().count("files.getUploadURLExternal")


@pytest.mark.parametrize("trouble", ["no scope", "not ready"])
async def test_without_a_picture_the_home_tells_the_numbers_in_words(world: World, trouble: str) -> None:
    """Where the app may not upload, and in the seconds in which Slack does not show an upload yet."""
    if trouble == "no scope":
        world.slack.installation.scopes.discard("files:write")
    await past_calls(world, 5)
    if trouble == "not ready":
        world.slack.faults.add("views.publish", "delay", delay_s=0.0)
        world.slack.faults.add("views.publish", "error", error="invalid_arguments")
    await home_of(world, world.alice)
    expected = 3 if trouble == "not ready" else 1
    await wait_for(lambda: published(world) == expected)

    assert picture_in(world, world.alice) is None
    assert "Calls per week, the oldest week first: 0, " in shown_to(world, world.alice)


async def test_admins_see_stuck_calls_and_end_them_by_force(world: World) -> None:
    """Without a title that they may not know; the call then is over for everybody."""
    call = await stuck_call(world)
    home = await home_of(world, world.alice)
    assert f"`{call.display_id}`" in home
    assert "Salaries" not in home
    assert FORCE_END_CALL not in await home_of(world, world.slack.person("carol"))

    await press(world, world.alice, FORCE_END_CALL)
    await wait_for(lambda: all(record.date_end for record in world.slack.workspace.calls.values()))
    await world.settled()
    ended = await world.server.database.read(lambda transaction: transaction.call(call.id))
    assert ended is not None
    assert ("ended", world.alice.user_id, None) == (ended.state, ended.ended_by, ended.stuck_code)
    assert "No call of this workspace is stuck." in shown_to(world, world.alice)


async def test_admins_let_calls_be_tried_again(world: World) -> None:
    """The call goes on from where it was."""
    call = await stuck_call(world)
    await home_of(world, world.alice)
    await press(world, world.alice, RETRY_CALL)
    tried = await world.server.database.read(lambda transaction: transaction.call(call.id))
    assert tried is not None
    assert (None, "live") == (tried.stuck_code, tried.state)


async def test_who_is_no_admin_any_more_is_refused_at_the_press(world: World) -> None:
    """The Home they still have open does not count, nor does anything they send of their own."""
    call = await stuck_call(world)
    await home_of(world, world.alice)
    world.slack.workspace.users[world.alice.user_id].is_admin = False
    profile = await world.server.profiles.known(call.team_id, UserId(world.alice.user_id))
    assert profile is not None
    world.server.profiles._remember(replace(profile, read_at=now() - timedelta(minutes=10)))  # noqa: SLF001 - time passes
    await press(world, world.alice, FORCE_END_CALL)
    await wait_for(lambda: any("Only admins of this workspace" in text for text in sent_to(world, world.alice)))

    kept = await world.server.database.read(lambda transaction: transaction.call(call.id))
    assert kept is not None
    assert "token_revoked" == kept.stuck_code
    assert FORCE_END_CALL not in shown_to(world, world.alice)


def sent_to(world: World, somebody: Somebody) -> list[str]:
    """Return what the app wrote to somebody directly."""
    members = {somebody.user_id, world.slack.installation.bot_user_id}
    direct = [one.id for one in world.slack.workspace.channels.values() if one.kind == "im" and one.members == members]
    return [message.text for channel in direct for message in world.slack.workspace.messages.get(channel, [])]


async def test_a_call_of_another_workspace_cannot_be_ended_here(world: World) -> None:
    """Whoever is an admin here is none there, whatever id they send."""
    call = await stuck_call(world)
    await home_of(world, world.alice)
    await world.server.database.write(
        lambda transaction: transaction.save_call(replace(call, team_id=TeamId("T0ELSEWHERE"), version=call.version))
    )
    await press(world, world.alice, FORCE_END_CALL)
    kept = await world.server.database.read(lambda transaction: transaction.call(call.id))
    assert kept is not None
    assert kept.state.is_open
    assert call.display_id not in shown_to(world, world.alice)


async def test_admins_see_what_was_changed_last(world: World) -> None:
    """Who chose what, and when."""
    alice = Person(TeamId(world.slack.workspace.team.id), UserId(world.alice.user_id))
    await Choosing(world.server.database).choose(
        alice, Holder.WORKSPACE, alice.team_id, WorkspacePreferences(records=False)
    )
    assert "changed `records` for the workspace" in await home_of(world, world.alice)
    assert "`records`" not in await home_of(world, world.bob)


async def test_a_full_home_is_one_that_slack_takes(world: World) -> None:
    """With more calls than it lists, and titles and names at their longest, it stays within 100 blocks."""
    await past_calls(world, 30)
    team, alice = TeamId(world.slack.workspace.team.id), UserId(world.alice.user_id)

    def work(transaction: Transaction) -> None:
        one = transaction.past_calls(team, ChannelId(GENERAL), 1)[0].call
        for index in range(60):
            call = replace(
                one,
                id=type(one.id)(f"{index:032x}"),
                title="*_~" * 50,
                state=type(one.state).LIVE,
                ended_at=None,
                created_at=now() - timedelta(hours=9),
                stuck_code="defect" if index % 2 else None,
            )
            transaction.add_call(call)
            transaction.save_participant(
                Participant(call.id, "slack:x", present=True, told=True, joined_at=now(), slack_id=alice)
            )

    await world.server.database.write(work)
    await home_of(world, world.alice)
    await wait_for(lambda: picture_in(world, world.alice) is not None)
    assert 60 < len(view_of(world, world.alice)["blocks"]) <= 100
