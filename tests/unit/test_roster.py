"""Who is in a call follows from the reports of its meeting system, whatever their order and number."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from calls.meetings import EventKind, MeetingEvent, Seen
from calls.model import Call, CallId, CallState, ChannelId, EndReason, Participant, Room, TeamId, UserId
from calls.roster import LEAVE_DELAY, Roster, after_event, let_go

NOON = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
NOW = NOON + timedelta(hours=1)
CALL = Call(
    CallId("c1"),
    "4K7-9QM",
    TeamId("T1"),
    ChannelId("C1"),
    "Weekly",
    UserId("U1"),
    "janus",
    NOON,
    state=CallState.LIVE,
    room=Room("r", "https://meet.example.com/r"),
)
ROSTER = Roster(CALL, {}, {})


def identify(seen: Seen) -> Participant:
    """Return whose device it is: visitors are known by their id, everybody else by their session."""
    key = f"slack:{seen.visitor_id}" if seen.visitor_id else f"guest:{seen.person_id or seen.session_id}"
    slack_id = UserId(seen.visitor_id) if seen.visitor_id else None
    return Participant(
        CALL.id, key, present=False, told=False, joined_at=NOW, slack_id=slack_id, display_name=seen.display_name
    )


def joined(session_id: str, at_s: int, visitor_id: str | None = "U1") -> MeetingEvent:
    """Return the report that a device has come."""
    return MeetingEvent(EventKind.JOINED, "r", NOON + timedelta(seconds=at_s), (Seen(session_id, visitor_id),))


def left(session_id: str, at_s: int, visitor_id: str | None = None) -> MeetingEvent:
    """Return the report that a device has gone."""
    return MeetingEvent(EventKind.LEFT, "r", NOON + timedelta(seconds=at_s), (Seen(session_id, visitor_id),))


def snapshot(session_ids: Iterable[str], at: datetime) -> MeetingEvent:
    """Return the answer to a look that began at a time."""
    people = tuple(Seen(session_id, "U1") for session_id in session_ids)
    return MeetingEvent(EventKind.SNAPSHOT, "r", at, people)


def after(events: Sequence[MeetingEvent], roster: Roster = ROSTER, now: datetime = NOW) -> Roster:
    """Return a roster after events."""
    for event in events:
        roster = after_event(roster, event, identify, now)
    return roster


def at_rest(roster: Roster) -> dict[str, Participant]:
    """Return everybody once those who were not seen again are let go of."""
    return {
        key: let_go(person, NOW) if person.present and person.stays_until is not None else person
        for key, person in roster.people.items()
    }


def test_every_order_and_repetition_of_two_devices_ends_alike() -> None:
    """Alice's phone comes and goes, her laptop comes, goes and comes back anew, a guest comes: 7! orders, one end."""
    events = [
        joined("phone", 1),
        joined("laptop", 2),
        left("phone", 3),
        left("laptop", 4),
        joined("laptop again", 5),
        joined("guest", 6, visitor_id=None),
        left("guest", 7),
    ]
    expected = at_rest(after(events))

    assert {"slack:U1": True, "guest:guest": False} == {key: one.present for key, one in expected.items()}
    for order in itertools.permutations(events):
        assert expected == at_rest(after(order))
        assert expected == at_rest(after([*order, *order[::-1]]))


@given(st.data())
@settings(max_examples=300, deadline=None)
def test_reports_in_any_order_with_copies_end_as_in_order(data: st.DataObject) -> None:
    """Any comings and goings of three people with up to three devices each, each reported up to three times."""
    times = itertools.count(1)
    events: list[MeetingEvent] = []
    for person in ("U1", "U2", "U3"):
        for device in range(data.draw(st.integers(0, 3))):
            events.append(joined(f"{person}-{device}", next(times), person))
            if data.draw(st.booleans()):
                events.append(left(f"{person}-{device}", next(times), data.draw(st.sampled_from([None, person]))))
    reported = data.draw(st.permutations(events * data.draw(st.integers(1, 3))))

    expected, found = at_rest(after(events)), at_rest(after(reported))

    assert expected == found


