"""Bring a call forward: do its next missing step, save the result, look again."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime

from calls import claiming, closing, recapping, ringing, running, starting, watching, weighing
from calls.errors import CallsError, SlackTokenDead, StaleCallError, StorageError
from calls.fresh import Fresh
from calls.invitation import Invitation, with_rows
from calls.log_subject import about_call
from calls.measuring import STEPS, WAKE_UPS
from calls.model import Call, CallId, Notice, Participant, TeamId
from calls.outside import Outside, Record
from calls.ports import Storage, Transaction
from calls.refusals import after_refusal, set_aside, told_to_wait
from calls.slack.codes import CLASS_OF_CODE, CLASS_OF_OUR_CODE
from calls.status import StatusId
from calls.statuses import note_people
from calls.telling import tell
from calls.words.language import speaking
from calls.workflows import Step, next_due, next_step, retry_at

_log = logging.getLogger(__name__)

TOKEN_CODES = {
    code for code, error_class in (CLASS_OF_CODE | CLASS_OF_OUR_CODE).items() if error_class is SlackTokenDead
}

SLOW_S = 1.5
"""After how long a starter is told that the card has to wait; people give up on a command after about 2 s."""

SLOW_STEP_S = 1.0
"""How long a step takes at least before anybody is told of it, however late it began.

Where calls wait because they are many, to tell everybody of it would make all wait twice as long.
"""

_CHANGES_CALL_ALONE = {Step.REGISTER, Step.POST, Step.RENAME, Step.END_AT_SLACK, Step.SHOW_END, Step.END_ROOM}
"""The steps whose results, where they go well, are noted in the call's own row and nowhere else."""


@dataclass(frozen=True, slots=True)
class _Snapshot:
    """A call with everything that decides its next step, as stored at one moment.

    Args:
        stored: the call as its row has it; `call` may be ahead of it.
        unsaved: puts what only `call` shows into a row, too; it costs nothing to be had again, so it is saved with
            what comes next.
        statuses: whose status became due with it.
    """

    call: Call
    stored: Call
    participants: Sequence[Participant] = ()
    notices: Sequence[Notice] = ()
    invitations: Sequence[Invitation] = ()
    unsaved: Callable[[Call], Call] | None = None
    statuses: Sequence[StatusId] = ()

    def noted(self, record: Record) -> Record:
        """Return what notes a result after what is not saved yet."""
        unsaved = self.unsaved
        return record if unsaved is None else lambda transaction, stored: record(transaction, unsaved(stored))


