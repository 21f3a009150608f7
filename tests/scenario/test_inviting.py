"""Invited people are rung by a direct message, once, and what they answer is on the card and told to who invited."""

from __future__ import annotations

import pytest

from calls.invitation import InvitationState
from calls.model import ChannelId, Person, TeamId, UserId
from calls.preferences import Holder, PersonPreferences, WorkspacePreferences
from sandbox.people import CAROL, DESIGNERS
from sandbox.testing import wait_for
from sandbox.workspace import User
from tests.choosing import Choosing
from tests.scenario.ringing import all_messages, call_of, card_line, invitations, pass_s, rings, rung
from tests.world import GENERAL, World


async def line_is(world: World, text: str) -> None:
    """Wait until the card says something."""
    await wait_for(lambda: text in card_line(world.cards(GENERAL)[0]))


async def test_somebody_invited_at_the_start_is_rung_once_with_join_and_decline(world: World) -> None:
    """The direct message names who invites to what, and costs one request besides a look at the person."""
    await world.alice.command(GENERAL, "/startcall", "Lunch @bob")
    ring = await rung(world, world.bob.user_id)

    assert f"<@{world.alice.user_id}> invites you to “Lunch”." == ring.text
    assert ["join_call", "decline_call"] == world.buttons(ring)
    assert ["calls.add", "chat.postMessage", "users.info", "chat.postMessage"] == world.methods()
    assert {world.bob.user_id: InvitationState.RINGING} == await invitations(world)


async def test_declining_by_our_button_is_on_the_card_and_told_to_who_invited(world: World) -> None:
    """The direct message no longer rings, and nobody else is told."""
    await world.alice.command(GENERAL, "/startcall", "Lunch @bob")
    ring = await rung(world, world.bob.user_id)
    await world.bob.click(ring.channel_id, ring.ts, "decline_call")
    await line_is(world, f"Declined: <@{world.bob.user_id}>")
    await world.settled()

    assert "You declined “Lunch”" in rings(world, world.bob.user_id)[0].text
    assert ["join_call"] == world.buttons(rings(world, world.bob.user_id)[0])
    declined = f"<@{world.bob.user_id}> declined “Lunch”."
    assert declined in world.told(GENERAL, world.alice.user_id)
    assert 1 == sum(message.text == declined for message in all_messages(world))


async def test_declining_by_slacks_own_button_is_the_same(world: World) -> None:
    """The event `call_rejected` names the call by Slack's id; a second one changes nothing."""
    channel_id = world.channel("alice--bob")
    await world.alice.command(channel_id, "/startcall", "Lunch @bob")
    ring = await rung(world, world.bob.user_id)
    call = await call_of(world)
    await world.bob.decline_call(str(call.slack_call_id), channel_id)
    await wait_for(lambda: "You declined “Lunch”" in rings(world, world.bob.user_id)[0].text)
    await wait_for(lambda: f"<@{world.bob.user_id}> declined “Lunch”." in world.told(channel_id, world.alice.user_id))
    await world.settled()
    assert {world.bob.user_id: InvitationState.DECLINED} == await invitations(world)
    await world.bob.click(ring.channel_id, ring.ts, "join_call")
    await wait_for(lambda: "You joined" in rings(world, world.bob.user_id)[0].text)

    assert {world.bob.user_id: InvitationState.JOINED} == await invitations(world)


async def test_declining_a_call_in_a_direct_message_is_told_to_the_caller(world: World) -> None:
    """Slack's own Decline works where the call was started between two people, though nobody was named."""
    channel_id = world.channel("alice--bob")
    await world.alice.command(channel_id, "/startcall", "Quick")
    await world.card(channel_id)
    call = await call_of(world)
    await world.bob.decline_call(str(call.slack_call_id), channel_id)

    await wait_for(lambda: f"<@{world.bob.user_id}> declined “Quick”." in world.told(channel_id, world.alice.user_id))


async def test_joining_by_any_way_stops_the_ringing(world: World) -> None:
    """On the card as in the direct message."""
    await world.alice.command(GENERAL, "/startcall", "Lunch @bob")
    await rung(world, world.bob.user_id)
    await world.bob.click(GENERAL, world.cards(GENERAL)[0].ts, "join_call")
    await wait_for(lambda: "You joined “Lunch”" in rings(world, world.bob.user_id)[0].text)
    await pass_s(world, 70)

    assert [] == world.buttons(rings(world, world.bob.user_id)[0])
    assert {world.bob.user_id: InvitationState.JOINED} == await invitations(world)


async def test_a_press_in_the_direct_message_changes_nothing_but_who_is_in(world: World) -> None:
    """The address that comes with it belongs to the direct message, which must not become the card at the end."""
    await world.alice.command(GENERAL, "/startcall", "Lunch @bob")
    ring = await rung(world, world.bob.user_id)
    await world.bob.click(ring.channel_id, ring.ts, "join_call")
    await wait_for(lambda: "You joined" in rings(world, world.bob.user_id)[0].text)
    await world.alice.click(GENERAL, world.cards(GENERAL)[0].ts, "end_call")
    await wait_for(lambda: "Ended by" in card_line(world.cards(GENERAL)[0]))
    await world.settled()

    assert "You joined" in rings(world, world.bob.user_id)[0].text