def test_a_person_with_two_devices_is_one_and_stays_while_one_of_them_does() -> None:
    """Closing the phone's tab while the laptop is in is no leave."""
    both = after([joined("phone", 1), joined("laptop", 2)])
    one = after([left("phone", 3)], both)

    assert ["slack:U1"] == list(both.people)
    assert one.people["slack:U1"].present
    assert one.people["slack:U1"].stays_until is None


def test_who_leaves_stays_on_the_card_for_a_moment_so_that_a_reload_is_no_leave() -> None:
    """Coming back under a new session within the delay leaves no trace."""
    gone = after([joined("a", 1), left("a", 2)])
    back = after([joined("b", 3)], gone)

    assert gone.people["slack:U1"].present
    assert NOW + LEAVE_DELAY == gone.people["slack:U1"].stays_until
    assert NOON + timedelta(seconds=2) == gone.people["slack:U1"].left_at
    assert back.people["slack:U1"] == after([joined("a", 1)]).people["slack:U1"]


def test_whose_device_it_was_is_learnt_also_after_it_was_reported_gone() -> None:
    """Somebody whose coming is reported after their going was there, and is not any more."""
    roster = after([left("a", 2), joined("a", 1)])

    person = roster.people["slack:U1"]
    assert not person.present
    assert (NOON + timedelta(seconds=1), NOON + timedelta(seconds=2)) == (person.joined_at, person.left_at)


def test_a_look_adds_who_was_missed_and_takes_off_who_is_gone() -> None:
    """What lost reports failed to say, asking does."""
    roster = after([joined("a", 1)])
    looked = after([snapshot(["b"], NOW + timedelta(seconds=1))], roster, NOW + timedelta(seconds=2))

    assert {"a": False, "b": True} == {key: session.present for key, session in looked.sessions.items()}
    assert looked.people["slack:U1"].present


def test_what_was_reported_since_a_look_began_is_newer_than_the_look() -> None:
    """Somebody who comes or goes while the answer is on its way is not undone by it."""
    began = NOW - timedelta(seconds=1)
    roster = after([joined("goes", 1), joined("comes", 2, "U2"), left("goes", 3)])

    looked = after([snapshot(["goes"], began)], roster)

    assert {"goes": False, "comes": True} == {key: session.present for key, session in looked.sessions.items()}


def test_a_report_that_comes_after_a_look_still_counts() -> None:
    """The going of somebody who was found by looking only."""
    looked = after([snapshot(["a"], NOW)])

    assert not after([left("a", 5)], looked).sessions["a"].present


def test_the_end_is_final_and_later_reports_change_nothing() -> None:
    """A room that was closed ends its call, and nobody comes back into that."""
    ended = after([joined("a", 1), MeetingEvent(EventKind.ENDED, "r", NOON + timedelta(seconds=9))])

    assert (CallState.ENDING, EndReason.ENDED_IN_ROOM) == (ended.call.state, ended.call.end_reason)
    assert ended == after([joined("b", 10), left("a", 11), MeetingEvent(EventKind.ENDED, "r", NOW)], ended)


def test_a_room_counts_as_used_from_when_somebody_was_seen_in_it() -> None:
    """Nobody ever seen is not the same as everybody gone; a going alone does not make it used."""
    assert after([left("a", 1)]).call.watch.came_at is None
    assert NOW == after([joined("a", 1)]).call.watch.came_at
    assert NOW == after([snapshot(["a"], NOON)]).call.watch.came_at


@pytest.mark.parametrize("at_s", [1, 2])
def test_of_a_coming_and_a_going_at_the_same_time_the_going_counts(at_s: int) -> None:
    """Clocks of whole seconds make both likely, and nobody comes after they went."""
    for events in itertools.permutations([joined("a", at_s), left("a", at_s)]):
        assert not after(events).sessions["a"].present


def test_a_pressed_join_that_was_confirmed_is_no_longer_on_trial() -> None:
    """Whoever pressed Join is taken off later unless they are seen; once seen, they stay."""
    pressed = Participant(CALL.id, "slack:U1", present=True, told=True, joined_at=NOON, stays_until=NOW)
    roster = replace(ROSTER, people={"slack:U1": pressed})

    seen = after([joined("a", 30)], roster).people["slack:U1"]

    assert (True, None, NOON) == (seen.present, seen.stays_until, seen.joined_at)
