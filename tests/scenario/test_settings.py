"""The dialog of the settings: who sees which part, what is checked, and what two people at once do to each other."""

from __future__ import annotations

from datetime import timedelta

import pytest

from calls.model import TeamId, UserId
from calls.preferences import Holder, PreferenceChange, Who
from sandbox.person import Person
from sandbox.testing import wait_for
from sandbox.workspace import Json, View
from tests.choosing import Choosing
from tests.world import GENERAL, World

PARTS = ["settings_part_person", "settings_part_channel", "settings_part_workspace"]


async def shown(world: World, person: Person) -> View:
    """Return the dialog that a person has open."""
    await wait_for(lambda: bool(world.slack.workspace.modals.get(person.user_id)))
    return world.slack.workspace.views[world.slack.workspace.modals[person.user_id][-1]]


async def opened(world: World, person: Person, channel_id: str = GENERAL) -> View:
    """Open the dialog by the command."""
    before = set(world.slack.workspace.modals.get(person.user_id, []))
    await person.command(channel_id, "/startcall", "settings")
    await wait_for(lambda: bool(set(world.slack.workspace.modals.get(person.user_id, [])) - before))
    return await shown(world, person)


async def turned_to(world: World, person: Person, part: str, values: dict[str, object] | None = None) -> View:
    """Show another part of the open dialog."""
    view = await shown(world, person)
    before = view.hash
    await person.click_in_view(view.id, f"settings_part_{part}", values=values or {})
    await wait_for(lambda: view.hash != before)
    return view


def tabs(view: View) -> list[str]:
    """Return the action ids of the buttons that show a part."""
    return [
        one["action_id"] for block in view.payload["blocks"] if block["type"] == "actions" for one in block["elements"]
    ]


def element(view: View, block_id: str) -> Json:
    """Return an input."""
    found: Json = next(block["element"] for block in view.payload["blocks"] if block.get("block_id") == block_id)
    return found


async def changes(world: World) -> list[PreferenceChange]:
    """Return who changed what, newest first."""
    team_id = TeamId(world.slack.workspace.team.id)
    return list(await world.server.database.read(lambda work: work.preference_changes(team_id, 100)))


async def workspace(world: World) -> object:
    """Return what the workspace chose."""
    return await Choosing(world.server.database).of_workspace(TeamId(world.slack.workspace.team.id))


async def test_the_command_opens_ones_own_choices_and_says_nothing_else(world: World) -> None:
    """Nobody else sees that somebody looked."""
    view = await opened(world, world.bob)

    assert ("settings", "Settings") == (view.payload["callback_id"], view.payload["title"]["text"])
    assert ["person.provider", "person.room_url", "person.rings"] == [
        block["block_id"] for block in view.payload["blocks"] if block["type"] == "input"
    ]
    assert "As usual (link)" == element(view, "person.provider")["initial_option"]["text"]["text"]
    assert ["users.info", "views.open"] == world.methods()
    assert [] == world.told(GENERAL, world.bob.user_id)


async def test_the_button_on_the_home_opens_it_too(world: World) -> None:
    """There is no conversation then, so nothing is shown about one."""
    await world.alice.open_home()
    await wait_for(lambda: world.alice.user_id in world.slack.workspace.homes)
    await world.alice.click_in_view(world.slack.workspace.homes[world.alice.user_id], "settings")

    assert [PARTS[0], PARTS[2]] == tabs(await shown(world, world.alice))


async def test_only_admins_see_the_workspaces_part(world: World) -> None:
    """Bob sees his own choices, and in a conversation of two those of the conversation."""
    assert PARTS == tabs(await opened(world, world.alice))
    assert [] == tabs(await opened(world, world.bob))
    assert PARTS[:2] == tabs(await opened(world, world.bob, "D0ALICEBOB1"))


async def test_what_was_chosen_counts_and_is_shown_the_next_time(world: World) -> None:
    """The room is where the next call takes place."""
    view = await opened(world, world.bob)
    assert None is await world.bob.submit(
        view.id, {"person.room_url": "https://meet.example.com/bob", "person.rings": "no"}
    )

    await world.bob.command(GENERAL, "/startcall", "One")
    await world.card(GENERAL)
    view = await opened(world, world.bob)

    assert "https://meet.example.com/bob" == world.slack.api_calls("calls.add")[0].request["join_url"]
    assert "https://meet.example.com/bob" == element(view, "person.room_url")["initial_value"]
    assert "no" == element(view, "person.rings")["initial_option"]["value"]
    assert {("room_url", None, "https://meet.example.com/bob"), ("rings", None, "False")} == {
        (one.name, one.before, one.after) for one in await changes(world)
    }


