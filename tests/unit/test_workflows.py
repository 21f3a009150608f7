"""Which step comes next, as decided from the row alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from calls.invitation import RINGS_FOR, Invitation, InvitationState, fingerprint
from calls.model import Call, CallId, CallState, ChannelId, EndReason, Participant, Room, TeamId, UserId
from calls.sequel import Sequel
from calls.watch import Watch
from calls.workflows import REOPENS_FOR, EndRules, Step, final_state, is_given_up, next_due, next_step, retry_at

NOW = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
NEW = Call(CallId("c1"), "4K7-9QM", TeamId("T1"), ChannelId("C1"), "Weekly", UserId("U1"), "link", NOW, due_at=NOW)
LIVE = replace(
    NEW,
    state=CallState.LIVE,
    room=Room("r", "https://meet.example.com/r"),
    slack_call_id="R1",
    title_told="Weekly",
    posted=True,
    message_ts="1.1",
    live_at=NOW,
)
RULES = EndRules(empty=timedelta(minutes=2), longest=timedelta(hours=24))
ALICE = Participant(CallId("c1"), "slack:U1", present=True, told=False, joined_at=NOW, slack_id=UserId("U1"))


def step_of(call: Call, people: Sequence[Participant], now: datetime = NOW) -> Step | None:
    """Return what a call needs at a time, with the usual rules."""
    return next_step(call, people, now, RULES)


def test_a_new_call_gets_its_room_then_its_number_then_its_card() -> None:
    """The steps of a start come in one order, each decided by what is missing."""
    with_room = replace(NEW, room=LIVE.room, state=CallState.ROOM_MADE)
    registered = replace(with_room, slack_call_id="R1", title_told="Weekly", state=CallState.REGISTERED)

    assert Step.MAKE_ROOM is step_of(NEW, ())
    assert Step.REGISTER is step_of(with_room, ())
    assert Step.POST is step_of(registered, ())
    assert step_of(LIVE, ()) is None


@pytest.mark.parametrize(
    ("person", "step"),
    [
        (ALICE, Step.ADD_PEOPLE),
        (replace(ALICE, present=False, told=True), Step.REMOVE_PEOPLE),
        (replace(ALICE, told=True), None),
        (replace(ALICE, present=False), None),
    ],
)
def test_only_the_difference_to_what_slack_was_told_is_sent(person: Participant, step: Step | None) -> None:
    """Somebody who came and went before Slack heard of it costs no request."""
    assert step is step_of(LIVE, (person,))


def test_a_new_title_is_told() -> None:
    """A title that differs from the one Slack knows is the next thing to say."""
    assert Step.RENAME is step_of(replace(LIVE, title="Retro"), ())


def test_an_ending_call_is_ended_then_redrawn_then_closed() -> None:
    """The steps of an end come in one order and then there is nothing left."""
    ending = LIVE.ending(at=NOW, reason=EndReason.ENDED_BY_PERSON, by=UserId("U1"))
    ended = replace(ending, slack_ended=True)
    shown = replace(ended, end_shown=True)

    assert Step.END_AT_SLACK is step_of(ending, (ALICE,))
    assert Step.SHOW_END is step_of(ended, (ALICE,))
    assert Step.END_ROOM is step_of(shown, (ALICE,))
    assert step_of(replace(shown, state=CallState.ENDED), (ALICE,)) is None


def test_a_call_ended_before_it_was_registered_is_looked_for_at_slack() -> None:
    """An unanswered calls.add may have left a call open, so it is registered once more only to be ended."""
    ending = replace(NEW, room=LIVE.room, state=CallState.ROOM_MADE).ending(at=NOW, reason=EndReason.ENDED_BY_PERSON)

    assert Step.REGISTER is step_of(ending, ())
    assert Step.END_ROOM is step_of(NEW.ending(at=NOW, reason=EndReason.ENDED_BY_PERSON), ())


def test_the_first_end_wins_and_ended_is_final() -> None:
    """A second end changes nothing, and the reason decides between ended and failed."""
    first = LIVE.ending(at=NOW, reason=EndReason.ENDED_BY_PERSON, by=UserId("U1"))
    second = first.ending(at=NOW + timedelta(minutes=5), reason=EndReason.ENDED_BY_OPERATOR, by=UserId("U2"))

    assert first == second
    assert CallState.ENDED is final_state(first)
    assert CallState.FAILED is final_state(NEW.ending(at=NOW, reason=EndReason.FAILED_TO_START))


def test_waiting_grows_and_slacks_own_wish_counts() -> None:
    """A step that fails again waits longer, and never less than Slack asked for."""
    waits = [(retry_at(replace(NEW, tries=tries), NOW) - NOW).total_seconds() for tries in range(8)]

    assert waits == [1, 2, 5, 10, 30, 60, 60, 60]
    assert NOW + timedelta(seconds=42) == retry_at(NEW, NOW, at_least_s=42)


def test_a_start_that_takes_too_long_is_given_up() -> None:
    """Nobody waits ten minutes for a card that keeps failing; a long line, and a call with its card, are no reason."""
    late = NOW + timedelta(minutes=11)

    assert is_given_up(replace(NEW, tries=5), late)
    assert not is_given_up(replace(NEW, tries=5), NOW)
    assert not is_given_up(replace(NEW, tries=4), late)
    assert not is_given_up(replace(LIVE, tries=5), late)


SEEN = replace(ALICE, told=True)
GONE = replace(SEEN, stays_until=NOW + timedelta(seconds=5))
EMPTY = replace(LIVE, watch=Watch(came_at=NOW, empty_since=NOW))


def test_a_call_at_rest_is_looked_at_again_when_something_can_change() -> None:
    """The earliest of what a clock alone can bring about is when the call is due."""
    rest = NOW + RULES.longest
    watched = replace(LIVE, watch=Watch(look_at=NOW + timedelta(seconds=45)))

    assert next_due(LIVE, (SEEN,), RULES) == rest
    assert next_due(watched, (SEEN,), RULES) == NOW + timedelta(seconds=45)
    assert next_due(watched, (GONE,), RULES) == NOW + timedelta(seconds=5)
    assert next_due(EMPTY, (), RULES) == NOW + RULES.empty
    assert next_due(replace(LIVE, state=CallState.ENDED), (), RULES) is None


def test_somebody_who_was_not_seen_again_is_let_go_of() -> None:
    """Until the time has come they stay on the card."""
    assert step_of(LIVE, (GONE,), NOW + timedelta(seconds=4)) is None
    assert step_of(LIVE, (GONE,), NOW + timedelta(seconds=5)) is Step.LET_GO


def test_comings_and_goings_are_gathered_after_slack_was_told_of_some() -> None:
    """Many in a second become one request; a new title does not wait for them."""
    told = replace(LIVE, watch=Watch(tell_at=NOW + timedelta(seconds=1)))

    assert step_of(told, (ALICE,)) is None
    assert next_due(told, (ALICE,), RULES) == NOW + timedelta(seconds=1)
    assert step_of(told, (ALICE,), NOW + timedelta(seconds=1)) is Step.ADD_PEOPLE
    assert step_of(replace(told, title="Retro"), (ALICE,)) is Step.RENAME


def test_a_call_ends_when_nobody_is_in_for_long_enough() -> None:
    """Not a moment before, and never while it is not known that somebody ever came."""
    deadline = NOW + RULES.empty

    assert step_of(EMPTY, (), deadline - timedelta(seconds=1)) is None
    assert step_of(EMPTY, (), deadline) is Step.END_EMPTY
    assert step_of(LIVE, (), deadline) is None


def test_a_room_that_can_be_looked_at_is_looked_at_before_its_call_ends() -> None:
    """A report that somebody came back may have been lost; while the room cannot be looked at, the call goes on."""
    deadline = NOW + RULES.empty
    unsure = replace(EMPTY, watch=replace(EMPTY.watch, look_at=deadline))
    failed = replace(EMPTY, watch=replace(EMPTY.watch, look_at=deadline + timedelta(seconds=30)))
    sure = replace(failed, watch=replace(failed.watch, looked_at=deadline))

    assert step_of(unsure, (), deadline) is Step.LOOK
    assert step_of(failed, (), deadline) is None
    assert step_of(sure, (), deadline) is Step.END_EMPTY


def test_no_call_lasts_longer_than_calls_may() -> None:
    """Also one that somebody is in, or whose meeting system says nothing."""
    assert step_of(LIVE, (SEEN,), NOW + RULES.longest) is Step.END_TOO_LONG


BOB = Invitation(CallId("c1"), UserId("U2"), UserId("U1"))
INVITING = replace(
    LIVE, invited=(UserId("U2"),), invited_told=fingerprint(replace(LIVE, invited=(UserId("U2"),)), [BOB])
)
RINGING = replace(BOB, state=InvitationState.RINGING, rung_at=NOW, rings=1, dm_ts="2.2", shown=InvitationState.RINGING)


@pytest.mark.parametrize(
    ("invitation", "step"),
    [
        (BOB, Step.CHECK_INVITED),
        (replace(BOB, state=InvitationState.CLEARED), Step.RING),
        (RINGING, None),
        (replace(RINGING, state=InvitationState.DECLINED), Step.SHOW_ANSWER),
        (replace(RINGING, state=InvitationState.DECLINED, shown=InvitationState.DECLINED), Step.SHOW_INVITED),
        (replace(BOB, state=InvitationState.QUIET), None),
        (replace(BOB, state=InvitationState.REFUSED), Step.SHOW_INVITED),
    ],
)
def test_an_invited_person_is_looked_up_then_rung_then_shown(invitation: Invitation, step: Step | None) -> None:
    """Each is decided by what is missing, and what is true and shown needs nothing."""
    assert step is next_step(INVITING, (), NOW, RULES, (invitation,))


def test_a_ring_ends_by_itself_after_a_minute() -> None:
    """Until then nothing is due for it."""
    assert NOW + RINGS_FOR == next_due(INVITING, (), RULES, (RINGING,))
    assert Step.STOP_RINGING is next_step(INVITING, (), NOW + RINGS_FOR, RULES, (RINGING,))


def test_answers_are_gathered_but_ringing_goes_on() -> None:
    """Many who answer at once are one request, and nobody is rung later for it."""
    gathering = replace(INVITING, invited_tell_at=NOW + timedelta(seconds=1))
    declined = replace(RINGING, state=InvitationState.DECLINED)

    assert next_step(gathering, (), NOW, RULES, (declined,)) is None
    assert NOW + timedelta(seconds=1) == next_due(gathering, (), RULES, (declined,))
    assert Step.CHECK_INVITED is next_step(gathering, (), NOW, RULES, (BOB, declined))


def test_people_come_before_rings_and_the_end_before_both() -> None:
    """Nobody who joins waits for others to be rung; a room that cannot be closed keeps nobody ringing."""
    ending = replace(INVITING.ending(at=NOW, reason=EndReason.ENDED_BY_PERSON), slack_ended=True, end_shown=True)

    assert Step.ADD_PEOPLE is next_step(INVITING, (ALICE,), NOW, RULES, (BOB,))
    assert Step.END_ROOM is next_step(ending, (), NOW, RULES, (RINGING,))
    assert Step.STOP_RINGING is next_step(replace(ending, tries=1), (), NOW, RULES, (RINGING,))
    assert Step.STOP_RINGING is next_step(replace(ending, state=CallState.ENDED), (), NOW, RULES, (RINGING,))


def test_an_ended_call_stops_offering_to_go_on_after_two_minutes_or_when_it_does() -> None:
    """Until then it rests."""
    ended = replace(LIVE, state=CallState.ENDED, ended_at=NOW, slack_ended=True, end_shown=True)
    ended = replace(ended, sequel=Sequel(is_offered=True))

    assert step_of(ended, ()) is None
    assert NOW + REOPENS_FOR == next_due(ended, (), RULES)
    assert Step.HIDE_REOPEN is step_of(ended, (), NOW + REOPENS_FOR)
    assert Step.HIDE_REOPEN is step_of(replace(ended, sequel=Sequel(is_offered=True, is_begun=True)), ())
    assert next_due(replace(ended, sequel=Sequel()), (), RULES) is None
