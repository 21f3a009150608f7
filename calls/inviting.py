"""Invite people to a call, and take their answers.

Everything here only takes the request; people are rung by the steps of `calls.ringing`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from calls.accepting import accept
from calls.finding import CallRef, Unclear, find_call
from calls.invitation import INVITED_MAX, RINGS_MAX, Invitation, InvitationState, with_rows
from calls.model import Call, CallId, ChannelId, Delivery, Notice, Person, Reply, UserId
from calls.permissions import Deed, Permissions, refused
from calls.ports import Clock, Storage, Transaction, WakeUps
from calls.ringing import invitations_of
from calls.service import CallService
from calls.starts import Origin, StartRequest, Starts
from calls.words import answers, inviting
from calls.words.language import speaking


@dataclass(frozen=True, slots=True)
class _Sorted:
    """People who are to be invited, by what becomes of that."""

    rung: tuple[UserId, ...]
    is_in: tuple[UserId, ...]
    just_now: tuple[UserId, ...]
    enough: tuple[UserId, ...]


class Inviting:
    """The use cases. Each raises StorageError when the request could not be stored, and then changed nothing."""

    def __init__(
        self,
        storage: Storage,
        wakeups: WakeUps,
        calls: CallService,
        starts: Starts,
        allowed: Permissions,
        now: Clock,
    ) -> None:
        """Take where calls are kept, who is to be woken, and who may."""
        self._storage = storage
        self._wakeups = wakeups
        self._calls = calls
        self._starts = starts
        self._allowed = allowed
        self._now = now

    async def invite(self, ref: CallRef, user_ids: Sequence[UserId], person: Person, delivery: Delivery) -> Reply:
        """Invite people, or ring them once more.

        Args:
            user_ids: people, and user groups.
        """
        standing = await self._allowed.standing(Deed.INVITE, ref, person)

        def work(transaction: Transaction) -> Reply:
            call = find_call(transaction, Deed.INVITE, ref, person)
            if isinstance(call, Unclear):
                return Reply(call.text, is_done=False)
            if not call.state.is_open:
                return Reply(answers.already_over(), is_done=False)
            refusal = refused(transaction, Deed.INVITE, call, person, standing)
            if refusal is None and not user_ids:
                refusal = inviting.nobody_named()
            if refusal is not None:
                return Reply(refusal, is_done=False)
            return self._invite(transaction, call, tuple(dict.fromkeys(user_ids)), person)

        return await accept(self._storage, self._wakeups, delivery, work)

    async def decline(self, call_id: CallId, person: Person, delivery: Delivery) -> Reply:
        """Note that somebody does not come, and tell whoever invited them."""

        def work(transaction: Transaction) -> Reply:
            call = transaction.call(call_id)
            if call is None or call.team_id != person.team_id:
                return Reply(answers.unknown_call(), is_done=False)
            return self._decline(transaction, call, person)

        return await accept(self._storage, self._wakeups, delivery, work)

    async def rejected(self, slack_call_id: str, person: Person, delivery: Delivery) -> Reply:
        """Do the same where Slack's own Decline was pressed; a call we do not know is none of ours.

        Source: https://docs.slack.dev/reference/events/call_rejected
        """

        def work(transaction: Transaction) -> Reply:
            call = transaction.call_at_slack(slack_call_id)
            if call is None or call.team_id != person.team_id:
                return Reply(is_done=False)
            return self._decline(transaction, call, person)

        return await accept(self._storage, self._wakeups, delivery, work)

    async def call_back(self, call_id: CallId, channel_id: ChannelId, person: Person, delivery: Delivery) -> Reply:
        """Join a call that was missed, or, when it is over, start one here to which whoever invited is invited.

        Args:
            channel_id: the direct message in which the missed call stands.
        """
        missed = await self._storage.read(lambda transaction: _missed(transaction, call_id, person))
        if missed is None:
            return Reply(answers.unknown_call(), is_done=False)
        call, invitation = missed
        if call.state.is_open:
            return await self._calls.join(CallRef(call_id=call_id), person, delivery)
        request = StartRequest(
            person, channel_id, title=call.title, invited=(invitation.invited_by,), origin=Origin.SHORTCUT
        )
        reply = await self._starts.start(request, delivery)
        return replace(reply, text=inviting.called_back(call)) if reply.is_done and reply.text else reply

    async def open_call(self, call_id: CallId, person: Person) -> Call | str:
        """Return the running call to which a person may invite, or say why they may not."""
        ref = CallRef(call_id=call_id)
        standing = await self._allowed.standing(Deed.INVITE, ref, person)

        def work(transaction: Transaction) -> Call | str:
            call = find_call(transaction, Deed.INVITE, ref, person)
            if isinstance(call, Unclear):
                return call.text
            if not call.state.is_open:
                return answers.already_over()
            return refused(transaction, Deed.INVITE, call, person, standing) or call

        return await self._storage.read(work)

    def _invite(self, transaction: Transaction, call: Call, user_ids: Sequence[UserId], person: Person) -> Reply:
        invitations = {one.user_id: one for one in invitations_of(transaction, call)}
        if len(invitations.keys() | set(user_ids)) > INVITED_MAX:
            return Reply(inviting.too_many(), is_done=False)
        found = self._sorted(transaction, call, user_ids, invitations)
        for user_id in found.rung:
            before = invitations.get(user_id) or Invitation(call.id, user_id, person.user_id)
            again = replace(before, invited_by=person.user_id, state=InvitationState.WANTED)
            transaction.save_invitation(again)
        text = "\n".join(_sentences(call, found))
        if not found.rung:
            return Reply(text, is_done=False)
        new = [user_id for user_id in found.rung if user_id not in call.invited]
        transaction.save_call(replace(call, invited=(*call.invited, *new), due_at=self._now()))
        return Reply(text, call.id)

    def _sorted(
        self,
        transaction: Transaction,
        call: Call,
        user_ids: Sequence[UserId],
        invitations: dict[UserId, Invitation],
    ) -> _Sorted:
        present = {one.slack_id for one in transaction.participants(call.id) if one.present}
        is_in = tuple(one for one in user_ids if one in present)
        asked = [one for one in user_ids if one not in present]
        before = {one: invitations[one] for one in asked if one in invitations}
        enough = tuple(one for one, row in before.items() if row.rings >= RINGS_MAX)
        rests = {one for one, row in before.items() if row.state.is_pending or not row.may_ring_again(self._now())}
        just_now = tuple(one for one in asked if one in rests and one not in enough)
        rung = tuple(one for one in asked if one not in rests and one not in enough)
        return _Sorted(rung, is_in, just_now, enough)

    def _decline(self, transaction: Transaction, call: Call, person: Person) -> Reply:
        if not call.state.is_open:
            return Reply(answers.already_over(), is_done=False)
        if any(one.present and one.slack_id == person.user_id for one in transaction.participants(call.id)):
            return Reply(inviting.declines_inside(call), is_done=False)
        rows = with_rows(call, transaction.invitations(call.id))
        before = next((one for one in rows if one.user_id == person.user_id), None)
        if before is not None and before.state is InvitationState.DECLINED:
            return Reply(inviting.you_declined(call))
        invitation = before or Invitation(call.id, person.user_id, call.started_by)
        transaction.save_invitation(replace(invitation, state=InvitationState.DECLINED))
        for inviter in dict.fromkeys((invitation.invited_by, call.started_by)):
            if inviter != person.user_id:
                transaction.add_notice(_declined(transaction, call, inviter, person))
        invited = call.invited if before is not None else (*call.invited, person.user_id)
        transaction.save_call(replace(call, invited=invited, due_at=self._now()))
        return Reply(inviting.you_declined(call), call.id)


def _missed(transaction: Transaction, call_id: CallId, person: Person) -> tuple[Call, Invitation] | None:
    call = transaction.call(call_id)
    if call is None or call.team_id != person.team_id:
        return None
    rows = (one for one in transaction.invitations(call_id) if one.user_id == person.user_id)
    invitation = next(rows, None)
    return None if invitation is None else (call, invitation)


def _declined(transaction: Transaction, call: Call, inviter: UserId, person: Person) -> Notice:
    profile = transaction.profile(call.team_id, inviter)
    with speaking(None if profile is None else profile.locale):
        text = inviting.declined(call, person.user_id)
    url = call.start_url if inviter == call.started_by else None
    return Notice(call.id, call.team_id, call.channel_id, inviter, text, url)


def _sentences(call: Call, found: _Sorted) -> list[str]:
    said = []
    if found.rung:
        said.append(inviting.inviting(call, found.rung))
    if found.is_in:
        said.append(inviting.in_already(found.is_in))
    if found.just_now:
        said.append(inviting.rung_just_now(found.just_now))
    if found.enough:
        said.append(inviting.rung_enough(found.enough))
    return said
