"""The card shows who is really in, for a meeting system that reports, can be asked, and loses reports."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from io import BytesIO
from pathlib import Path

import pytest

from sandbox.testing import PATIENCE_S, wait_for
from sandbox.workspace import User
from tests.acme_meeting import Meeting, running_meeting
from tests.lateness import TRIES, added_after_s, least_of
from tests.only_call import LEAVE_S
from tests.world import GENERAL

ON_CARD_S = 1.0
"""From somebody's coming to the request that puts them on the card."""

QUIET_S = 4.0
"""After so long a time without comings and goings, two are told at once."""


@pytest.fixture
async def meeting(tmp_path: Path, request: pytest.FixtureRequest) -> AsyncIterator[Meeting]:
    """Run an Acme server, an app that uses it, and a local Slack."""
    async with running_meeting(tmp_path, getattr(request, "param", {})) as running:
        yield running


async def test_who_comes_is_on_the_card_within_a_second_as_the_slack_person_they_are(meeting: Meeting) -> None:
    """By the id that our link carries, whatever they call themselves."""
    await meeting.start()
    visitor = await meeting.visitor(meeting.world.bob.user_id)

    came_at_s = meeting.world.slack.workspace.now()
    await meeting.acme.join(visitor, name="The Queen")
    await wait_for(lambda: meeting.shown() == [meeting.world.bob.user_id])
    assert added_after_s(meeting.world, meeting.world.bob.user_id, came_at_s) < ON_CARD_S


async def test_two_people_who_come_one_after_the_other_are_both_on_the_card_within_a_second(meeting: Meeting) -> None:
    """Whoever comes 0.2 s after somebody else does not wait until their second is over; best of three tries."""
    await meeting.start()
    pairs = [(f"U{number}A", f"U{number}B") for number in range(TRIES)]
    for user_id in (user_id for pair in pairs for user_id in pair):
        meeting.world.slack.workspace.users[user_id] = User(user_id, user_id.lower(), user_id)
    left = iter(pairs)

    async def latest_of_pair() -> float:
        first, second = next(left)
        visitors = [(user_id, await meeting.visitor(user_id)) for user_id in (first, second)]
        await asyncio.sleep(QUIET_S)
        came_at_s = {}
        for user_id, visitor in visitors:
            came_at_s[user_id] = meeting.world.slack.workspace.now()
            await meeting.acme.join(visitor)
            await asyncio.sleep(0.2)
        await wait_for(lambda: {first, second} <= set(meeting.shown()))
        return max(added_after_s(meeting.world, user_id, at_s) for user_id, at_s in came_at_s.items())

    assert await least_of(ON_CARD_S, latest_of_pair) < ON_CARD_S


async def test_who_goes_is_taken_off_after_the_delay_and_a_reload_is_no_leave(meeting: Meeting) -> None:
    """Coming back at once, under a new session, costs Slack nothing and nobody notices."""
    await meeting.start()
    visitor = await meeting.visitor(meeting.world.bob.user_id)
    first = await meeting.acme.join(visitor)
    await wait_for(lambda: len(meeting.shown()) == 1)

    await meeting.acme.leave(first)
    second = await meeting.acme.join(visitor)
    await asyncio.sleep(LEAVE_S)
    assert 1 == meeting.world.methods().count("calls.participants.add")
    assert 0 == meeting.world.methods().count("calls.participants.remove")

    await meeting.acme.leave(second)
    went_at_s = meeting.world.slack.workspace.now()
    await wait_for(lambda: meeting.shown() == [])
    (removed,) = meeting.world.slack.api_calls("calls.participants.remove")
    assert removed.at_s - went_at_s < LEAVE_S


async def test_two_devices_are_one_person(meeting: Meeting) -> None:
    """Shown once, and until the last device goes."""
    await meeting.start()
    visitor = await meeting.visitor(meeting.world.bob.user_id)
    phone, laptop = await meeting.acme.join(visitor), await meeting.acme.join(visitor)
    await wait_for(lambda: len(meeting.shown()) == 1)

    await meeting.acme.leave(phone)
    await asyncio.sleep(LEAVE_S)
    assert [meeting.world.bob.user_id] == meeting.shown()

    await meeting.acme.leave(laptop)
    await wait_for(lambda: meeting.shown() == [])


async def test_who_came_by_no_link_of_ours_is_shown_out_and_never_on_the_card(meeting: Meeting) -> None:
    """Taking somebody's name does not make one that person."""
    await meeting.start()

    await meeting.acme.join(None, name="bob", session="intruder")
    await meeting.acme.join("0" * 32, name="alice", session="guesser")
    await wait_for(lambda: meeting.acme.rooms[meeting.acme.room] == {})

    assert [] == meeting.shown()
    assert "calls.participants.add" not in meeting.world.methods()


