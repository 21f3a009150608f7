"""What a call still needs, and in which order: one missing step at a time.

`next_step` compares what should be true of a call with what Slack and the provider were told, and names the
first difference. Nothing else decides the order of work, so a crash needs no log: the row says where to go on.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum, auto

from calls.invitation import Invitation, fingerprint, next_moment, settled, to_check, to_ring, to_show
from calls.model import Call, CallState, EndReason, Participant
from calls.recap import RecapState

START_DEADLINE = timedelta(minutes=10)
"""A call that is not on its card by then is given up when it fails; nobody is waiting for it any more."""

START_TRIES = 6
"""How often one step of a start fails in a row before the call is given up: waiting in a long line is no failure."""

RECAP_FROM = timedelta(minutes=1)
"""How long a call has to have lasted for a recap, unless its meeting left something behind."""

WAITS_FOR = timedelta(minutes=25)
"""How long a call waits for its starter's answer; the message that asks can be changed for about as long."""

_BACKOFF_S = (1, 2, 5, 10, 30, 60)


REOPENS_FOR = timedelta(minutes=2)
"""How long a call that was ended by mistake can go on."""

TRIES_MAX = 12
"""After so many failures of one step, about 8 minutes, a call is set aside until somebody sees to it."""


@dataclass(frozen=True, slots=True)
class EndRules:
    """When a call ends by itself.

    Args:
        empty: how long nobody has to be in a room that somebody was in.
        longest: how long a call lasts at most.
    """

    empty: timedelta = timedelta(minutes=2)
    longest: timedelta = timedelta(hours=24)


class Step(Enum):
    """One piece of work on one call."""

    WEIGH = auto()
    ASK = auto()
    WITHDRAW = auto()
    MAKE_ROOM = auto()
    REGISTER = auto()
    POST = auto()
    RENAME = auto()
    TURN_OUT = auto()
    LOOK_UP = auto()
    LET_GO = auto()
    ADD_PEOPLE = auto()
    REMOVE_PEOPLE = auto()
    OFFER_CLAIMS = auto()
    STOP_RINGING = auto()
    CHECK_INVITED = auto()
    RING = auto()
    SHOW_ANSWER = auto()
    SHOW_INVITED = auto()
    END_TOO_LONG = auto()
    END_EMPTY = auto()
    KEEP = auto()
    LOOK = auto()
    END_AT_SLACK = auto()
    END_ROOM = auto()
    SHOW_END = auto()
    BEGIN_RECAP = auto()
    POST_RECAP = auto()
    UPDATE_RECAP = auto()
    HIDE_REOPEN = auto()


def next_step(
    call: Call,
    participants: Sequence[Participant],
    now: datetime,
    rules: EndRules,
    invitations: Sequence[Invitation] = (),
) -> Step | None:
    """Return what a call needs next, or None when all is as it should be at the moment."""
    if call.state.is_final:
        # A card posted by response_url is redrawn when somebody presses a button that it still shows.
        if call.posted and not call.end_shown:
            return Step.SHOW_END
        ringing = _next_of_ringing(call, participants, invitations, now)
        return ringing or _next_of_recap(call, participants) or _next_of_reopening(call, now)
    if call.state is CallState.ENDING:
        step = _next_of_ending(call)
        # A room that cannot be closed for a while keeps nobody ringing.
        first = _next_of_ringing(call, participants, invitations, now) if step is Step.END_ROOM and call.tries else None
        return first or step
    if call.state is CallState.WAITING:
        return _next_of_waiting(call, now)
    return (
        _next_of_starting(call)
        or _next_of_live(call, participants, now)
        or _next_of_watch(call, now, rules)
        or _next_of_ringing(call, participants, invitations, now)
    )


def next_due(
    call: Call, participants: Sequence[Participant], rules: EndRules, invitations: Sequence[Invitation] = ()
) -> datetime | None:
    """Return when a call that needs nothing at the moment has to be looked at again, or None for never."""
    if call.state is CallState.WAITING:
        return call.created_at + WAITS_FOR
    if not call.state.is_open:
        return reopen_deadline(call) if call.state.is_final and call.sequel.is_offered else None
    watch = call.watch
    times = [call.created_at + rules.longest, watch.look_at, watch.keep_at, next_moment(call, invitations)]
    times += [person.stays_until for person in participants if person.present]
    if _next_of_people(call, participants) is not None:
        times.append(watch.tell_at)
    if watch.look_at is None:
        times.append(empty_deadline(call, rules))
    return min(time for time in times if time is not None)


def empty_deadline(call: Call, rules: EndRules) -> datetime | None:
    """Return when a call ends because nobody is in its room, or None while somebody is or nobody ever was."""
    return None if call.watch.empty_since is None else call.watch.empty_since + rules.empty


def _next_of_waiting(call: Call, now: datetime) -> Step | None:
    if call.question is None or now >= call.created_at + WAITS_FOR:
        return Step.WITHDRAW
    if call.question.why.is_for_slack:
        return Step.WEIGH
    return None if call.question.told else Step.ASK


def _next_of_starting(call: Call) -> Step | None:
    if call.room is None:
        return Step.MAKE_ROOM
    if call.slack_call_id is None:
        return Step.REGISTER
    return None if call.posted else Step.POST