@pytest.mark.parametrize(
    ("address", "fault"),
    [
        ("http://meet.example.com/bob", "Please give an address that begins with https://."),
        ("https://192.168.1.7/bob", "That address works in your own network only."),
        ("https://intranet/bob", "That address works in your own network only."),
        ("https://printer.local/bob", "That address works in your own network only."),
        ("https://bob:secret@meet.example.com/", "Please give the address without a user name or password"),
        ("https://meet.example.com/bob\\..\\eve", "That is no web address."),
        (f"https://meet.example.com/{'b' * 500}", "That address is too long: 500 characters are possible."),
    ],
)
async def test_a_room_that_not_everybody_can_safely_open_is_refused_at_its_input(
    world: World, address: str, fault: str
) -> None:
    """And nothing at all is stored."""
    view = await opened(world, world.bob)
    faults = await world.bob.submit(view.id, {"person.room_url": address, "person.rings": "no"})

    assert faults is not None
    assert ["person.room_url"] == list(faults)
    assert faults["person.room_url"].startswith(fault)
    assert [] == await changes(world)


async def test_what_is_entered_stays_while_other_parts_are_looked_at(world: World) -> None:
    """Save stores all parts at once; what nobody touched is not stored."""
    await opened(world, world.alice)
    await turned_to(world, world.alice, "workspace", {"person.rings": "no"})
    await turned_to(world, world.alice, "channel", {"workspace.ends": "admins", "workspace.asks_above": "12"})
    view = await turned_to(world, world.alice, "person", {"channel.records": "no"})
    assert "no" == element(view, "person.rings")["initial_option"]["value"]
    assert None is await world.alice.submit(view.id)

    assert {
        (Holder.PERSON, "rings", "False"),
        (Holder.WORKSPACE, "ends", "admins"),
        (Holder.WORKSPACE, "asks_above", "12"),
        (Holder.CHANNEL, "records", "False"),
    } == {(one.holder, one.name, one.after) for one in await changes(world)}


async def test_something_wrong_is_corrected_before_another_part_is_shown(world: World) -> None:
    """It would be out of sight otherwise."""
    await opened(world, world.alice)
    view = await turned_to(world, world.alice, "workspace", {"person.room_url": "https://intranet/a"})

    assert "person.room_url" in [block["block_id"] for block in view.payload["blocks"]]
    said = view.payload["blocks"][2]["text"]["text"]
    assert said.startswith("Please correct this first:\n• That address works in your own network only.")


async def test_of_two_admins_at_once_each_changes_only_what_they_changed(world: World) -> None:
    """Where both changed the same, the last one wins; the audit has both."""
    world.slack.workspace.users[world.bob.user_id].is_admin = True
    await opened(world, world.alice)
    await opened(world, world.bob)
    hers = await turned_to(world, world.alice, "workspace")
    his = await turned_to(world, world.bob, "workspace")

    assert None is await world.alice.submit(hers.id, {"workspace.ends": "starter", "workspace.asks_above": "9"})
    assert None is await world.bob.submit(his.id, {"workspace.ends": "admins", "workspace.rings": "no"})

    chosen = await Choosing(world.server.database).of_workspace(TeamId(world.slack.workspace.team.id))
    assert (Who.ADMINS, 9, False) == (chosen.ends, chosen.asks_above, chosen.rings)
    assert {
        (world.bob.user_id, "ends", "starter", "admins"),
        (world.bob.user_id, "rings", None, "False"),
        (world.alice.user_id, "ends", None, "starter"),
        (world.alice.user_id, "asks_above", None, "9"),
    } == {(one.changed_by, one.name, one.before, one.after) for one in await changes(world)}


async def test_who_is_no_admin_any_more_can_save_nothing_for_the_workspace(world: World) -> None:
    """The right is looked at again when the dialog is sent, and none of it is stored."""
    await opened(world, world.alice)
    view = await turned_to(world, world.alice, "workspace", {"person.rings": "no"})
    world.slack.workspace.users[world.alice.user_id].is_admin = False
    team_id = TeamId(world.slack.workspace.team.id)
    await world.server.profiles.learned(team_id, UserId(world.alice.user_id), timedelta(0))

    faults = await world.alice.submit(view.id, {"workspace.ends": "starter"})

    said = "Only workspace admins choose for the workspace. If you are one, open the settings again."
    assert {"workspace.provider": said} == faults
    assert [] == await changes(world)


async def test_a_right_is_given_to_a_group_only_with_the_group(world: World) -> None:
    """Otherwise nobody could end a call."""
    await opened(world, world.alice)
    view = await turned_to(world, world.alice, "workspace")
    faults = await world.alice.submit(view.id, {"workspace.ends": "group"})

    assert {"workspace.provider": "You have given a right to a user group. Choose which group that is, too."} == faults


async def test_a_workspace_can_let_everybody_choose_for_a_conversation(world: World) -> None:
    """And take it back while somebody has the dialog open."""
    await opened(world, world.alice)
    view = await turned_to(world, world.alice, "workspace")
    await world.alice.submit(view.id, {"workspace.sets_channels": "anyone"})
    assert PARTS[:2] == tabs(await opened(world, world.bob))
    his = await turned_to(world, world.bob, "channel")

    await opened(world, world.alice)
    view = await turned_to(world, world.alice, "workspace")
    await world.alice.submit(view.id, {"workspace.sets_channels": "admins"})
    faults = await world.bob.submit(his.id, {"channel.records": "no"})

    assert {
        "channel.provider": "You may not choose for this conversation. Workspace admins may; ask one of them."
    } == faults
