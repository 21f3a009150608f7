"""What a person can ask of a scheduled call: plan it, come to it, change it, leave one time out, cancel it, start it.

Everything here only takes the request, as `calls.service` does; the work is `calls.plan_advance`'s.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from calls.accepting import accept
from calls.calendar_file import calendar_file
from calls.ids import new_display_id
from calls.model import ChannelId, Delivery, Notice, Person, Reply, UserId
from calls.outside import Outside
from calls.plan import Coming, Plan, PlanId, PlanPerson, PlanRequest, PlanState, new_plan_id
from calls.plan_advance import AddCall, become_call, moved_on
from calls.plan_steps import rescheduled
from calls.ports import Storage, Transaction, WakeUps
from calls.recurrence import next_time
from calls.replies import Json, Replies
from calls.response_url import usable_url
from calls.slack.files_api import FilesApi, OutgoingFile
from calls.slack.messages_api import OutgoingMessage
from calls.text import plain_title
from calls.when import parse_when, resolve, zone_named
from calls.words import answers, plans
from calls.words.language import spoken

DialogOf = Callable[[str], Json]
"""Builds a dialog from the name of a time zone."""

Change = Callable[[Transaction, Plan], "Plan | str"]
"""Returns a plan as it is to be, or why it stays as it is."""


@dataclass(frozen=True, slots=True)
class ShownPlan:
    """A plan as a dialog shows it."""

    plan: Plan
    people: Sequence[PlanPerson]


class Scheduling:
    """The use cases. Each answers as soon as the request is stored, and raises StorageError when it cannot be."""

    def __init__(
        self,
        storage: Storage,
        wakeups: WakeUps,
        replies: Replies,
        outside: Outside,
        add_call: AddCall,
        *,
        files: FilesApi,
    ) -> None:
        """Take where plans are kept, who is to be woken and how people are answered.

        Args:
            add_call: stores the call a plan becomes, once.
        """
        self._storage = storage
        self._wakeups = wakeups
        self._replies = replies
        self._outside = outside
        self._add_call = add_call
        self._files = files

    async def schedule(self, request: PlanRequest, delivery: Delivery, channel_name: str = "") -> Reply:
        """Plan a call.

        Args:
            channel_name: what a call without a title is named after.
        """
        if request.zone is None:
            profile = await self._outside.profiles.known(request.person.team_id, request.person.user_id)
            zone = zone_named(None if profile is None else profile.zone)
            request = replace(request, zone=None if zone is None else zone.key)
        plan = self._placed(self._new_plan(request, channel_name), request)
        if isinstance(plan, str):
            return Reply(plan, is_done=False)
        people = [PlanPerson(plan.id, user_id, is_invited=True) for user_id in request.invited]
        moved = plan.channel_id != request.channel_id
        said = plans.planned_elsewhere(plan) if moved else plans.planned(plan)

        def work(transaction: Transaction) -> Reply:
            transaction.add_plan(plan)
            for person in people:
                transaction.save_plan_person(person)
            return Reply(said)

        reply = await self._storage.accept(delivery, work)
        self._wakeups.wake(plan.id)
        return reply

    async def answer(self, plan_id: PlanId, person: Person, coming: Coming, delivery: Delivery) -> Reply:
        """Take whether somebody comes."""

        def change(transaction: Transaction, plan: Plan) -> Plan | str:
            known = {one.user_id: one for one in transaction.plan_people(plan.id)}
            before = known.get(person.user_id) or PlanPerson(plan.id, person.user_id)
            transaction.save_plan_person(replace(before, coming=coming))
            return plan

        return await self._change(plan_id, person, delivery, change, lambda plan: plans.answered(plan, coming))

    async def edit(self, plan_id: PlanId, request: PlanRequest, delivery: Delivery) -> Reply:
        """Change what a plan is; what is pending changes with it."""

        def change(transaction: Transaction, plan: Plan) -> Plan | str:
            is_untouched = plan.next_at is not None and request.begins_at == plan.next_at.replace(
                second=0, microsecond=0
            )
            wanted = replace(request, begins_at=plan.next_at) if is_untouched else request
            changed = replace(
                plan,
                title=plain_title(request.title) or plan.title,
                duration=request.duration,
                repeats=request.repeats,
                until=request.until,
                reminder=request.reminder,
                provider=request.provider or plan.provider,
                skipped=(),
            )
            placed = self._placed(changed, wanted)
            if isinstance(placed, str):
                return placed
            _invite(transaction, plan.id, request.invited)
            is_moved = placed.next_at != plan.next_at
            return replace(placed, changed_by=request.person.user_id, news_told=plan.news_told and not is_moved)

        return await self._change(
            plan_id, request.person, delivery, _for_planner(self, request.person, change), plans.changed
        )

    async def cancel(self, plan_id: PlanId, person: Person, delivery: Delivery) -> Reply:
        """Let a plan take place no more."""

        def change(_: Transaction, plan: Plan) -> Plan | str:
            return replace(plan, state=PlanState.CANCELLED, changed_by=person.user_id, news_told=False)

        return await self._change(plan_id, person, delivery, _for_planner(self, person, change), plans.cancelling)

    async def skip(self, plan_id: PlanId, person: Person, delivery: Delivery) -> Reply:
        """Leave the next time of a series out."""

        def change(_: Transaction, plan: Plan) -> Plan | str:
            if plan.next_at is None or not plan.is_series:
                return plans.no_longer()
            skipped = replace(plan, skipped=(*plan.skipped, plan.next_at), changed_by=person.user_id, news_told=False)
            return moved_on(skipped, self._outside.now())

        return await self._change(plan_id, person, delivery, _for_planner(self, person, change), plans.skipping)

    async def start_now(self, plan_id: PlanId, person: Person, delivery: Delivery) -> Reply:
        """Start a planned call before its time, or one that was missed."""

        def change(transaction: Transaction, plan: Plan) -> Plan | str:
            if plan.state is PlanState.OVER and not plans.is_missed(plan):
                return plans.started_already(plan)
            return become_call(transaction, plan, self._add_call)

        guarded = _for_planner(self, person, change)
        return await self._change(plan_id, person, delivery, guarded, plans.starting, is_missed_too=True)

    async def shown(self, plan_id: PlanId, person: Person) -> ShownPlan | str:
        """Return a plan for its dialog, or why this person cannot have it."""

        def work(transaction: Transaction) -> ShownPlan | str:
            plan = transaction.plan(plan_id)
            if plan is None or plan.team_id != person.team_id or not plan.is_waiting:
                return plans.no_longer()
            if not self.may_change(transaction, plan, person):
                return plans.only_planner(plan)
            return ShownPlan(plan, transaction.plan_people(plan_id))

        return await self._storage.read(work)

    def send_calendar_file(self, plan_id: PlanId, person: Person) -> None:
        """Send a person a plan for their own calendar, once the press is acknowledged."""
        self._replies.after_ack(person, self._send_calendar_file(plan_id, person))

    async def _send_calendar_file(self, plan_id: PlanId, person: Person) -> None:
        plan = await self._storage.read(lambda transaction: transaction.plan(plan_id))
        if plan is None or plan.team_id != person.team_id or plan.state is not PlanState.PLANNED:
            self._replies.tell(Notice.direct(person, plans.no_longer()))
            return
        content = calendar_file(plan, self._outside.now())
        message = OutgoingMessage(text=plans.calendar_file(plan))
        posted = await self._outside.messages.post(person.team_id, person.user_id, message)
        file = OutgoingFile("call.ics", plan.title, content)
        await self._files.upload(person.team_id, file, posted.channel_id)

    def open_dialog(self, person: Person, trigger_id: str, dialog: DialogOf) -> None:
        """Show a person a dialog that speaks of times by their own clock, as soon as the request is acknowledged."""

        async def make() -> Json:
            profile = await self._outside.profiles.learned(person.team_id, person.user_id, timedelta(days=1))
            zone = zone_named(None if profile is None else profile.zone)
            return dialog("UTC" if zone is None else zone.key)

        self._replies.open_built_view(person, trigger_id, make)

    def may_change(self, transaction: Transaction, plan: Plan, person: Person) -> bool:
        """Say whether somebody may change or cancel a plan."""
        profile = transaction.profile(person.team_id, person.user_id)
        return plan.planned_by == person.user_id or (profile is not None and profile.is_admin)

    def _new_plan(self, request: PlanRequest, channel_name: str) -> Plan:
        now, url = self._outside.now(), request.response_url
        # Between two people only an answer can be posted, and that for half an hour; to the planner always.
        is_closed = request.channel_id.startswith("D")
        return Plan(
            id=new_plan_id(),
            display_id=new_display_id(),
            team_id=request.person.team_id,
            channel_id=ChannelId(request.person.user_id) if is_closed else request.channel_id,
            title=plain_title(request.title) or answers.default_title(plain_title(channel_name)),
            planned_by=request.person.user_id,
            created_at=now,
            provider=request.provider,
            typed=request.typed,
            duration=request.duration,
            repeats=request.repeats,
            until=request.until,
            reminder=request.reminder,
            start_url=usable_url(url, now),
            due_at=now,
            language=spoken(),
        )

    def _placed(self, plan: Plan, request: PlanRequest) -> Plan | str:
        """Return a plan with the time it takes place at, as far as that can be known now, or what is wrong with it."""
        now = self._outside.now()
        begins_at = request.begins_at
        if request.typed:
            when = parse_when(request.typed)
            if when is None:
                return plans.not_a_time(request.typed)
            if request.zone is None and when.after is None:
                return plan
            begins_at = resolve(when, now, replace(plan, zone=request.zone or "UTC").tz)
            if begins_at is None:
                return plans.time_is_over(request.typed)
        if begins_at is None or begins_at <= now:
            return plans.dialog_time_is_over()
        begun = replace(plan, typed="", zone=request.zone or "UTC", begins_at=begins_at)
        next_at = next_time(begun, begins_at - timedelta(microseconds=1))
        return plans.until_too_early() if next_at is None else begun.on(next_at, now)

    async def _change(
        self,
        plan_id: PlanId,
        person: Person,
        delivery: Delivery,
        change: Change,
        say: Callable[[Plan], str],
        *,
        is_missed_too: bool = False,
    ) -> Reply:
        def work(transaction: Transaction) -> Reply:
            plan = transaction.plan(plan_id)
            if plan is None or plan.team_id != person.team_id:
                return Reply(plans.no_longer(), is_done=False)
            if not plan.is_waiting and not (is_missed_too and plan.state is PlanState.OVER):
                return Reply(plans.no_longer(), is_done=False)
            changed = change(transaction, plan)
            if isinstance(changed, str):
                return Reply(changed, is_done=False)
            due_at = rescheduled(changed, transaction.plan_people(plan_id), self._outside.now())
            transaction.save_plan(replace(changed, due_at=due_at, tries=0))
            started = changed.started if changed.started != plan.started else None
            return Reply(say(changed), started)

        reply = await accept(self._storage, self._wakeups, delivery, work)
        self._wakeups.wake(plan_id)
        return reply


def _for_planner(scheduling: Scheduling, person: Person, change: Change) -> Change:
    """Return a change that only who planned it and admins may make."""

    def guarded(transaction: Transaction, plan: Plan) -> Plan | str:
        if not scheduling.may_change(transaction, plan, person):
            return plans.only_planner(plan)
        return change(transaction, plan)

    return guarded


def _invite(transaction: Transaction, plan_id: PlanId, invited: Sequence[UserId]) -> None:
    """Store who is invited now; whoever no longer is and has not answered is forgotten."""
    known = {person.user_id: person for person in transaction.plan_people(plan_id)}
    for person in known.values():
        if person.user_id not in invited and person.coming is None:
            transaction.drop_plan_person(person)
        elif person.user_id not in invited:
            transaction.save_plan_person(replace(person, is_invited=False))
    for user_id in invited:
        person = known.get(user_id) or PlanPerson(plan_id, user_id)
        transaction.save_plan_person(replace(person, is_invited=True))