def _next_of_live(call: Call, participants: Sequence[Participant], now: datetime) -> Step | None:
    if call.title != call.title_told:
        return Step.RENAME
    if call.watch.turn_out:
        return Step.TURN_OUT
    if any(person.present and person.email and person.is_unknown for person in participants):
        return Step.LOOK_UP
    if any(person.present and _has_come(person.stays_until, now) for person in participants):
        return Step.LET_GO
    is_gathering = call.watch.tell_at is not None and now < call.watch.tell_at
    return None if is_gathering else _next_of_people(call, participants)


def _next_of_people(call: Call, participants: Sequence[Participant]) -> Step | None:
    if to_add(participants):
        return Step.ADD_PEOPLE
    if to_remove(participants):
        return Step.REMOVE_PEOPLE
    has_unknown = any(person.present and person.is_unknown for person in participants)
    is_offered = call.claims_offered or call.message_ts is None
    return Step.OFFER_CLAIMS if has_unknown and not is_offered else None


def _next_of_ringing(
    call: Call, participants: Sequence[Participant], invitations: Sequence[Invitation], now: datetime
) -> Step | None:
    if settled(call, participants, invitations, now):
        return Step.STOP_RINGING
    if not call.state.is_open:
        return Step.SHOW_ANSWER if to_show(invitations) is not None else None
    is_gathering = call.invited_tell_at is not None and now < call.invited_tell_at
    return _next_to_ring(invitations) or (None if is_gathering else _next_to_show(call, invitations))


def _next_to_ring(invitations: Sequence[Invitation]) -> Step | None:
    if to_check(invitations) is not None:
        return Step.CHECK_INVITED
    return Step.RING if to_ring(invitations) is not None else None


def _next_to_show(call: Call, invitations: Sequence[Invitation]) -> Step | None:
    if to_show(invitations) is not None:
        return Step.SHOW_ANSWER
    return Step.SHOW_INVITED if fingerprint(call, invitations) != call.invited_told else None


def reopen_deadline(call: Call) -> datetime | None:
    """Return until when an ended call can go on, or None for one that runs."""
    return None if call.ended_at is None else call.ended_at + REOPENS_FOR


def _next_of_reopening(call: Call, now: datetime) -> Step | None:
    is_over = call.sequel.is_begun or _has_come(reopen_deadline(call), now)
    return Step.HIDE_REOPEN if call.sequel.is_offered and is_over else None


def _next_of_watch(call: Call, now: datetime, rules: EndRules) -> Step | None:
    if now >= call.created_at + rules.longest:
        return Step.END_TOO_LONG
    watch = call.watch
    deadline = empty_deadline(call, rules)
    # Reports can get lost, so a call is not ended on their word alone where its room can be looked at.
    is_sure = watch.look_at is None or (deadline is not None and (watch.looked_at or call.created_at) >= deadline)
    if is_sure and _has_come(deadline, now):
        return Step.END_EMPTY
    if _has_come(watch.keep_at, now):
        return Step.KEEP
    return Step.LOOK if _has_come(watch.look_at, now) else None


def _has_come(time: datetime | None, now: datetime) -> bool:
    return time is not None and time <= now


def _next_of_ending(call: Call) -> Step:
    if call.room is not None and not call.slack_ended:
        # Registering first finds a call that an unanswered calls.add may have left open at Slack.
        return Step.REGISTER if call.slack_call_id is None else Step.END_AT_SLACK
    return Step.SHOW_END if call.posted and not call.end_shown else Step.END_ROOM


def _next_of_recap(call: Call, participants: Sequence[Participant]) -> Step | None:
    match call.recap.state:
        case RecapState.NONE:
            return Step.BEGIN_RECAP if _is_worth_a_recap(call, participants) else None
        case RecapState.BEGUN:
            return Step.POST_RECAP
        case RecapState.POSTED:
            return Step.UPDATE_RECAP if call.recap.told < len(call.artifacts) else None
        case RecapState.LEFT_OUT:
            return None


def _is_worth_a_recap(call: Call, participants: Sequence[Participant]) -> bool:
    """Say whether more is to be told of a call than its card says: somebody came, and it was no mere try."""
    has_thread = call.state is CallState.ENDED and call.message_ts is not None
    lasted = call.duration_s >= RECAP_FROM.total_seconds()
    return has_thread and bool(participants) and (lasted or bool(call.artifacts))


def to_add(participants: Sequence[Participant]) -> list[Participant]:
    """Return who is in the call and is not shown at Slack."""
    return [person for person in participants if person.present and not person.told]


def to_remove(participants: Sequence[Participant]) -> list[Participant]:
    """Return who is shown at Slack and is no longer in the call."""
    return [person for person in participants if person.told and not person.present]


def final_state(call: Call) -> CallState:
    """Return the state an ending call comes to rest in."""
    return CallState.FAILED if call.end_reason is EndReason.FAILED_TO_START else CallState.ENDED


def retry_at(call: Call, now: datetime, at_least_s: float = 0.0) -> datetime:
    """Return when the present step may be tried again.

    Args:
        at_least_s: what Slack asked us to wait, in seconds.
    """
    wait_s = _BACKOFF_S[min(call.tries, len(_BACKOFF_S) - 1)]
    return now + timedelta(seconds=max(float(wait_s), at_least_s))


def is_given_up(call: Call, now: datetime) -> bool:
    """Say whether a call that failed once more took too long to start."""
    return call.is_starting and now > call.created_at + START_DEADLINE and call.tries + 1 >= START_TRIES


def comes_too_late(call: Call, now: datetime, wait_s: float) -> bool:
    """Say whether a call that has to wait would start when nobody expects it any more."""
    return call.is_starting and now + timedelta(seconds=wait_s) > call.created_at + START_DEADLINE
