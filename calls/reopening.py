"""Let a call go on that was ended by mistake: as a call of its own, in the same room, under the same link.

An ended call stays ended, at Slack as well; so what goes on is a new one, and each ended call goes on once at most.
"""

from __future__ import annotations

from dataclasses import replace

from calls.accepting import accept
from calls.closing import can_reopen
from calls.finding import CallRef
from calls.ids import new_call_id, new_display_id, new_join_token
from calls.model import Call, CallId, CallState, Delivery, Person, Reply
from calls.outside import Outside
from calls.permissions import Deed, Permissions, refused
from calls.place import place_of
from calls.ports import Storage, Transaction, WakeUps
from calls.sequel import Sequel
from calls.words import answers, permissions


class Reopening:
    """Takes presses on Reopen."""

    def __init__(self, storage: Storage, wakeups: WakeUps, outside: Outside, allowed: Permissions) -> None:
        """Take where calls are kept, who is to be woken, and who may."""
        self._storage = storage
        self._wakeups = wakeups
        self._outside = outside
        self._allowed = allowed

    async def reopen(self, call_id: CallId, person: Person, delivery: Delivery) -> Reply:
        """Let an ended call go on, for whoever may end it.

        Raises:
            StorageError: when it could not be stored; nothing was changed then.
        """
        standing = await self._allowed.standing(Deed.END, CallRef(call_id=call_id), person)

        def work(transaction: Transaction) -> Reply:
            ended = transaction.call(call_id)
            if ended is None or ended.team_id != person.team_id:
                return Reply(answers.unknown_call(), is_done=False)
            refusal = refused(transaction, Deed.END, ended, person, standing)
            if refusal is not None:
                return Reply(refusal, is_done=False)
            if ended.sequel.is_begun:
                return Reply(permissions.reopened_before(ended), is_done=False)
            if ended.state is CallState.ENDING:
                return Reply(permissions.still_ending(), is_done=False)
            if ended.state is not CallState.ENDED or not can_reopen(self._outside, ended):
                return Reply(permissions.too_late_to_reopen(), is_done=False)
            return Reply(permissions.reopened(ended), self._go_on(transaction, ended, person).id)

        reply = await accept(self._storage, self._wakeups, delivery, work)
        if reply.call_id is not None:
            self._wakeups.wake(call_id)
        return reply

    def _go_on(self, transaction: Transaction, ended: Call, person: Person) -> Call:
        """Store the call as which an ended one goes on; the link people have leads there from now on."""
        now = self._outside.now()
        # The old card loses its button at once instead of in two minutes.
        begun = replace(ended.sequel, is_begun=True)
        transaction.save_call(replace(ended, join_token=new_join_token(), sequel=begun, due_at=now))
        call = Call(
            id=new_call_id(),
            display_id=new_display_id(),
            join_token=ended.join_token,
            team_id=ended.team_id,
            channel_id=ended.channel_id,
            title=ended.title,
            started_by=ended.started_by,
            provider=ended.provider,
            created_at=now,
            thread_ts=ended.thread_ts,
            sequel=Sequel(ended.id, person.user_id, ended.sequel.room_of or ended.id),
            due_at=now,
            language=ended.language,
        )
        # Where another call has begun meanwhile, this one goes on beside it.
        has_place = transaction.live_call(call.team_id, place_of(call)) is None
        placed = replace(call, live_key=place_of(call) if has_place else None)
        transaction.add_call(placed)
        return placed
