"""What becomes of a call whose step did not go well: tried again, given up, told in words, or set aside."""

from __future__ import annotations

import logging
from dataclasses import replace
from datetime import datetime

from calls import claiming, closing, recapping, running, weighing
from calls.errors import (
    CallsError,
    ProviderDown,
    ProviderError,
    SlackArgumentRefused,
    SlackCallGone,
    SlackRateLimited,
    SlackRefused,
    SlackTokenDead,
    SlackUnreachable,
)
from calls.model import Call, CallState, EndReason, Notice
from calls.outside import Outside, Record
from calls.ports import Transaction
from calls.words import answers
from calls.words.errors import sentence_for
from calls.workflows import START_TRIES, TRIES_MAX, Step, comes_too_late, is_given_up, retry_at

_log = logging.getLogger(__name__)


def after_refusal(outside: Outside, step: Step, call: Call, error: CallsError, *, uncertain: bool) -> Record:
    """Return what becomes of a call whose step did not go well.

    Args:
        uncertain: whether the step may have been done before without our knowing.
    """
    now, fallback = outside.now(), outside.fallback
    if call.state is CallState.WAITING and not (error.retryable and call.tries + 1 < START_TRIES):
        return _not_begun(call, error)
    if step is Step.MAKE_ROOM and isinstance(error, ProviderError) and fallback not in {None, call.provider}:
        return _moved(call, str(fallback))
    if error.retryable:
        is_unsent = step is Step.POST_RECAP and isinstance(error, SlackRateLimited | SlackUnreachable)
        return recapping.unsent(_put_off(call, error, now)) if is_unsent else _put_off(call, error, now)
    if isinstance(error, SlackTokenDead) and not call.is_starting:
        return set_aside(error.code)
    if step is Step.REGISTER and uncertain and type(error) in {SlackArgumentRefused, SlackRefused}:
        # An earlier request may have been taken and its answer lost, so that Slack now calls the id taken.
        return _under_another_id
    return _refused(step, call, error, now)


def _not_begun(call: Call, error: CallsError) -> Record:
    """Return the record of a call that never started, because its starter could not be asked first."""

    def record(transaction: Transaction, stored: Call) -> Call:
        if stored.state is CallState.WAITING:
            transaction.add_notice(_notice(stored, answers.not_started(stored, sentence_for(error))))
        return weighing.withdrawn(transaction, stored)

    _log.warning("call %s was not begun: %s", call.id, error)
    return record


def _moved(call: Call, fallback: str) -> Record:
    """Return the record of a call that another meeting system takes; whoever started it is told."""

    def record(transaction: Transaction, stored: Call) -> Call:
        transaction.add_notice(_notice(stored, answers.moved(stored, fallback)))
        return replace(stored, provider=fallback)

    _log.warning("call %s moves from %s to %s", call.id, call.provider, fallback)
    return record


def set_aside(code: str) -> Record:
    """Return the record of a call of which nothing more is tried until somebody sees to it."""

    def record(_: Transaction, stored: Call) -> Call:
        _log.error("call %s is set aside: %s", stored.id, code)
        return replace(stored, stuck_code=code, due_at=None)

    return record


def told_to_wait(transaction: Transaction, stored: Call) -> Call:
    """Return a call whose starter is told, once, that the card comes later."""
    if not stored.is_starting or stored.wait_told:
        return stored
    if stored.unfurl is None:
        transaction.add_notice(_notice(stored, answers.card_waits(stored)))
    return replace(stored, wait_told=True)


def _put_off(call: Call, error: CallsError, now: datetime) -> Record:
    """Return the record of a step that is to be tried again, or of a start that took too long."""
    at_least_s = error.retry_after_s if isinstance(error, SlackRateLimited | ProviderDown) else 0.0
    if is_given_up(call, now) or comes_too_late(call, now, at_least_s):
        return _failed(call, error, now)
    if call.tries >= TRIES_MAX and not call.is_starting:
        return set_aside(error.code)
    due_at = retry_at(call, now, at_least_s)

    def record(transaction: Transaction, stored: Call) -> Call:
        return replace(told_to_wait(transaction, stored), due_at=due_at, tries=stored.tries + 1)

    return record


