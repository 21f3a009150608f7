"""Bring a call forward: do its next missing step, save the result, look again."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from calls import closing, running, starting
from calls.errors import (
    CallsError,
    SlackArgumentRefused,
    SlackCallGone,
    SlackRateLimited,
    SlackRefused,
    SlackTokenDead,
    StorageError,
)
from calls.model import Call, CallId, EndReason, Notice, Participant
from calls.outside import Outside, Record
from calls.ports import Storage, Transaction
from calls.slack.codes import CLASS_OF_CODE
from calls.telling import tell
from calls.words import answers
from calls.words.errors import sentence_for
from calls.workflows import TRIES_MAX, Step, is_given_up, next_step, retry_at

_log = logging.getLogger(__name__)

TOKEN_CODES = {code for code, error_class in CLASS_OF_CODE.items() if error_class is SlackTokenDead}

SLOW_S = 1.5
"""After how long a starter is told that the card has to wait; people give up on a command after about 2 s."""

SLOW_STEP_S = 0.3
"""How long a step takes at least before it makes anybody wait, however late it began."""


@dataclass(frozen=True, slots=True)
class _Snapshot:
    """A call with everything that decides its next step, as stored at one moment."""

    call: Call
    participants: Sequence[Participant]
    notices: Sequence[Notice]


class Advancer:
    """Does the steps of calls; one `advance` of the same call at a time is the caller's duty.

    A step that was found, not reached, may have been tried before by a process that died: only such a step is
    treated as uncertain. Hence no note is written before a request, and the usual start costs no extra look.
    """

    def __init__(self, storage: Storage, outside: Outside) -> None:
        """Take what the steps need."""
        self._storage = storage
        self._outside = outside

    async def advance(self, call_id: CallId) -> None:
        """Do every step that can be done now, then tell people what they have to know.

        Raises:
            StorageError: when a result could not be saved; the next wake-up goes on from the row.
        """
        try:
            await self._advance(call_id)
        except CallsError:
            raise
        except Exception:  # noqa: BLE001 - a defect met by one call must neither be hidden nor hold up the others
            _log.exception("call %s is set aside: it met a defect of Startcall's", call_id)
            await self._save(call_id, _set_aside("defect"))

    async def revive(self) -> Sequence[CallId]:
        """Make calls due again that were set aside because Slack did not accept the token.

        Returns:
            The calls to be woken.

        Raises:
            StorageError: when it could not be stored.
        """

        def work(transaction: Transaction) -> Sequence[CallId]:
            stuck = [call for call in transaction.stuck_calls() if call.stuck_code in TOKEN_CODES]
            return [transaction.save_call(call.retried(self._outside.now())).id for call in stuck]

        return await self._storage.write(work)

    async def _advance(self, call_id: CallId) -> None:
        snapshot = await self._storage.read(lambda transaction: _look(transaction, call_id))
        uncertain = True
        while snapshot is not None:
            step = self._step_due(snapshot)
            if step is None:
                break
            snapshot = await self._try(step, snapshot, uncertain=uncertain)
            uncertain = False
        if snapshot is None:
            return
        if snapshot.call.due_at is not None and next_step(snapshot.call, snapshot.participants) is None:
            await self._save(call_id, lambda _, stored: stored)
        if snapshot.notices:
            await self._tell(snapshot.notices)

    def _step_due(self, snapshot: _Snapshot) -> Step | None:
        due_at = snapshot.call.due_at
        if due_at is None or due_at > self._outside.now():
            return None
        return next_step(snapshot.call, snapshot.participants)

    async def _try(self, step: Step, snapshot: _Snapshot, *, uncertain: bool) -> _Snapshot | None:
        """Do one step and save what came of it, whether it went well, must wait, or was refused."""
        call = snapshot.call
        slow = asyncio.create_task(self._tell_if_slow(call)) if call.is_starting else None
        try:
            record = await self._do(step, snapshot, uncertain=uncertain)
        except StorageError:
            raise
        except CallsError as error:
            _log.warning("call %s: step %s: %s", call.id, step.name.lower(), error)
            record = self._after(step, call, error, uncertain=uncertain or call.tries > 0)
        finally:
            if slow is not None:
                slow.cancel()
        return await self._save(call.id, record)

    async def _do(self, step: Step, snapshot: _Snapshot, *, uncertain: bool) -> Record:
        """Do one step."""
        outside, call, people = self._outside, snapshot.call, snapshot.participants
        work: dict[Step, Callable[[], Awaitable[Record]]] = {
            Step.MAKE_ROOM: lambda: starting.make_room(outside, call),
            Step.REGISTER: lambda: starting.register(outside, call),
            Step.POST: lambda: starting.post(outside, call, uncertain=uncertain),
            Step.RENAME: lambda: running.rename(outside, call),
            Step.ADD_PEOPLE: lambda: running.add_people(outside, call, people),
            Step.REMOVE_PEOPLE: lambda: running.remove_people(outside, call, people),
            Step.END_AT_SLACK: lambda: closing.end_at_slack(outside, call),
            Step.SHOW_END: lambda: closing.show_end(outside, call, people),
            Step.END_ROOM: lambda: closing.end_room(outside, call),
        }
        return await work[step]()

    async def _save(self, call_id: CallId, record: Record) -> _Snapshot | None:
        """Put the result of a step into the row; a call that needs nothing more is no longer due."""

        def work(transaction: Transaction) -> _Snapshot | None:
            stored = transaction.call(call_id)
            if stored is None:
                return None
            changed = record(transaction, stored)
            if changed.due_at == stored.due_at:
                changed = replace(changed, tries=0, stuck_code=None)
            participants = transaction.participants(call_id)
            if next_step(changed, participants) is None:
                changed = replace(changed, due_at=None)
            return _Snapshot(transaction.save_call(changed), participants, transaction.notices(call_id))

        return await self._storage.write(work)

    def _after(self, step: Step, call: Call, error: CallsError, *, uncertain: bool) -> Record:
        """Return what becomes of a call whose step did not go well."""
        if error.retryable:
            return self._put_off(call, error)
        if isinstance(error, SlackTokenDead) and not call.is_starting:
            return _set_aside(error.code)
        if step is Step.REGISTER and uncertain and type(error) in {SlackArgumentRefused, SlackRefused}:
            # An earlier request may have been taken and its answer lost, so that Slack now calls the id taken.
            return _under_another_id
        return self._refused(step, call, error)

    def _put_off(self, call: Call, error: CallsError) -> Record:
        """Return the record of a step that is to be tried again, or of a start that took too long."""
        now = self._outside.now()
        if is_given_up(call, now):
            return self._failed(call, error)
        if call.tries >= TRIES_MAX and not call.is_starting:
            return _set_aside(error.code)
        at_least_s = error.retry_after_s if isinstance(error, SlackRateLimited) else 0.0
        due_at = retry_at(call, now, at_least_s)

        def record(transaction: Transaction, stored: Call) -> Call:
            return replace(_told_to_wait(transaction, stored), due_at=due_at, tries=stored.tries + 1)

        return record

    def _refused(self, step: Step, call: Call, error: CallsError) -> Record:
        """Return what a final refusal of a step means for the call."""
        if isinstance(error, SlackCallGone) and call.state.is_open and call.slack_call_id is not None:
            return _ended_in_slack(self._outside.now())
        if step in {Step.MAKE_ROOM, Step.REGISTER, Step.POST} and call.state.is_open:
            return self._failed(call, error)
        if step is Step.RENAME:
            return _with_notice(_title_kept, call, error)
        if step in {Step.ADD_PEOPLE, Step.REMOVE_PEOPLE}:
            return _roster_given_up
        if step in {Step.REGISTER, Step.END_AT_SLACK}:
            return _with_notice(closing.slack_is_done, call, error)
        return closing.end_is_shown if step is Step.SHOW_END else closing.come_to_rest

    def _failed(self, call: Call, error: CallsError) -> Record:
        """Return the record of a call that never came to life; its starter is told why, once."""
        now = self._outside.now()

        def record(transaction: Transaction, stored: Call) -> Call:
            if not stored.state.is_open:
                return stored
            transaction.add_notice(_notice(stored, answers.not_started(stored, sentence_for(error))))
            ended = stored.ending(at=now, reason=EndReason.FAILED_TO_START)
            # Nothing was registered, so nothing has to be looked for at Slack before the call can rest.
            nothing_at_slack = stored.slack_call_id is None and not error.retryable
            return replace(ended, error_code=error.code, slack_ended=nothing_at_slack)

        _log.warning("call %s could not be started: %s", call.id, error)
        return record

    async def _tell(self, notices: Sequence[Notice]) -> None:
        """Tell each waiting sentence; one that cannot be told is dropped, for it would be news to nobody later."""
        for notice in notices:
            try:
                await tell(self._outside, notice)
            except StorageError:
                raise
            except CallsError as error:
                _log.warning("call %s: %s could not be told: %s", notice.call_id, notice.user_id, error)
                if error.retryable:
                    await self._tell_later(notice)
                    return
            await self._storage.write(lambda transaction, told=notice: transaction.drop_notice(told.id))  # type: ignore[misc]

    async def _tell_if_slow(self, call: Call) -> None:
        """Tell the starter of a call that the card has to wait, once its steps have taken too long."""
        age_s = (self._outside.now() - call.created_at).total_seconds()
        await asyncio.sleep(min(SLOW_S, max(SLOW_STEP_S, SLOW_S - age_s)))

        def work(transaction: Transaction) -> Sequence[Notice]:
            stored = transaction.call(call.id)
            told = None if stored is None else _told_to_wait(transaction, stored)
            if told is None or told is stored:
                return ()
            transaction.save_call(told)
            return transaction.notices(call.id)

        await self._tell(await self._storage.write(work))

    async def _tell_later(self, notice: Notice) -> None:
        """See to it that a sentence is tried again."""
        now = self._outside.now()

        def work(transaction: Transaction) -> None:
            call = transaction.call(notice.call_id)
            if call is not None and call.due_at is None:
                transaction.save_call(replace(call, due_at=retry_at(call, now), tries=call.tries + 1))

        await self._storage.write(work)


def _look(transaction: Transaction, call_id: CallId) -> _Snapshot | None:
    call = transaction.call(call_id)
    if call is None:
        return None
    return _Snapshot(call, transaction.participants(call_id), transaction.notices(call_id))


def _notice(call: Call, text: str) -> Notice:
    return Notice(call.id, call.team_id, call.channel_id, call.started_by, text, call.start_url)


def _told_to_wait(transaction: Transaction, stored: Call) -> Call:
    """Return a call whose starter is told, once, that the card comes later."""
    if not stored.is_starting or stored.wait_told:
        return stored
    transaction.add_notice(_notice(stored, answers.card_waits(stored)))
    return replace(stored, wait_told=True)


def _set_aside(code: str) -> Record:
    """Return the record of a call of which nothing more is tried until somebody sees to it."""

    def record(_: Transaction, stored: Call) -> Call:
        _log.error("call %s is set aside: %s", stored.id, code)
        return replace(stored, stuck_code=code, due_at=None)

    return record


def _under_another_id(_: Transaction, stored: Call) -> Call:
    return replace(stored, registrations=stored.registrations + 1)


def _with_notice(record: Record, call: Call, error: CallsError) -> Record:
    """Return a record that also tells the starter what was refused."""

    def recorded(transaction: Transaction, stored: Call) -> Call:
        transaction.add_notice(_notice(call, answers.slack_refused(call, sentence_for(error))))
        return record(transaction, stored)

    return recorded


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
