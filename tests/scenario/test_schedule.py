"""Scheduled calls: planned by a command or a dialog, shown on a card that lives, started at their time."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from calls.clock import now
from calls.model import ChannelId, TeamId, UserId
from sandbox.people import ALICE, BOB, CAROL
from sandbox.testing import wait_for
from sandbox.workspace import Message
from tests.world import GENERAL, World, new_channel

BERLIN = ZoneInfo("Europe/Berlin")


def plan_cards(world: World, channel_id: str = GENERAL) -> list[Message]:
    """Return the cards of scheduled calls in a conversation."""
    messages = world.slack.workspace.messages.get(channel_id, [])
    return [message for message in messages if any(block.get("block_id") == "when" for block in message.blocks)]


async def plan_card(world: World, channel_id: str = GENERAL) -> Message:
    """Return the card of the only scheduled call once the app has noted it."""
    await wait_for(lambda: len(plan_cards(world, channel_id)) == 1)
    await world.settled()
    return plan_cards(world, channel_id)[0]


def shown(card: Message) -> str:
    """Return everything a card says."""
    return repr(card.blocks)


def actions(card: Message) -> set[str]:
    """Return the action ids of a card's buttons."""
    return {
        element["action_id"] for block in card.blocks for element in block.get("elements", ()) if "action_id" in element
    }


def direct_messages(world: World, user_id: str) -> list[str]:
    """Return what the app wrote to a person."""
    workspace = world.slack.workspace
    found = [one for one in workspace.channels.values() if one.kind == "im" and user_id in one.members]
    return [message.text for channel in found for message in workspace.messages.get(channel.id, [])]


def at(day: datetime) -> dict[str, str]:
    """Return what the dialog's date and time hold for a moment in Berlin."""
    local = day.astimezone(BERLIN)
    return {"date": f"{local:%Y-%m-%d}", "time": f"{local:%H:%M}"}


async def dialog(world: World) -> str:
    """Return the id of the dialog on Alice's screen."""
    await wait_for(lambda: bool(world.slack.workspace.modals.get(ALICE)))
    return world.slack.workspace.modals[ALICE][-1]


async def test_a_call_planned_by_a_command_starts_at_its_time_and_rings_nobody_before(world: World) -> None:
    """The card says so, and the call takes place in the same conversation with the same title and people."""
    ack = await world.alice.command(GENERAL, "/startcall", "Standup @bob in 4 seconds for 15 min")
    planned_at = now()
    card = await plan_card(world)

    assert "“Standup” is planned for" in str(ack.payload)
    assert "Standup" in shown(card)
    assert "15 minutes" in shown(card)
    assert f"Not answered yet:* <@{BOB}>" in shown(card)
    assert [] == world.cards(GENERAL)

    call_card = await world.card(GENERAL)
    await wait_for(lambda: "Started. It was planned for" in shown(plan_cards(world)[0]))

    assert timedelta(seconds=3) <= now() - planned_at
    assert "Standup" in call_card.text
    assert f"Invited: <@{BOB}>" in shown(call_card)
    assert set() == actions(plan_cards(world)[0])


async def test_before_the_answer_slack_is_not_asked_and_a_zone_is_learnt_after_it(world: World) -> None:
    """Bob is in New York; his first command ever is understood by his clock."""
    ack = await world.bob.command(GENERAL, "/startcall", "Review at 15:00")

    assert "at 15:00 by your clock" in str(ack.payload)
    card = await plan_card(world)
    zone = ZoneInfo("America/New_York")
    plan = (
        await world.server.database.read(lambda transaction: transaction.plans_in(team(world), ChannelId(GENERAL)))
    )[0]
    assert plan.next_at is not None
    assert "15:00" == f"{plan.next_at.astimezone(zone):%H:%M}"
    assert f"<!date^{int(plan.next_at.timestamp())}^" in shown(card)
    assert ["users.info", "chat.postMessage"] == world.methods()


def team(world: World) -> TeamId:
    """Return the id of the workspace."""
    return TeamId(world.slack.workspace.team.id)


