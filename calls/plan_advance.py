"""Bring a plan forward: do its next missing step, save the result, look again; as `calls.advance` does for calls."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from calls import plan_messages
from calls.errors import CallsError, SlackOutcomeUnknown, SlackRateLimited, StorageError
from calls.model import Call, CallId, Notice, Person
from calls.outside import Outside
from calls.plan import LATE_MAX, Plan, PlanId, PlanPerson, PlanState, call_id_of, expected
from calls.plan_steps import GATHERED, PlanStep, next_plan_step, rescheduled, shown
from calls.ports import Storage, Transaction
from calls.recurrence import next_time
from calls.starts import StartRequest
from calls.telling import tell
from calls.when import parse_when, resolve, zone_named
from calls.words import plans as words
from calls.words.errors import sentence_for
from calls.words.language import speaking

_log = logging.getLogger(__name__)

PUT_OFF_S = (1, 2, 5, 10, 30, 60, 300)
"""How long after each failure in a row a step is tried again."""

DEFECT_PAUSE = timedelta(hours=1)

PlanRecord = Callable[[Transaction, Plan], Plan]
"""Puts the result of a step into the plan as it is stored now, and returns the changed plan."""

AddCall = Callable[[Transaction, StartRequest, CallId], Call]
"""Stores the call a request asks for under an id, unless it is stored already, and returns it."""

ONCE = {PlanStep.REMIND, PlanStep.TELL_NEWS}
"""Steps that are noted before they are done: better one message too few than the same one twice."""


@dataclass(frozen=True, slots=True)
class _Snapshot:
    """A plan with everything that decides its next step."""

    plan: Plan
    people: Sequence[PlanPerson]


class PlanAdvancer:
    """Does the steps of plans; one `advance` of the same plan at a time is the caller's duty."""

    def __init__(
        self,
        storage: Storage,
        outside: Outside,
        add_call: AddCall,
        wake: Callable[[CallId], None],
    ) -> None:
        """Take what the steps need.

        Args:
            add_call: stores the call a plan becomes, once.
            wake: has that call advanced.
        """
        self._storage = storage
        self._outside = outside
        self._add_call = add_call
        self._wake = wake

    async def advance(self, plan_id: PlanId) -> datetime | None:
        """Do every step that can be done now.

        Returns:
            When the plan is due again; None for never, and when that is not known.

        Raises:
            StorageError: when a result could not be saved; the next wake-up goes on from the row.
        """
        try:
            return await self._advance(plan_id)
        except CallsError:
            raise
        except Exception:  # noqa: BLE001 - a defect met by one plan must neither be hidden nor hold up the others
            _log.exception("%s rests for an hour: it met a defect of Startcall's", plan_id)
            rests_until = self._outside.now() + DEFECT_PAUSE
            await self._storage.write(lambda transaction: _put_to_rest(transaction, plan_id, rests_until))
            return None

    async def _advance(self, plan_id: PlanId) -> datetime | None:
        snapshot = await self._storage.read(lambda transaction: _look(transaction, plan_id))
        while snapshot is not None and self._is_due(snapshot.plan):
            step = next_plan_step(snapshot.plan, snapshot.people, self._outside.now())
            if step is None:
                snapshot = await self._save(plan_id, lambda _, stored: stored)
                break
            snapshot = await self._try(step, snapshot)
        return None if snapshot is None else snapshot.plan.due_at

    def _is_due(self, plan: Plan) -> bool:
        return plan.due_at is not None and plan.due_at <= self._outside.now()

    async def _try(self, step: PlanStep, snapshot: _Snapshot) -> _Snapshot | None:
        """Do one step and save what came of it, whether it went well, must wait, or was refused."""
        plan = snapshot.plan
        with speaking(plan.language):
            try:
                if step in ONCE:
                    await self._save(plan.id, _noted(step))
                record = await self._do(step, snapshot)
            except StorageError:
                raise
            except CallsError as error:
                _log.warning("%s: step %s: %s", plan.id, step.name.lower(), error)
                return await self._after_failure(step, snapshot, error)
        return await self._save(plan.id, record)

    async def _do(self, step: PlanStep, snapshot: _Snapshot) -> PlanRecord:
        plan, people = snapshot.plan, snapshot.people
        work: dict[PlanStep, Callable[[], Awaitable[PlanRecord]]] = {
            PlanStep.LEARN: lambda: self._learn(plan),
            PlanStep.TELL: lambda: self._tell(plan),
            PlanStep.START: self._start,
            PlanStep.MISS: self._miss,
            PlanStep.POST: lambda: self._post(plan, people),
            PlanStep.REMIND: lambda: self._remind(plan, people),
            PlanStep.TELL_NEWS: lambda: self._tell_news(plan, people),
            PlanStep.SHOW: lambda: self._show(plan, people),
        }
        return await work[step]()

    async def _learn(self, plan: Plan) -> PlanRecord:
        """Find out by whose clock the time was typed, and when that is."""
        profile = await self._outside.profiles.learned(plan.team_id, plan.planned_by)
        zone = zone_named(None if profile is None else profile.zone)
        when, now = parse_when(plan.typed), self._outside.now()
        known = replace(plan, zone="UTC" if zone is None else zone.key)
        at = None if when is None else resolve(when, plan.created_at, known.tz)

        def record(_: Transaction, stored: Plan) -> Plan:
            if at is None:
                return replace(stored, state=PlanState.FAILED, notice=words.time_is_over(plan.typed))
            notice = "" if zone is not None or (when is not None and when.after) else words.zone_unknown(plan)
            placed = replace(stored, zone=known.zone, begins_at=at, typed="", notice=notice)
            return placed.on(at, now)

        return record

    async def _tell(self, plan: Plan) -> PlanRecord:
        person = Person(plan.team_id, plan.planned_by)
        await tell(self._outside, replace(Notice.direct(person, plan.notice), response_url=plan.start_url))
        return lambda _, stored: replace(stored, notice="")

    async def _start(self) -> PlanRecord:
        return lambda transaction, stored: become_call(transaction, stored, self._add_call)

    async def _miss(self) -> PlanRecord:
        now = self._outside.now()

        def record(_: Transaction, stored: Plan) -> Plan:
            missed = replace(stored, missed_at=stored.next_at)
            # A later time of the series may be one that can still be started late.
            return moved_on(missed, now, now - min(stored.duration, LATE_MAX))

        return record

    async def _post(self, plan: Plan, people: Sequence[PlanPerson]) -> PlanRecord:
        posted = await plan_messages.post(self._outside, plan, people)
        told, show_at = shown(plan, people), self._outside.now() + GATHERED

        def record(_: Transaction, stored: Plan) -> Plan:
            placed = replace(stored, posted=True, message_ts=posted.ts, told=told, show_at=show_at)
            return replace(placed, channel_id=posted.channel_id)

        return record

    async def _show(self, plan: Plan, people: Sequence[PlanPerson]) -> PlanRecord:
        await plan_messages.update(self._outside, plan, people)
        return _card_shows(shown(plan, people), self._outside)

    async def _remind(self, plan: Plan, people: Sequence[PlanPerson]) -> PlanRecord:
        await plan_messages.remind(self._outside, plan, people)
        return lambda _, stored: stored

    async def _tell_news(self, plan: Plan, people: Sequence[PlanPerson]) -> PlanRecord:
        await plan_messages.tell_news(self._outside, plan, people)
        return lambda _, stored: stored

    async def _save(self, plan_id: PlanId, record: PlanRecord) -> _Snapshot | None:
        """Put the result of a step into the row; a plan that needs nothing now is due when it needs something again."""
        made: list[CallId] = []

        def work(transaction: Transaction) -> _Snapshot | None:
            stored = transaction.plan(plan_id)
            if stored is None:
                return None
            changed = replace(record(transaction, stored), tries=0)
            people = transaction.plan_people(plan_id)
            changed = replace(changed, due_at=rescheduled(changed, people, self._outside.now()))
            made[:] = [] if changed.started is None or changed.started == stored.started else [changed.started]
            return _Snapshot(transaction.save_plan(changed), people)

        snapshot = await self._storage.write(work)
        for call_id in made:
            self._wake(call_id)
        return snapshot

    async def _after_failure(self, step: PlanStep, snapshot: _Snapshot, error: CallsError) -> _Snapshot | None:
        """Try a step again later, or do without it."""
        plan = snapshot.plan
        if not error.retryable:
            return await self._save(plan.id, _without(step, snapshot, error, self._outside))
        if step in ONCE and isinstance(error, SlackOutcomeUnknown):
            return await self._save(plan.id, lambda _, stored: stored)
        wait_s = float(PUT_OFF_S[min(plan.tries, len(PUT_OFF_S) - 1)])
        if isinstance(error, SlackRateLimited):
            wait_s = max(wait_s, error.retry_after_s)
        due_at = self._outside.now() + timedelta(seconds=wait_s)

        def put_off(transaction: Transaction) -> None:
            stored = transaction.plan(plan.id)
            if stored is None:
                return
            starts_at = stored.next_at if stored.state is PlanState.PLANNED else None
            until = due_at if starts_at is None or starts_at <= self._outside.now() else min(due_at, starts_at)
            undone = _undone(step, stored) if step in ONCE else stored
            transaction.save_plan(replace(undone, due_at=until, tries=stored.tries + 1))

        await self._storage.write(put_off)
        return None