async def test_a_room_closed_at_the_meeting_system_ends_the_call_with_its_reason(meeting: Meeting) -> None:
    """Ended is final: later reports change nothing, and a second end does no harm."""
    await meeting.start()
    visitor = await meeting.visitor(meeting.world.bob.user_id)
    await meeting.acme.join(visitor)
    await wait_for(lambda: len(meeting.shown()) == 1)

    assert 200 == await meeting.acme.report("closed", [])
    await wait_for(lambda: meeting.at_slack.date_end > 0)
    await meeting.world.settled()
    requests = len(meeting.world.methods())
    assert 200 == await meeting.acme.report("closed", [])
    assert 200 == await meeting.acme.report("joined", [{"session": "late", "visitor": visitor, "name": "late"}])
    await asyncio.sleep(0.5)

    assert requests == len(meeting.world.methods())
    assert "was closed where it took place" in meeting.world.cards(GENERAL)[0].blocks[-1]["elements"][0]["text"]


async def test_ending_in_slack_closes_the_room(meeting: Meeting) -> None:
    """Nobody goes on talking in a call that is over."""
    await meeting.start()
    await meeting.world.alice.click(GENERAL, meeting.world.cards(GENERAL)[0].ts, "end_call")
    await wait_for(lambda: meeting.acme.rooms == {})


async def test_pressing_join_shows_a_person_until_it_is_clear_that_they_did_not_come(meeting: Meeting) -> None:
    """Pressing again and leaving again is as quick as ever; being seen makes it certain."""
    await meeting.start()
    await meeting.world.bob.command(GENERAL, "/startcall", "join")
    pressed_at_s = meeting.world.slack.workspace.now()
    await wait_for(lambda: meeting.shown() == [meeting.world.bob.user_id])
    await meeting.world.bob.command(GENERAL, "/startcall", "leave")
    left_at_s = meeting.world.slack.workspace.now()
    await wait_for(lambda: meeting.shown() == [])

    (added,) = meeting.world.slack.api_calls("calls.participants.add")
    (removed,) = meeting.world.slack.api_calls("calls.participants.remove")
    assert added.at_s - pressed_at_s < ON_CARD_S
    assert removed.at_s - left_at_s < 2 * ON_CARD_S


async def test_leaving_by_the_card_shows_the_person_out_of_the_room(meeting: Meeting) -> None:
    """Whoever says in Slack that they left is not left in the meeting with an open microphone."""
    await meeting.start()
    visitor = await meeting.visitor(meeting.world.bob.user_id)
    await meeting.acme.join(visitor)
    await wait_for(lambda: len(meeting.shown()) == 1)

    await meeting.world.bob.click(GENERAL, meeting.world.cards(GENERAL)[0].ts, "leave_call")
    await wait_for(lambda: meeting.acme.rooms[meeting.acme.room] == {} and meeting.shown() == [])


@pytest.mark.parametrize("meeting", [{"STARTCALL_END_WHEN_EMPTY_S": "2"}], indirect=True)
async def test_a_call_ends_when_everybody_has_gone_and_not_before_somebody_came(meeting: Meeting) -> None:
    """It is said why, and as long as the last person was in; a room nobody has come to yet stays open."""
    await meeting.start()
    await asyncio.sleep(3)
    assert 0 == meeting.at_slack.date_end

    session = await meeting.acme.join(await meeting.visitor(meeting.world.bob.user_id))
    await asyncio.sleep(3)
    assert 0 == meeting.at_slack.date_end

    await meeting.acme.leave(session)
    await wait_for(lambda: meeting.at_slack.date_end > 0, timeout_s=LEAVE_S + PATIENCE_S)
    await meeting.world.settled()
    assert "everybody had left" in meeting.world.cards(GENERAL)[0].blocks[-1]["elements"][0]["text"]


@pytest.mark.parametrize("meeting", [{"STARTCALL_END_WHEN_EMPTY_S": "1"}], indirect=True)
async def test_a_call_is_not_ended_as_empty_while_its_room_says_otherwise_or_nothing(meeting: Meeting) -> None:
    """A lost report of a return, or a meeting system that is down, ends nobody's call."""
    await meeting.start()
    visitor = await meeting.visitor(meeting.world.bob.user_id)
    session = await meeting.acme.join(visitor)
    await meeting.acme.leave(session)
    meeting.acme.hooks_url = ""
    await meeting.acme.join(visitor)
    await wait_for(lambda: any("people" in asked for asked in meeting.acme.asked), timeout_s=LEAVE_S + PATIENCE_S)
    await wait_for(lambda: meeting.shown() == [meeting.world.bob.user_id])
    assert 0 == meeting.at_slack.date_end

    meeting.acme.hooks_url = f"{meeting.world.server.address}/hooks/acme"
    (session,) = meeting.acme.rooms[meeting.acme.room]
    meeting.acme.status = 503
    await meeting.acme.leave(session)
    await asyncio.sleep(LEAVE_S + 2)
    assert 0 == meeting.at_slack.date_end


