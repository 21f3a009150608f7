"""What went wrong in other apps of this kind does not go wrong here; the whole list is in docs/features.md."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from calls.ports import Transaction
from sandbox.people import CAROL
from sandbox.testing import PATIENCE_S, wait_for
from sandbox.workspace import CallRecord
from tests.acme_meeting import Meeting, running_meeting
from tests.only_call import LEAVE_S
from tests.scenario.ringing import call_of, rung
from tests.world import GENERAL, World


@pytest.fixture
async def meeting(tmp_path: Path, request: pytest.FixtureRequest) -> AsyncIterator[Meeting]:
    """Run an Acme server, an app that uses it, and a local Slack."""
    async with running_meeting(tmp_path, getattr(request, "param", {})) as running:
        yield running


def only_call(world: World) -> CallRecord:
    """Return the only call, as Slack has it."""
    (call,) = world.slack.workspace.calls.values()
    return call


async def begin_earlier(world: World, seconds: float) -> None:
    """Let time pass: the newest call began so many seconds earlier than it did."""
    await world.settled()
    call_id = (await call_of(world)).id

    def work(transaction: Transaction) -> None:
        call = transaction.call(call_id)
        assert call is not None
        assert call.live_at is not None
        span = timedelta(seconds=seconds)
        transaction.save_call(replace(call, created_at=call.created_at - span, live_at=call.live_at - span))

    await world.server.database.write(work)


async def in_call(meeting: Meeting) -> tuple[str, str]:
    """Start a call, let Bob in, and return his visitor and session once Slack shows him."""
    await meeting.start()
    visitor = await meeting.visitor(meeting.world.bob.user_id)
    session = await meeting.acme.join(visitor)
    await wait_for(lambda: meeting.shown() == [meeting.world.bob.user_id])
    return visitor, session


async def test_regression_leaving_and_coming_back_under_a_new_id_of_the_meeting_system(meeting: Meeting) -> None:
    """Gone from the card and back on it, as one and the same Slack person."""
    visitor, session = await in_call(meeting)
    await meeting.acme.leave(session)
    await wait_for(lambda: meeting.shown() == [], timeout_s=LEAVE_S + PATIENCE_S)
    await meeting.acme.join(visitor, session="another id", account="another account")
    await wait_for(lambda: meeting.shown() == [meeting.world.bob.user_id])

    call = await meeting.call()
    people = await meeting.world.server.database.read(lambda transaction: transaction.participants(call.id))
    assert [meeting.world.bob.user_id] == [person.slack_id for person in people]


@pytest.mark.parametrize(
    "meeting", [{"STARTCALL_PROVIDER": "acme_quiet", "STARTCALL_END_WHEN_EMPTY_S": "1"}], indirect=True
)
async def test_regression_the_report_of_the_end_was_lost(meeting: Meeting) -> None:
    """The meeting system is asked, so the card does not stay live for ever."""
    await in_call(meeting)
    meeting.acme.hooks_url = ""
    meeting.acme.rooms.clear()
    await wait_for(lambda: meeting.at_slack.date_end > 0, timeout_s=20)
    await wait_for(lambda: "actions" not in [block["type"] for block in meeting.world.cards(GENERAL)[0].blocks])


async def test_regression_the_report_of_a_join_comes_after_the_end(meeting: Meeting) -> None:
    """Ended is final: nobody is put on the card of a call that is over, and Slack is asked nothing."""
    visitor, _ = await in_call(meeting)
    await meeting.world.alice.click(GENERAL, meeting.world.cards(GENERAL)[0].ts, "end_call")
    await wait_for(lambda: meeting.at_slack.date_end > 0)
    await meeting.world.settled()
    requests = meeting.world.methods()
    late: list[dict[str, str | None]] = [{"session": "late", "visitor": visitor, "name": "late"}]
    assert 200 == await meeting.acme.report("joined", late)
    await meeting.world.settled()

    assert requests == meeting.world.methods()


async def test_regression_the_end_is_reported_and_pressed_twice(meeting: Meeting) -> None:
    """One calls.end and one change of the card, whoever ends it however often."""
    await in_call(meeting)
    card = meeting.world.cards(GENERAL)[0]
    reports = (meeting.acme.report("closed", []) for _ in range(2))
    presses = (person.click(GENERAL, card.ts, "end_call") for person in (meeting.world.alice, meeting.world.alice))
    await asyncio.gather(*reports, *presses)
    await wait_for(lambda: meeting.at_slack.date_end > 0)
    await meeting.world.settled()

    assert 1 == meeting.world.methods().count("calls.end")


@pytest.mark.parametrize("meeting", [{"STARTCALL_END_WHEN_EMPTY_S": "1"}], indirect=True)
async def test_regression_empty_for_two_minutes_because_nobody_came_yet(meeting: Meeting) -> None:
    """A call is over when everybody has gone, and nobody has gone who never came."""
    await meeting.start()
    await begin_earlier(meeting.world, 120)
    await asyncio.sleep(2)

    assert 0 == meeting.at_slack.date_end


@pytest.mark.parametrize("meeting", [{"STARTCALL_END_WHEN_EMPTY_S": "1"}], indirect=True)
async def test_regression_one_person_is_left(meeting: Meeting) -> None:
    """Whoever stays behind is not thrown out: a call of one goes on until that one goes."""
    visitor, _ = await in_call(meeting)
    other = await meeting.acme.join(await meeting.visitor(meeting.world.alice.user_id))
    await wait_for(lambda: len(meeting.shown()) == 2)
    await meeting.acme.leave(other)
    await wait_for(lambda: meeting.shown() == [meeting.world.bob.user_id], timeout_s=LEAVE_S + PATIENCE_S)
    await asyncio.sleep(2)

    assert 0 == meeting.at_slack.date_end
    assert visitor in str(meeting.acme.rooms)


async def test_regression_whoever_started_the_call_has_lost_the_channel(world: World) -> None:
    """The card lives on: others join and leave, it is renamed and ends, and nothing is set aside."""
    channel_id = world.channel("random")
    await world.alice.command(channel_id, "/startcall", "Coffee")
    card = await world.card(channel_id)
    world.slack.workspace.channels[channel_id].members.discard(world.alice.user_id)
    await world.bob.click(channel_id, card.ts, "join_call")
    await wait_for(lambda: [{"slack_id": world.bob.user_id}] == only_call(world).active)
    ack = await world.bob.click(channel_id, card.ts, "end_call")
    assert ack.is_ok
    await wait_for(lambda: only_call(world).date_end > 0)
    await world.settled()

    assert "actions" not in [block["type"] for block in world.cards(channel_id)[0].blocks if "end_call" in str(block)]
    assert [] == await world.set_aside()


async def test_regression_two_who_are_invited_get_one_room(world: World) -> None:
    """Not a room for each, in which both wait alone."""
    await world.alice.command(GENERAL, "/startcall", "Lunch @bob @carol")
    bobs, carols = await rung(world, world.bob.user_id), await rung(world, CAROL)

    named = {(ring.metadata or {})["event_payload"]["call_id"] for ring in (bobs, carols)}
    assert {only_call(world).external_unique_id} == named


async def test_regression_nobody_is_nobody(world: World) -> None:
    """`@nobody` names no person: it stays in the title, the call starts, and no one is rung."""
    await world.alice.command(GENERAL, "/startcall", "Lunch with @nobody")
    await world.card(GENERAL)
    await world.settled()

    assert "Lunch with @nobody" == only_call(world).title
    assert ["calls.add", "chat.postMessage"] == world.methods()


@pytest.mark.parametrize("title", ["helpdesk", "server-migration", "end of sprint"])
async def test_regression_a_title_begins_like_a_command(world: World, title: str) -> None:
    """It starts a call with that title, as commands are whole words."""
    await world.alice.command(GENERAL, "/startcall", title)
    await world.card(GENERAL)

    assert title == only_call(world).title


async def test_regression_the_credential_of_the_meeting_system_is_no_longer_accepted(meeting: Meeting) -> None:
    """A running call still ends for people at once; a new one is refused in a sentence that says whom to tell."""
    await in_call(meeting)
    meeting.acme.status = 401
    await meeting.world.alice.click(GENERAL, meeting.world.cards(GENERAL)[0].ts, "end_call")
    await wait_for(lambda: meeting.at_slack.date_end > 0)
    await meeting.world.settled()
    before = len(meeting.world.told(GENERAL, meeting.world.alice.user_id))
    await meeting.world.alice.command(GENERAL, "/startcall", "Another")
    await wait_for(lambda: len(meeting.world.told(GENERAL, meeting.world.alice.user_id)) > before)

    assert "no longer accepts" in meeting.world.told(GENERAL, meeting.world.alice.user_id)[-1]
    assert 1 == len(meeting.world.slack.workspace.calls)


@pytest.mark.parametrize("title", ["Q/A #2? é", 'a "quoted" word'])
async def test_regression_a_title_with_characters_that_mean_something_in_addresses(world: World, title: str) -> None:
    """It is shown as typed and is no part of the address, so everybody meets in the same room."""
    await world.alice.command(GENERAL, "/startcall", title)
    await world.card(GENERAL)
    call = only_call(world)

    assert title == call.title
    assert (await call_of(world)).title == call.title
    assert not set('#"é% ') & set(call.join_url)


async def test_regression_the_duration_is_in_seconds(world: World) -> None:
    """A call of a minute is told to Slack as 60, neither as 60,000 nor as a fraction."""
    await world.alice.command(GENERAL, "/startcall", "Quick")
    card = await world.card(GENERAL)
    await begin_earlier(world, 60)
    await world.alice.click(GENERAL, card.ts, "end_call")
    await wait_for(lambda: only_call(world).date_end > 0)

    (ended,) = world.slack.api_calls("calls.end")
    duration = ended.request["duration"]
    assert isinstance(duration, int)
    assert 60 <= duration < 60 + 30