def become_call(transaction: Transaction, plan: Plan, add_call: AddCall) -> Plan:
    """Store the call that a plan becomes, unless it has become one, and return the plan as it goes on."""
    request = StartRequest(
        Person(plan.team_id, plan.planned_by),
        plan.channel_id,
        title=plan.title,
        invited=tuple(user for user in expected(plan, transaction.plan_people(plan.id)) if user != plan.planned_by),
        provider=plan.provider,
    )
    with speaking(plan.language):
        call = add_call(transaction, request, call_id_of(plan))
    missed_at = None if plan.missed_at == plan.next_at else plan.missed_at
    return moved_on(replace(plan, started=call.id, missed_at=missed_at), call.created_at)


def moved_on(plan: Plan, now: datetime, since: datetime | None = None) -> Plan:
    """Return a plan of which one time is over: as it takes place next, or as one that is over itself.

    Args:
        since: from when the next time is looked for; None for now.
    """
    after = max(since or now, plan.next_at or now)
    next_at = next_time(plan, after)
    return replace(plan, state=PlanState.OVER) if next_at is None else plan.on(next_at, now)


def _noted(step: PlanStep) -> PlanRecord:
    def record(_: Transaction, stored: Plan) -> Plan:
        return (
            replace(stored, reminded_for=stored.next_at) if step is PlanStep.REMIND else replace(stored, news_told=True)
        )

    return record