@pytest.mark.parametrize("meeting", [{"STARTCALL_LONGEST_CALL_S": "2"}], indirect=True)
async def test_a_call_that_reaches_the_longest_time_is_ended(meeting: Meeting) -> None:
    """Also with somebody in it; the card says so."""
    await meeting.start()
    await meeting.acme.join(await meeting.visitor(meeting.world.bob.user_id))
    await wait_for(lambda: meeting.at_slack.date_end > 0)
    await meeting.world.settled()
    assert "as long as a call may" in meeting.world.cards(GENERAL)[0].blocks[-1]["elements"][0]["text"]


async def test_a_thousand_comings_and_goings_in_ten_seconds_cost_one_request_a_second(meeting: Meeting) -> None:
    """And the end is exact: who is in at the end is on the card, and nobody else."""
    await meeting.start()
    visitors = [await meeting.visitor(f"U{number:010}") for number in range(50)]
    for number in range(50):
        user = User(f"U{number:010}", f"person{number}", f"Person {number}")
        meeting.world.slack.workspace.users[user.id] = user
    began = time.monotonic()
    reports, inside = [], [False] * 50
    for number in range(1000):
        person = number * 7 % 50
        inside[person] = not inside[person]
        session = f"{person} in round {number // 100}"
        work = meeting.acme.join(visitors[person], session=session) if inside[person] else meeting.acme.leave(session)
        reports.append(asyncio.create_task(work))
        await asyncio.sleep(max(0, began + number / 100 - time.monotonic()))
    await asyncio.gather(*reports)
    lasted_s = time.monotonic() - began
    requests = [call for call in meeting.world.api_calls() if call.name.startswith("calls.participants")]
    expected = sorted(f"U{person:010}" for person in range(50) if inside[person])
    await wait_for(lambda: meeting.shown() == expected, timeout_s=LEAVE_S + 5)

    assert len(requests) <= lasted_s + 1


async def test_lost_reports_heal_within_a_minute(meeting: Meeting) -> None:
    """All of them: somebody came and somebody went, and nobody told us."""
    await meeting.start()
    visitors = [await meeting.visitor(person.user_id) for person in (meeting.world.alice, meeting.world.bob)]
    went = await meeting.acme.join(visitors[0])
    await wait_for(lambda: len(meeting.shown()) == 1)
    meeting.acme.hooks_url = ""

    await meeting.acme.leave(went)
    await meeting.acme.join(visitors[1])
    await wait_for(lambda: meeting.shown() == [meeting.world.bob.user_id], timeout_s=60)


async def test_reports_of_other_rooms_and_broken_ones_change_nothing(meeting: Meeting) -> None:
    """A report of a room that is none of ours is taken and dropped: it tells nobody which rooms there are."""
    await meeting.start()
    room = meeting.acme.room
    meeting.acme.rooms["other"] = meeting.acme.rooms.pop(room)

    assert 200 == await meeting.acme.report("joined", [{"session": "s", "visitor": None, "name": "n"}])
    assert [] == meeting.shown()


@pytest.mark.parametrize(("size", "status"), [(1, 401), (256 * 1024 + 1, 413), (10 * 1024 * 1024, 413)])
async def test_a_report_longer_than_any_is_refused_before_it_is_read(meeting: Meeting, size: int, status: int) -> None:
    """Its length costs us nothing; nor does a short one that nobody signed."""
    async with meeting.acme.session.post(
        f"{meeting.world.server.address}/hooks/acme", data=BytesIO(b"x" * size)
    ) as answer:
        assert status == answer.status


@pytest.mark.parametrize("path", ["", "nonesuch", "link", "../hooks/acme/x/../../..", "acme%2f..%2f"])
async def test_reports_are_taken_only_for_meeting_systems_that_are_set_up(meeting: Meeting, path: str) -> None:
    """Every other name is 404, whether it exists or not."""
    async with meeting.acme.session.post(f"{meeting.world.server.address}/hooks/{path}", data=b"{}") as answer:
        assert 404 == answer.status


async def test_a_replayed_report_changes_nothing(meeting: Meeting) -> None:
    """A signature is good for five minutes, so the same report may come again within them, and late."""
    await meeting.start()
    visitor = await meeting.visitor(meeting.world.bob.user_id)
    person: dict[str, str | None] = {"session": "s", "visitor": visitor, "name": "Bob"}
    meeting.acme.rooms[meeting.acme.room]["s"] = person
    came = meeting.acme.signed_report("joined", [person])
    went = meeting.acme.signed_report("left", [person])

    for body, headers in (came, came, went, came, went):
        assert 200 == await meeting.acme.send(body, headers)
    await wait_for(lambda: meeting.shown() == [])
    assert 200 == await meeting.acme.send(*came)
    await asyncio.sleep(0.5)

    assert [] == meeting.shown()