async def test_unanswered_for_a_minute_is_missed_with_call_back(world: World) -> None:
    """Call back joins while the call runs."""
    await world.alice.command(GENERAL, "/startcall", "Lunch @bob")
    ring = await rung(world, world.bob.user_id)
    await pass_s(world, 60)
    await line_is(world, f"Missed: <@{world.bob.user_id}>")

    missed = rings(world, world.bob.user_id)[0]
    assert f"You missed a call from <@{world.alice.user_id}>: “Lunch”." == missed.text
    assert ["call_back"] == world.buttons(missed)
    await world.bob.click(ring.channel_id, ring.ts, "call_back")
    call = next(iter(world.slack.workspace.calls.values()))
    await wait_for(lambda: [{"slack_id": world.bob.user_id}] == call.active)


async def test_call_back_after_the_end_calls_whoever_called(world: World) -> None:
    """In the direct message with the app, so that nobody else is disturbed; the press counts once."""
    await world.alice.command(GENERAL, "/startcall", "Lunch @bob")
    ring = await rung(world, world.bob.user_id)
    await world.alice.click(GENERAL, world.cards(GENERAL)[0].ts, "end_call")
    await wait_for(lambda: world.buttons(rings(world, world.bob.user_id)[0]) == ["call_back"])
    await world.settled()
    await world.bob.click(ring.channel_id, ring.ts, "call_back")
    back = await rung(world, world.alice.user_id)

    assert f"<@{world.bob.user_id}> invites you to “Lunch”." == back.text
    assert 1 == len([card for card in world.cards(ring.channel_id) if "end_call" in world.buttons(card)])


async def test_a_call_that_ended_stops_ringing_at_once(world: World) -> None:
    """Also on the screen of whoever has not answered yet."""
    await world.alice.command(GENERAL, "/startcall", "Lunch @bob @carol")
    await rung(world, CAROL)
    await world.alice.command(GENERAL, "/startcall", "end")
    await wait_for(lambda: all("You missed" in rings(world, who)[0].text for who in (world.bob.user_id,)))
    await world.settled()

    assert {InvitationState.STOPPED} == set((await invitations(world)).values())


async def test_a_caller_who_hangs_up_while_it_rings_stops_the_ringing(world: World) -> None:
    """Nobody is called into a call in which nobody is (element-call 2421)."""
    await world.alice.command(GENERAL, "/startcall", "Lunch @bob")
    await rung(world, world.bob.user_id)
    card = world.cards(GENERAL)[0]
    await world.alice.click(GENERAL, card.ts, "join_call")
    await world.settled()
    assert {world.bob.user_id: InvitationState.RINGING} == await invitations(world)
    await world.alice.click(GENERAL, card.ts, "leave_call")

    await wait_for(lambda: "You missed a call" in rings(world, world.bob.user_id)[0].text)
    assert {world.bob.user_id: InvitationState.STOPPED} == await invitations(world)


async def test_inviting_later_by_command_and_by_the_dialog_rings(world: World) -> None:
    """Also for somebody who did not start the call."""
    await world.alice.command(GENERAL, "/startcall", "Lunch")
    card = await world.card(GENERAL)
    await world.bob.command(GENERAL, "/startcall", "invite @carol")
    await rung(world, CAROL)
    await line_is(world, f"Invited: <@{CAROL}>")
    await world.alice.click(GENERAL, card.ts, "invite_to_call")
    await wait_for(lambda: bool(world.slack.workspace.modals.get(world.alice.user_id)))
    view_id = world.slack.workspace.modals[world.alice.user_id][-1]
    errors = await world.alice.submit(view_id, {"people": [world.bob.user_id]})
    await rung(world, world.bob.user_id)

    assert errors is None
    assert f"Inviting <@{CAROL}> to “Lunch”." in world.told(GENERAL, world.bob.user_id)


async def test_ringing_again_waits_a_minute_and_happens_three_times_at_most(world: World) -> None:
    """The person who asks is told why not."""
    await world.alice.command(GENERAL, "/startcall", "Lunch @bob")
    await rung(world, world.bob.user_id)
    await world.alice.command(GENERAL, "/startcall", "invite @bob")
    assert "less than a minute ago" in world.told(GENERAL, world.alice.user_id)[-1]
    for number in (2, 3):
        await pass_s(world, 61)
        await world.alice.command(GENERAL, "/startcall", "invite @bob")
        await rung(world, world.bob.user_id, number)
    await pass_s(world, 61)
    await world.alice.command(GENERAL, "/startcall", "invite @bob")

    assert "was rung 3 times" in world.told(GENERAL, world.alice.user_id)[-1]
    assert 3 == len(rings(world, world.bob.user_id))