async def test_titles_that_only_look_like_times_start_a_call_at_once(world: World) -> None:
    """Whole words decide."""
    for title in ("Meet at the office", "schedule review", "Drop in", '"Tea at 15:00"', "Look at 5"):
        channel_id = new_channel(world.slack)
        await world.alice.command(channel_id, "/startcall", title)
        await world.card(channel_id)

    assert [] == plan_cards(world)


async def test_a_time_that_is_over_is_refused_in_words(world: World) -> None:
    """Nothing is planned, and nothing posted."""
    await world.server.profiles.learned(team(world), UserId(ALICE))
    ack = await world.alice.command(GENERAL, "/startcall", "Standup on 2020-01-01 at 10:00")

    assert "on 2020-01-01 at 10:00 is over already" in str(ack.payload)
    await world.settled()
    assert [] == plan_cards(world)


async def test_people_answer_and_the_card_follows(world: World) -> None:
    """Each has one answer, the last; many answers in a second are one change."""
    await world.alice.command(GENERAL, "/startcall", "Planning @bob in 2 hours")
    card = await plan_card(world)
    await world.bob.click(GENERAL, card.ts, "plan_yes")
    await world.slack.person("carol").click(GENERAL, card.ts, "plan_yes")
    await world.slack.person("carol").click(GENERAL, card.ts, "plan_no")
    await world.slack.person("dave").click(GENERAL, card.ts, "plan_maybe")

    await wait_for(lambda: "Not coming" in shown(plan_cards(world)[0]) and "Maybe:" in shown(plan_cards(world)[0]))
    await world.settled()

    text = shown(plan_cards(world)[0])
    assert f"*Coming:* <@{BOB}>" in text
    assert f"*Not coming:* <@{CAROL}>" in text
    assert world.methods().count("chat.update") <= 3


async def test_the_dialog_plans_a_series_by_the_persons_own_clock(world: World) -> None:
    """What was chosen is on the card, and comes back in the dialog that changes it."""
    await world.alice.global_shortcut("schedule_call")
    view_id = await dialog(world)
    assert "Europe/Berlin" in repr(world.slack.workspace.views[view_id].payload)
    tomorrow = now().astimezone(BERLIN).replace(hour=9, minute=30) + timedelta(days=1)
    chosen = {**at(tomorrow), "title": "Weekly", "channel": GENERAL, "people": [BOB], "repeats": "weekly"}

    assert await world.alice.submit(view_id, chosen) is None
    card = await plan_card(world)
    assert "every week at 09:30 (Europe/Berlin)" in shown(card)
    assert "plan_skip" in actions(card)

    await world.alice.click(GENERAL, card.ts, "plan_edit")
    edit_id = await dialog(world)
    assert await world.alice.submit(edit_id, {"title": "Biweekly", "time": "11:00"}) is None
    await wait_for(lambda: "every week at 11:00" in shown(plan_cards(world)[0]))
    await wait_for(lambda: any("changed “Biweekly”" in text for text in direct_messages(world, BOB)))

    await world.alice.click(GENERAL, card.ts, "plan_skip")
    skipped = int((tomorrow.replace(hour=11, minute=0, second=0, microsecond=0) + timedelta(days=7)).timestamp())
    await wait_for(lambda: f"<!date^{skipped}^" in shown(plan_cards(world)[0]))


async def test_the_dialog_refuses_the_past_where_it_was_entered(world: World) -> None:
    """It stays open with a sentence at the date."""
    await world.alice.global_shortcut("schedule_call")
    problems = await world.alice.submit(
        await dialog(world), {"date": "2020-01-01", "time": "10:00", "channel": GENERAL}
    )

    assert {"date": "That time is over already. Please choose a later one."} == problems


async def test_cancelling_tells_those_who_would_have_come_and_starts_nothing(world: World) -> None:
    """Whoever said no is left in peace."""
    await world.alice.command(GENERAL, "/startcall", "Retro @bob @carol in 6 seconds")
    card = await plan_card(world)
    await world.slack.person("carol").click(GENERAL, card.ts, "plan_no")
    await world.alice.click(GENERAL, card.ts, "plan_cancel")

    await wait_for(lambda: "Cancelled by" in shown(plan_cards(world)[0]))
    await wait_for(lambda: any("cancelled “Retro”" in text for text in direct_messages(world, BOB)))
    await world.settled()
    assert not any("cancelled" in text for text in direct_messages(world, CAROL))
    assert set() == actions(plan_cards(world)[0])
    assert [] == world.cards(GENERAL)