def _refused(step: Step, call: Call, error: CallsError, now: datetime) -> Record:
    """Return what a final refusal of a step means for the call."""
    if isinstance(error, SlackCallGone) and call.state.is_open and call.slack_call_id is not None:
        return _ended_in_slack(now)
    if step in {Step.MAKE_ROOM, Step.REGISTER, Step.POST} and call.state.is_open:
        return _failed(call, error, now)
    meaning: dict[Step, Record] = {
        Step.RENAME: _with_notice(_title_kept, call, error),
        Step.ADD_PEOPLE: _roster_given_up,
        Step.REMOVE_PEOPLE: _roster_given_up,
        Step.LOOK_UP: claiming.forget_emails,
        Step.OFFER_CLAIMS: running.claims_are_offered,
        Step.REGISTER: _with_notice(closing.slack_is_done, call, error),
        Step.END_AT_SLACK: _with_notice(closing.slack_is_done, call, error),
        Step.SHOW_END: closing.end_is_shown,
        Step.END_ROOM: _room_left_open(error),
        Step.POST_RECAP: recapping.left_out,
        Step.UPDATE_RECAP: recapping.left_out,
        Step.HIDE_REOPEN: closing.reopen_is_hidden,
    }
    return meaning[step]


def _failed(call: Call, error: CallsError, now: datetime) -> Record:
    """Return the record of a call that never came to life; its starter is told why, once."""

    def record(transaction: Transaction, stored: Call) -> Call:
        if not stored.state.is_open:
            return stored
        # Whoever pasted a link asked for no card.
        if stored.unfurl is None:
            transaction.add_notice(_notice(stored, answers.not_started(stored, sentence_for(error))))
        ended = stored.ending(at=now, reason=EndReason.FAILED_TO_START)
        # Nothing was registered, so nothing has to be looked for at Slack before the call can rest.
        nothing_at_slack = stored.slack_call_id is None and not error.retryable
        return replace(ended, error_code=error.code, slack_ended=nothing_at_slack)

    _log.warning("call %s could not be started: %s", call.id, error)
    return record


def _notice(call: Call, text: str) -> Notice:
    return Notice(call.id, call.team_id, call.channel_id, call.started_by, text, call.start_url)


def _under_another_id(_: Transaction, stored: Call) -> Call:
    return replace(stored, registrations=stored.registrations + 1)


def _with_notice(record: Record, call: Call, error: CallsError) -> Record:
    """Return a record that also tells the starter what was refused."""

    def recorded(transaction: Transaction, stored: Call) -> Call:
        transaction.add_notice(_notice(call, answers.slack_refused(call, sentence_for(error))))
        return record(transaction, stored)

    return recorded


def _room_left_open(error: CallsError) -> Record:
    """Return the record of a room that cannot be closed; after somebody ended the call, its starter is told."""

    def record(transaction: Transaction, stored: Call) -> Call:
        if stored.end_reason is EndReason.ENDED_BY_PERSON:
            transaction.add_notice(_notice(stored, answers.meeting_goes_on(stored, sentence_for(error))))
        return closing.come_to_rest(transaction, stored)

    return record


def _title_kept(_: Transaction, stored: Call) -> Call:
    return replace(stored, title=stored.title_told or stored.title)


def _roster_given_up(transaction: Transaction, stored: Call) -> Call:
    for person in transaction.participants(stored.id):
        transaction.save_participant(replace(person, told=person.present))
    return stored


def _ended_in_slack(now: datetime) -> Record:
    def record(_: Transaction, stored: Call) -> Call:
        return replace(stored.ending(at=now, reason=EndReason.ENDED_IN_SLACK), slack_ended=True)

    return record