def _undone(step: PlanStep, plan: Plan) -> Plan:
    """Return a plan whose message was certainly not sent."""
    return replace(plan, reminded_for=None) if step is PlanStep.REMIND else replace(plan, news_told=False)


def _without(step: PlanStep, snapshot: _Snapshot, error: CallsError, outside: Outside) -> PlanRecord:
    """Return what becomes of a plan when Slack refuses a step for good."""

    def failed(_: Transaction, stored: Plan) -> Plan:
        return replace(stored, state=PlanState.FAILED, notice=words.not_planned(stored, sentence_for(error)))

    if step is PlanStep.POST:
        return failed
    if step is PlanStep.TELL:
        return lambda _, stored: replace(stored, notice="")
    if step is PlanStep.SHOW:
        return _card_shows(shown(snapshot.plan, snapshot.people), outside)
    return lambda _, stored: stored


def _card_shows(told: str, outside: Outside) -> PlanRecord:
    show_at = outside.now() + GATHERED
    return lambda _, stored: replace(stored, told=told, show_at=show_at)


def _look(transaction: Transaction, plan_id: PlanId) -> _Snapshot | None:
    plan = transaction.plan(plan_id)
    return None if plan is None else _Snapshot(plan, transaction.plan_people(plan_id))


def _put_to_rest(transaction: Transaction, plan_id: PlanId, until: datetime) -> None:
    plan = transaction.plan(plan_id)
    if plan is not None:
        transaction.save_plan(replace(plan, due_at=until))