async def test_who_is_in_already_is_not_rung(world: World) -> None:
    """By the command; the call and its card stay as they are."""
    await world.alice.command(GENERAL, "/startcall", "Lunch")
    card = await world.card(GENERAL)
    await world.bob.click(GENERAL, card.ts, "join_call")
    await world.settled()
    await world.alice.command(GENERAL, "/startcall", "invite @bob")

    assert f"<@{world.bob.user_id}> is in the call already." == world.told(GENERAL, world.alice.user_id)[-1]
    assert [] == rings(world, world.bob.user_id)


async def test_an_app_a_stranger_and_somebody_who_left_are_refused_in_words(world: World) -> None:
    """The one who invited reads it, and the card does not name them."""
    users = world.slack.workspace.users
    users["U0GONE00001"] = User("U0GONE00001", "gone", "Gone Gray", deleted=True)
    await world.alice.command(GENERAL, "/startcall", "Lunch @startcall @gone")
    await wait_for(lambda: len(world.told(GENERAL, world.alice.user_id)) >= 3)
    await wait_for(lambda: "Invited" not in card_line(world.cards(GENERAL)[0]))

    told = "\n".join(world.told(GENERAL, world.alice.user_id))
    assert "is an app and cannot be invited" in told
    assert "<@U0GONE00001> cannot be rung" in told


async def test_whoever_does_not_want_to_be_rung_is_named_on_the_card_only(world: World) -> None:
    """By their own choice, or for everybody by the workspace's."""
    server, team = world.server, TeamId(world.slack.workspace.team.id)
    bob = Person(team, UserId(world.bob.user_id))
    await Choosing(server.database).choose(bob, Holder.PERSON, bob.user_id, PersonPreferences(rings=False))
    await world.alice.command(GENERAL, "/startcall", "Lunch @bob @carol")
    await rung(world, CAROL)

    assert [] == rings(world, bob.user_id)
    assert f"Invited: <@{bob.user_id}>, <@{CAROL}>" in card_line(world.cards(GENERAL)[0])
    await Choosing(server.database).choose(bob, Holder.WORKSPACE, team, WorkspacePreferences(rings=False))
    await world.alice.command(ChannelId(world.channel("random")), "/startcall", "Quiet @carol")
    await world.card(world.channel("random"))
    assert 1 == len(rings(world, CAROL))


async def test_people_are_rung_in_their_own_language(world: World) -> None:
    """What a catalogue has; Slack is asked for the language before the first ring."""
    await world.alice.command(GENERAL, "/startcall", "Lunch @carol")
    await rung(world, CAROL)
    profile = await world.server.profiles.known(TeamId(world.slack.workspace.team.id), UserId(CAROL))

    assert profile is not None
    assert "ja-JP" == profile.locale


async def test_a_user_group_is_invited_as_its_members(world: World) -> None:
    """Each of them is rung, and the card names the people."""
    await world.alice.command(GENERAL, "/startcall", "Lunch")
    await world.card(GENERAL)
    await world.alice.command(GENERAL, "/startcall", "invite @designers")
    await rung(world, CAROL)
    await line_is(world, f"Invited: <@{world.bob.user_id}>, <@{CAROL}>")

    assert 1 == len(rings(world, world.bob.user_id))
    world.slack.workspace.groups[DESIGNERS].is_disabled = True


@pytest.mark.timeout(60)
async def test_a_hundred_are_rung_one_after_the_other_while_others_join_and_the_call_ends(world: World) -> None:
    """Each is rung once, nobody who joins waits for that, and Slack is never asked sooner than it allows."""
    users = world.slack.workspace.users
    names = [f"guest{number:03d}" for number in range(100)]
    users.update({f"U0{name.upper()}": User(f"U0{name.upper()}", name, name.title()) for name in names})
    await world.alice.command(GENERAL, "/startcall", "Everybody " + " ".join(f"@{name}" for name in names))
    await wait_for(lambda: bool(world.cards(GENERAL)))
    await world.bob.click(GENERAL, world.cards(GENERAL)[0].ts, "join_call")
    call = next(iter(world.slack.workspace.calls.values()))
    await wait_for(lambda: [{"slack_id": world.bob.user_id}] == call.active, 3)
    assert not all(rings(world, f"U0{name.upper()}") for name in names)

    await wait_for(lambda: all(rings(world, f"U0{name.upper()}") for name in names), 45)
    await world.settled()
    assert {1} == {len(rings(world, f"U0{name.upper()}")) for name in names}
    assert "and 70 more" in card_line(world.cards(GENERAL)[0])
    assert [] == await world.set_aside()


async def test_more_than_a_hundred_are_not_invited_to_one_call(world: World) -> None:
    """The person who asks is told what to do instead."""
    users = world.slack.workspace.users
    names = [f"guest{number:03d}" for number in range(101)]
    users.update({f"U0{name.upper()}": User(f"U0{name.upper()}", name, name.title()) for name in names})
    await world.alice.command(GENERAL, "/startcall", "Lunch")
    await world.card(GENERAL)
    await world.alice.command(GENERAL, "/startcall", "invite " + " ".join(f"@{name}" for name in names))

    assert "At most 100 people" in world.told(GENERAL, world.alice.user_id)[-1]
