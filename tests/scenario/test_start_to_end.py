"""The main job: a command becomes a card, people join and leave, and the end is the end."""

from __future__ import annotations

from sandbox.testing import wait_for
from tests.world import GENERAL, OF_THE_START, World


async def test_start_costs_two_requests_and_end_costs_two(world: World) -> None:
    """A start is calls.add and one post; an end is calls.end and one redrawn card; nothing goes before the ack."""
    await world.alice.command(GENERAL, "/startcall", "Weekly sync")
    card = await world.card(GENERAL)
    assert world.methods() == ["calls.add", "chat.postMessage"]

    await world.bob.click(GENERAL, card.ts, "end_call")
    await wait_for(lambda: world.methods()[2:] == ["calls.end", "chat.update"])
    await world.settled()

    call = next(iter(world.slack.workspace.calls.values()))
    assert call.title == "Weekly sync"
    assert call.date_end > 0
    assert [block["type"] for block in world.cards(GENERAL)[0].blocks] == ["call", "context", "actions"]
    assert ["reopen_call"] == world.buttons(world.cards(GENERAL)[0])


async def test_no_request_goes_out_before_the_acknowledgement(world: World) -> None:
    """The log of the local Slack shows the answered delivery before the first Web API call it caused."""
    await world.alice.command(GENERAL, "/startcall", "Weekly sync")
    await world.card(GENERAL)

    names = [entry.name for entry in world.slack.workspace.traffic if "not_sent" not in entry.answer]
    assert [name for name in names if name not in OF_THE_START] == ["/startcall", "calls.add", "chat.postMessage"]


async def test_join_and_leave_are_shown_on_the_card(world: World) -> None:
    """Pressing Join and Leave reaches calls.participants.add and .remove with the person's Slack id."""
    await world.alice.command(GENERAL, "/startcall", "Weekly sync")
    card = await world.card(GENERAL)
    call = next(iter(world.slack.workspace.calls.values()))

    await world.bob.click(GENERAL, card.ts, "join_call")
    await wait_for(lambda: [{"slack_id": world.bob.user_id}] == call.active)
    await world.bob.click(GENERAL, card.ts, "join_call")
    await world.bob.click(GENERAL, card.ts, "leave_call")
    await wait_for(lambda: call.active == [])
    await world.settled()

    assert world.methods()[2:] == ["calls.participants.add", "calls.participants.remove"]
    assert [{"slack_id": world.bob.user_id}] == call.everyone


async def test_rename_by_dialog_changes_the_title_at_slack(world: World) -> None:
    """The dialog is filled in with the present title, and what is sent reaches calls.update."""
    await world.alice.command(GENERAL, "/startcall", "Weekly sync")
    card = await world.card(GENERAL)
    call = next(iter(world.slack.workspace.calls.values()))

    await world.bob.click(GENERAL, card.ts, "rename_call")
    await wait_for(lambda: bool(world.slack.workspace.modals.get(world.bob.user_id)))
    view_id = world.slack.workspace.modals[world.bob.user_id][-1]
    errors = await world.bob.submit(view_id, {"title": "Retro"})
    await wait_for(lambda: call.title == "Retro")

    assert not errors
    assert world.methods()[-1] == "calls.update"


async def test_a_second_end_changes_nothing_and_says_so(world: World) -> None:
    """Two people who end at once end once; whoever comes later reads that it is over."""
    await world.alice.command(GENERAL, "/startcall", "Weekly sync")
    card = await world.card(GENERAL)
    await world.bob.click(GENERAL, card.ts, "end_call")
    await wait_for(lambda: "chat.update" in world.methods())
    await world.settled()

    await world.alice.command(GENERAL, "/startcall", "end")
    await world.settled()

    assert world.methods().count("calls.end") == 1
    assert world.told(GENERAL, world.alice.user_id) == [
        "No call is running in this conversation. Start one with `/startcall`."
    ]
