"""Who may end, rename and invite is what the workspace or the conversation chose, whichever way is taken."""

from __future__ import annotations

from dataclasses import replace

from calls.model import ChannelId, Person, TeamId, UserId
from calls.preferences import ChannelPreferences, Holder, Who, WorkspacePreferences
from sandbox.people import CAROL, DESIGNERS
from sandbox.testing import wait_for
from sandbox.workspace import Message
from tests.choosing import Choosing
from tests.scenario.ringing import rings
from tests.world import GENERAL, World

ALL = WorkspacePreferences(ends=Who.STARTER, renames=Who.STARTER, invites=Who.STARTER)


async def choose(world: World, chosen: WorkspacePreferences) -> None:
    """Choose for the workspace."""
    team = TeamId(world.slack.workspace.team.id)
    await Choosing(world.server.database).choose(
        Person(team, UserId(world.alice.user_id)), Holder.WORKSPACE, team, chosen
    )


async def started(world: World) -> Message:
    """Have Bob, who is no admin, start a call."""
    await world.bob.command(GENERAL, "/startcall", "Weekly sync")
    return await world.card(GENERAL)


async def view_of(world: World, user_id: str) -> str:
    """Return the dialog a person is shown."""
    await wait_for(lambda: bool(world.slack.workspace.modals.get(user_id)))
    return world.slack.workspace.modals[user_id][-1]


def is_running(world: World) -> bool:
    """Say whether the call runs under its first title."""
    call = next(iter(world.slack.workspace.calls.values()))
    return not call.date_end and call.title == "Weekly sync"


async def test_others_are_told_who_may_on_every_way(world: World) -> None:
    """By the commands and by the buttons; nothing changes."""
    await choose(world, ALL)
    card = await started(world)
    dave = world.slack.person("dave")
    for line in ("end", "rename Retro", "invite @carol"):
        await dave.command(GENERAL, "/startcall", line)
    for button in ("end_call", "invite_to_call"):
        await dave.click(GENERAL, card.ts, button)
    await wait_for(lambda: len(world.told(GENERAL, dave.user_id)) == 5)
    await world.settled()

    told = world.told(GENERAL, dave.user_id)
    # Dave is spoken to in French as soon as Slack was asked who he is, which the first answer waited for.
    assert f"Ask <@{world.bob.user_id}>, who started it." in told[0]
    assert all(f"<@{world.bob.user_id}>" in text for text in told)
    assert "“Weekly sync” can be ended by whoever started it, and workspace admins" in told[0]
    assert is_running(world)
    assert [] == rings(world, CAROL)


async def test_the_dialog_to_rename_is_checked_when_it_is_sent(world: World) -> None:
    """What is chosen while it is open counts."""
    card = await started(world)
    dave = world.slack.person("dave")
    await dave.click(GENERAL, card.ts, "rename_call")
    view_id = await view_of(world, dave.user_id)
    await choose(world, ALL)
    errors = await dave.submit(view_id, {"title": "Retro"})

    assert errors is not None
    assert "can be renamed by whoever started it" in errors["title"]
    assert is_running(world)


async def test_the_dialog_to_invite_is_checked_when_it_is_sent(world: World) -> None:
    """As the one to rename."""
    card = await started(world)
    dave = world.slack.person("dave")
    await dave.click(GENERAL, card.ts, "invite_to_call")
    view_id = await view_of(world, dave.user_id)
    await choose(world, ALL)
    errors = await dave.submit(view_id, {"people": [CAROL]})

    assert errors is not None
    assert "can invite to “Weekly sync”" in errors["people"]
    assert [] == rings(world, CAROL)


async def test_starters_and_admins_always_may(world: World) -> None:
    """Alice administers the workspace; Slack is asked so once, and only where it matters."""
    await choose(world, replace(ALL, renames=Who.ADMINS))
    await started(world)
    await world.bob.command(GENERAL, "/startcall", "rename Retro")
    await wait_for(lambda: "Retro" == next(iter(world.slack.workspace.calls.values())).title)
    assert "users.info" not in world.methods()
    await world.alice.command(GENERAL, "/startcall", "end")
    await wait_for(lambda: bool(next(iter(world.slack.workspace.calls.values())).date_end))

    assert 1 == world.methods().count("users.info")


async def test_people_in_the_call_may_where_participants_may(world: World) -> None:
    """Whoever is in, and nobody else."""
    await choose(world, WorkspacePreferences(ends=Who.PARTICIPANTS))
    card = await started(world)
    dave = world.slack.person("dave")
    await dave.command(GENERAL, "/startcall", "end")
    assert "can be ended by people who are in it" in world.told(GENERAL, dave.user_id)[-1]
    await dave.click(GENERAL, card.ts, "join_call")
    await dave.command(GENERAL, "/startcall", "end")

    await wait_for(lambda: bool(next(iter(world.slack.workspace.calls.values())).date_end))


async def test_members_of_the_chosen_group_may(world: World) -> None:
    """The group of the conversation counts before that of the workspace; it is asked for once."""
    team = TeamId(world.slack.workspace.team.id)
    chosen = ChannelPreferences(ends=Who.GROUP, group_id=DESIGNERS)
    alice = Person(team, UserId(world.alice.user_id))
    await Choosing(world.server.database).choose(alice, Holder.CHANNEL, ChannelId(GENERAL), chosen)
    await world.alice.command(GENERAL, "/startcall", "Weekly sync")
    await world.card(GENERAL)
    dave = world.slack.person("dave")
    await dave.command(GENERAL, "/startcall", "end")
    assert f"can be ended by members of <!subteam^{DESIGNERS}>" in world.told(GENERAL, dave.user_id)[-1]
    await world.slack.person("carol").command(GENERAL, "/startcall", "end")
    await wait_for(lambda: bool(next(iter(world.slack.workspace.calls.values())).date_end))

    assert 1 == world.methods().count("usergroups.users.list")


async def test_who_cannot_be_looked_up_in_time_is_asked_to_try_again(world: World) -> None:
    """The command is answered in time, and nothing changes."""
    await choose(world, ALL)
    await started(world)
    world.slack.faults.add("users.info", "delay", delay_s=1.5)
    ack = await world.slack.person("dave").command(GENERAL, "/startcall", "end")

    assert ack.is_ok
    assert "Slack did not say in time" in world.told(GENERAL, world.slack.person("dave").user_id)[-1]
    assert is_running(world)