class Advancer:
    """Does the steps of calls; one `advance` of the same call at a time is the caller's duty.

    A step that was found, not reached, may have been tried before by a process that died, and so may every step of a
    call that is older than this process: its row may come from a backup, and be behind what was done since. Only such
    steps are treated as uncertain. Hence no note is written before a request, and the usual start costs no extra look.
    """

    def __init__(
        self,
        storage: Storage,
        outside: Outside,
        fresh: Fresh | None = None,
        wake: Callable[[StatusId], None] = lambda _: None,
    ) -> None:
        """Take what the steps need.

        Args:
            fresh: what was just stored; None where other processes work on the same calls.
            wake: asks that a status be advanced, which else waits for the next sweep.
        """
        self._storage = storage
        self._outside = outside
        self._fresh = fresh or Fresh()
        self._wake = wake
        self._since = outside.now()

    async def advance(self, call_id: CallId) -> datetime | None:
        """Do every step that can be done now, then tell people what they have to know.

        Returns:
            When the call is due again; None for never, and when that is not known.

        Raises:
            StorageError: when a result could not be saved; the next wake-up goes on from the row.
        """
        about_call(call_id)
        try:
            next_due_at = await self._advance(call_id)
        except CallsError:
            WAKE_UPS.labels("again").inc()
            raise
        except Exception:  # noqa: BLE001 - a defect met by one call must neither be hidden nor hold up the others
            WAKE_UPS.labels("defect").inc()
            _log.exception("call %s is set aside: it met a defect of Startcall's", call_id)
            await self._save(call_id, set_aside("defect"))
            return None
        WAKE_UPS.labels("done").inc()
        return next_due_at

    async def waiting_teams(self) -> Collection[TeamId]:
        """Return the workspaces with calls that were set aside because Slack did not accept the token."""
        stuck = await self._storage.read(lambda transaction: transaction.stuck_calls())
        return {call.team_id for call in stuck if call.stuck_code in TOKEN_CODES}

    async def revive(self, team_ids: Collection[TeamId]) -> Sequence[CallId]:
        """Make calls due again that were set aside because Slack did not accept the token.

        Args:
            team_ids: the workspaces whose token is accepted again.

        Returns:
            The calls to be woken.

        Raises:
            StorageError: when it could not be stored.
        """

        def work(transaction: Transaction) -> Sequence[CallId]:
            waiting = [call for call in transaction.stuck_calls() if call.stuck_code in TOKEN_CODES]
            stuck = [call for call in waiting if call.team_id in team_ids]
            return [transaction.save_call(call.retried(self._outside.now())).id for call in stuck]

        return await self._storage.write(work)

    async def _advance(self, call_id: CallId) -> datetime | None:
        fresh = self._fresh.take(call_id)
        snapshot = await self._look(call_id) if fresh is None else _of_fresh(fresh)
        found = fresh is None
        while snapshot is not None:
            step = self._step_due(snapshot)
            if step is None:
                break
            # A recap is noted before it is sent, which is when a call that may come from a backup is looked up.
            is_behind = snapshot.call.created_at < self._since and step is not Step.POST_RECAP
            snapshot = await self._try(step, snapshot, uncertain=found or is_behind)
            # After what was only named, and is not saved, somebody else may have gone on before.
            found = found and snapshot is not None and snapshot.unsaved is not None
        if snapshot is None:
            return None
        if self._is_due(snapshot.call) and self._next_step(snapshot) is None:
            snapshot = await self._save(call_id, lambda _, stored: stored) or snapshot
        if snapshot.notices:
            await self._tell(snapshot.notices)
        return snapshot.call.due_at

    async def _look(self, call_id: CallId) -> _Snapshot | None:
        def work(transaction: Transaction) -> _Snapshot | None:
            call = transaction.call(call_id)
            return None if call is None else _around(transaction, call, call)

        return await self._storage.read(work)

    def _step_due(self, snapshot: _Snapshot) -> Step | None:
        if not self._is_due(snapshot.call):
            return None
        return self._next_step(snapshot)

    def _is_due(self, call: Call) -> bool:
        return call.due_at is not None and call.due_at <= self._outside.now()

    def _next_step(self, at: _Snapshot) -> Step | None:
        return next_step(at.call, at.participants, self._outside.now(), self._outside.rules, at.invitations)

    async def _try(self, step: Step, snapshot: _Snapshot, *, uncertain: bool) -> _Snapshot | None:
        """Do one step and save what came of it, whether it went well, must wait, or was refused."""
        call = snapshot.call
        with speaking(call.language):
            try:
                if step is Step.MAKE_ROOM and starting.names_rooms(self._outside, call):
                    in_room = await starting.room_of(self._outside, call)
                    _note(step, "done")
                    return replace(snapshot, call=in_room(call), unsaved=in_room)
                with self._telling_if_slow(snapshot):
                    record = await self._do(step, snapshot, uncertain=uncertain)
            except StorageError:
                raise
            except CallsError as error:
                _log.warning("call %s: step %s: %s", call.id, step.name.lower(), error)
                refused = after_refusal(self._outside, step, call, error, uncertain=uncertain or call.tries > 0)
                saved = await self._save(call.id, snapshot.noted(refused))
                _note(step, "again" if error.retryable else "refused")
            else:
                saved = await self._save_done(step, snapshot, record)
                _note(step, "done")
        return saved

    async def _do(self, step: Step, snapshot: _Snapshot, *, uncertain: bool) -> Record:
        """Do one step."""
        outside, call, people, invited = self._outside, snapshot.call, snapshot.participants, snapshot.invitations
        work: dict[Step, Callable[[], Awaitable[Record]]] = {
            Step.WEIGH: lambda: weighing.weigh(outside, call),
            Step.ASK: lambda: weighing.ask(outside, call),
            Step.WITHDRAW: lambda: weighing.withdraw(call),
            Step.MAKE_ROOM: lambda: starting.make_room(outside, call),
            Step.REGISTER: lambda: starting.register(outside, call),
            Step.POST: lambda: starting.post(outside, call, uncertain=uncertain),
            Step.RENAME: lambda: running.rename(outside, call),
            Step.ADD_PEOPLE: lambda: running.add_people(outside, call, people),
            Step.REMOVE_PEOPLE: lambda: running.remove_people(outside, call, people),
            Step.TURN_OUT: lambda: watching.turn_out(outside, call),
            Step.LOOK_UP: lambda: claiming.look_up(outside, call, people),
            Step.LET_GO: lambda: watching.let_go_of_gone(outside, call),
            Step.OFFER_CLAIMS: lambda: running.offer_claims(
                outside, call, ringing.card_of(outside, replace(call, claims_offered=True), invited)
            ),
            Step.STOP_RINGING: lambda: ringing.settle(outside, call),
            Step.CHECK_INVITED: lambda: ringing.check(outside, call, invited),
            Step.RING: lambda: ringing.ring(outside, call, invited, uncertain=uncertain),
            Step.SHOW_ANSWER: lambda: ringing.show_answer(outside, call, invited),
            Step.SHOW_INVITED: lambda: ringing.show_invited(outside, call, invited),
            Step.END_TOO_LONG: lambda: watching.end_too_long(outside, call),
            Step.END_EMPTY: lambda: watching.end_empty(outside, call),
            Step.KEEP: lambda: watching.keep(outside, call),
            Step.LOOK: lambda: watching.look(outside, call),
            Step.END_AT_SLACK: lambda: closing.end_at_slack(outside, call),
            Step.SHOW_END: lambda: closing.show_end(outside, call, people),
            Step.END_ROOM: lambda: closing.end_room(outside, call),
            Step.BEGIN_RECAP: lambda: recapping.begin(outside, call, uncertain=uncertain),
            Step.POST_RECAP: lambda: recapping.post(outside, call, people, uncertain=uncertain),
            Step.UPDATE_RECAP: lambda: recapping.update(outside, call, people),
            Step.HIDE_REOPEN: lambda: closing.hide_reopen(outside, call, people),
        }
        return await work[step]()

    async def _save_done(self, step: Step, snapshot: _Snapshot, record: Record) -> _Snapshot | None:
        """Save what came of a step that went well, without a look at the call where nobody has changed it meanwhile."""
        call, noted = snapshot.call, snapshot.noted(record)
        if step not in _CHANGES_CALL_ALONE:
            return await self._save(call.id, noted)

        def work(transaction: Transaction) -> _Snapshot | None:
            try:
                return self._put(transaction, replace(snapshot, call=record(transaction, call)))
            except StaleCallError:
                return self._put_anew(transaction, call.id, noted)

        return await self._write(work)

    async def _save(self, call_id: CallId, record: Record) -> _Snapshot | None:
        """Put the result of a step into the row as it is now."""
        return await self._write(lambda transaction: self._put_anew(transaction, call_id, record))

    async def _write(self, work: Callable[[Transaction], _Snapshot | None]) -> _Snapshot | None:
        saved = await self._storage.write(work)
        for status_id in () if saved is None else saved.statuses:
            self._wake(status_id)
        return saved

    def _put_anew(self, transaction: Transaction, call_id: CallId, record: Record) -> _Snapshot | None:
        stored = transaction.call(call_id)
        if stored is None:
            return None
        return self._put(transaction, _around(transaction, record(transaction, stored), stored))

    def _put(self, transaction: Transaction, at: _Snapshot) -> _Snapshot:
        """Store a call that a step has changed; one that needs nothing now is due when it needs something again.

        Raises:
            StaleCallError: when somebody else has changed it since it was read; nothing was stored then.
        """
        now, changed = self._outside.now(), at.call
        if changed.due_at == at.stored.due_at and (changed.tries or changed.stuck_code is not None):
            changed = replace(changed, tries=0, stuck_code=None)
        changed = watching.watched(changed, at.participants, now, self._outside.rules)
        at = replace(at, call=changed, unsaved=None)
        if changed.stuck_code is None and self._next_step(at) is None:
            due_at = next_due(changed, at.participants, self._outside.rules, at.invitations)
            changed = replace(changed, due_at=due_at)
        saved = transaction.save_call(changed, since=at.stored)
        due = note_people(transaction, saved, at.participants, now) if self._outside.sets_statuses else ()
        return replace(at, call=saved, stored=saved, statuses=due)

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

    @contextmanager
    def _telling_if_slow(self, snapshot: _Snapshot) -> Iterator[None]:
        """Tell the starter of a call that the card has to wait, once its steps have taken too long."""
        call = snapshot.call
        if not call.is_starting:
            yield
            return
        loop, tasks = asyncio.get_running_loop(), list[asyncio.Task[None]]()
        age_s = (self._outside.now() - call.created_at).total_seconds()
        wait_s = min(SLOW_S, max(SLOW_STEP_S, SLOW_S - age_s))
        timer = loop.call_later(wait_s, lambda: tasks.append(loop.create_task(self._tell_to_wait(snapshot))))
        try:
            yield
        finally:
            timer.cancel()
            for task in tasks:
                task.cancel()

    async def _tell_to_wait(self, snapshot: _Snapshot) -> None:
        call = snapshot.call

        def work(transaction: Transaction) -> Sequence[Notice]:
            stored = transaction.call(call.id)
            if stored is None or not stored.is_starting or stored.wait_told:
                return ()
            # They are told where the room is, so it is saved now.
            transaction.save_call(snapshot.noted(told_to_wait)(transaction, stored))
            return transaction.notices(call.id)

        try:
            await self._tell(await self._storage.write(work))
        except StorageError as error:
            _log.warning("call %s: its starter could not be told that the card has to wait: %s", call.id, error)

    async def _tell_later(self, notice: Notice) -> None:
        """See to it that a sentence is tried again."""
        now = self._outside.now()

        def work(transaction: Transaction) -> None:
            call = transaction.call(notice.call_id)
            if call is None:
                return
            again_at = retry_at(call, now)
            if call.due_at is None or call.due_at > again_at:
                transaction.save_call(replace(call, due_at=again_at, tries=call.tries + 1))

        await self._storage.write(work)


def _note(step: Step, result: str) -> None:
    """Count a step, and log it; what is repeated for as long as a call lasts is only for whoever looks closely."""
    name = step.name.lower()
    STEPS.labels(name, result).inc()
    _log.log(logging.DEBUG if step in {Step.LOOK, Step.KEEP} else logging.INFO, "step %s: %s", name, result)


def _of_fresh(call: Call) -> _Snapshot:
    """Return a call that nobody has joined, and of which nothing was told, as it was stored a moment ago."""
    return _Snapshot(call, call, invitations=with_rows(call, ()))


def _around(transaction: Transaction, call: Call, stored: Call) -> _Snapshot:
    """Return a call with what is stored of it elsewhere."""
    invitations = ringing.invitations_of(transaction, call)
    return _Snapshot(call, stored, transaction.participants(call.id), transaction.notices(call.id), invitations)