async def test_only_who_planned_it_and_admins_may_change_it(world: World) -> None:
    """Others are told so, on every path."""
    await world.bob.command(GENERAL, "/startcall", "Mine in 3 hours")
    card = await plan_card(world)
    carol = world.slack.person("carol")
    for action in ("plan_cancel", "plan_start", "plan_edit"):
        await carol.click(GENERAL, card.ts, action)
    await wait_for(lambda: len(world.told(GENERAL, CAROL)) == 3)

    assert all(f"Only <@{BOB}>, who planned “Mine”" in text for text in world.told(GENERAL, CAROL))
    await world.server.profiles.learned(team(world), UserId(ALICE))
    await world.alice.click(GENERAL, card.ts, "plan_cancel")
    await wait_for(lambda: "Cancelled by" in shown(plan_cards(world)[0]))


async def test_starting_now_starts_once_however_often_it_is_pressed(world: World) -> None:
    """The planned time then starts nothing more."""
    await world.alice.command(GENERAL, "/startcall", "Now in 4 seconds")
    card = await plan_card(world)
    for _ in range(3):
        await world.alice.click(GENERAL, card.ts, "plan_start")
    await world.card(GENERAL)
    await wait_for(lambda: "Started. It was planned for" in shown(plan_cards(world)[0]))

    assert 1 == len(world.cards(GENERAL))


async def test_list_shows_what_is_planned(world: World) -> None:
    """With its id and time, beside what is running."""
    await world.alice.command(GENERAL, "/startcall", "Later in 3 hours")
    await plan_card(world)
    ack = await world.bob.command(GENERAL, "/startcall", "list")

    assert "*Planned calls*" in str(ack.payload)
    assert "Later" in str(ack.payload)


async def test_a_plan_of_two_people_lives_where_it_can_be_kept_up(world: World) -> None:
    """Between two people the app can only answer; so the card is in the messages with the app."""
    direct = next(
        one.id for one in world.slack.workspace.channels.values() if one.kind == "im" and one.members == {ALICE, BOB}
    )
    ack = await world.alice.command(direct, "/startcall", "Chat in 3 hours")
    await wait_for(lambda: any("planned the call “Chat”" in text for text in direct_messages(world, ALICE)))

    assert "messages with Startcall" in str(ack.payload)


async def test_a_conversation_the_app_may_not_post_in_is_said(world: World) -> None:
    """The plan comes to nothing, and the planner reads why and what to do."""
    world.slack.faults.add("chat.postMessage", "error", error="not_in_channel")
    await world.alice.command(GENERAL, "/startcall", "Nowhere in 3 hours")

    await wait_for(lambda: any("“Nowhere” could not be planned" in text for text in world.told(GENERAL, ALICE)))
    assert [] == plan_cards(world)


async def test_the_word_alone_opens_the_dialog(world: World) -> None:
    """The conversation it was typed in is chosen already."""
    await world.alice.command(GENERAL, "/startcall", "schedule")

    assert GENERAL in repr(world.slack.workspace.views[await dialog(world)].payload)


async def test_a_plan_comes_as_a_file_for_calendars_without_any_address_of_ours(world: World) -> None:
    """To the person alone, in their messages with the app."""
    await world.bob.command(GENERAL, "/startcall", "Later in 3 hours")
    card = await plan_card(world)
    await world.bob.click(GENERAL, card.ts, "plan_calendar")
    await wait_for(lambda: any(file.content for file in world.slack.workspace.files.values()))

    content = next(file.content for file in world.slack.workspace.files.values() if file.name == "call.ics")
    assert content is not None
    assert b"SUMMARY:Later" in content
    assert any("into your calendar" in text for text in direct_messages(world, BOB))
