"""What a person can ask of a call: join, leave, rename, end, list it; `calls.starts` starts it.

Everything here only takes the request: it is checked, stored together with the key of its delivery, and answered.
The work itself is `calls.advance`'s, woken once the request is on disk.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from calls.accepting import accept
from calls.choosing import person_chose
from calls.ending import end_for_everybody
from calls.finding import CallRef, Unclear, find_call, visible_calls
from calls.meetings import Capability, Provider
from calls.model import (
    Call,
    CallId,
    CallState,
    ChannelId,
    Delivery,
    Notice,
    Participant,
    Person,
    Reply,
    Session,
)
from calls.permissions import Deed, Permissions, refused
from calls.ports import Clock, Storage, Transaction, WakeUps
from calls.preferences import OWN_ROOM
from calls.replies import Json, Replies
from calls.response_url import usable_url
from calls.roster import ARRIVAL
from calls.slack.messages_api import OutgoingMessage
from calls.text import plain_title
from calls.words import answers, plans


class CallService:
    """The use cases. Each answers as soon as the request is stored."""

    def __init__(
        self,
        storage: Storage,
        wakeups: WakeUps,
        replies: Replies,
        now: Clock,
        permissions: Permissions,
        *,
        providers: Mapping[str, Provider],
    ) -> None:
        """Take where calls are kept, who is to be woken and how people are answered.

        Args:
            permissions: who may do what with a running call.
            providers: by the name that is kept in each call, the usual one first.
        """
        self._storage = storage
        self._wakeups = wakeups
        self._replies = replies
        self._now = now
        self._providers = providers
        self._permissions = permissions

    @property
    def choices(self) -> Sequence[str]:
        """Return the names of the meeting systems that people can choose from, the usual one first."""
        return tuple(name for name in self._providers if name != OWN_ROOM)

    async def choices_of(self, person: Person) -> Sequence[str]:
        """Return what a person can choose from, their own room included where they have one.

        Raises:
            StorageError: when it cannot be read now.
        """
        chosen = await self._storage.read(lambda work: person_chose(work, person.team_id, person.user_id))
        return (*self.choices, OWN_ROOM) if chosen.room_url is not None else self.choices

    async def join(self, ref: CallRef, person: Person, delivery: Delivery) -> Reply:
        """Show a person as in a call.

        Raises:
            StorageError: when the request could not be stored; nothing was changed then.
        """

        def change(transaction: Transaction, call: Call) -> Reply:
            arrival = self._now() + ARRIVAL if self._reports_people(call) else None
            _come(transaction, call, person, self._now(), arrival)
            transaction.save_call(replace(call, due_at=self._now()))
            return Reply(answers.joined(call), call.id)

        return await accept(self._storage, self._wakeups, delivery, self._on_open_call("join", ref, person, change))

    async def leave(self, ref: CallRef, person: Person, delivery: Delivery) -> Reply:
        """No longer show a person as in a call.

        Raises:
            StorageError: when the request could not be stored; nothing was changed then.
        """

        def change(transaction: Transaction, call: Call) -> Reply:
            devices = _devices(transaction, call, person)
            if devices and not self._can(call, Capability.KICK):
                return Reply(answers.still_in_meeting(call), is_done=False)
            if not _go(transaction, call, person, self._now()):
                return Reply(answers.was_not_in(call), is_done=False)
            for device in devices:
                transaction.save_session(replace(device, present=False, heard_at=self._now()))
            watch = replace(call.watch, turn_out=(*call.watch.turn_out, *(device.id for device in devices)))
            transaction.save_call(replace(call, watch=watch, due_at=self._now()))
            return Reply(answers.left(call), call.id)

        return await accept(self._storage, self._wakeups, delivery, self._on_open_call("leave", ref, person, change))

    async def rename(self, ref: CallRef, title: str, person: Person, delivery: Delivery) -> Reply:
        """Give a call a new title.

        Raises:
            StorageError: when the request could not be stored; nothing was changed then.
        """
        cleaned = plain_title(title)
        standing = await self._permissions.standing(Deed.RENAME, ref, person)

        def change(transaction: Transaction, call: Call) -> Reply:
            refusal = refused(transaction, Deed.RENAME, call, person, standing)
            if refusal is not None:
                return Reply(refusal, is_done=False)
            if not cleaned:
                return Reply(answers.empty_title(), is_done=False)
            transaction.save_call(replace(call, title=cleaned, due_at=self._now()))
            return Reply(answers.renamed(cleaned), call.id)

        return await accept(self._storage, self._wakeups, delivery, self._on_open_call("rename", ref, person, change))

    async def end(self, ref: CallRef, person: Person, delivery: Delivery) -> Reply:
        """End a call for everybody.

        Raises:
            StorageError: when the request could not be stored; nothing was changed then.
        """
        standing = await self._permissions.standing(Deed.END, ref, person)

        def change(transaction: Transaction, call: Call) -> Reply:
            refusal = refused(transaction, Deed.END, call, person, standing)
            if refusal is not None:
                return Reply(refusal, is_done=False)
            end_for_everybody(transaction, call, person, self._now())
            return Reply(answers.ending(call), call.id)

        return await accept(self._storage, self._wakeups, delivery, self._on_open_call("end", ref, person, change))

    async def running(self, person: Person, channel_id: ChannelId) -> Reply:
        """List the running and planned calls of a conversation, and the person's own.

        Raises:
            StorageError: when calls cannot be read now.
        """

        def work(transaction: Transaction) -> Reply:
            calls = answers.running(visible_calls(transaction, person, channel_id))
            here = transaction.plans_in(person.team_id, channel_id)
            own = transaction.plans_of(person.team_id, person.user_id)
            planned = list({plan.id: plan for plan in (*here, *own)}.values())
            return Reply(f"{calls}\n\n{plans.listed(planned)}" if planned else calls)

        return await self._storage.read(work)

    async def open_call(self, call_id: CallId, person: Person) -> Call | None:
        """Return a running call of the person's workspace, or None.

        Raises:
            StorageError: when calls cannot be read now.
        """
        call = await self._storage.read(lambda transaction: transaction.call(call_id))
        return call if call is not None and call.team_id == person.team_id and call.state.is_open else None

    def open_view(self, person: Person, trigger_id: str, view: Json) -> None:
        """Show a person a dialog as soon as the press that asks for it is acknowledged."""
        self._replies.open_view(person, trigger_id, view)

    def tell(self, person: Person, channel_id: ChannelId | None, text: str, response_url: str | None = None) -> None:
        """Tell a person one sentence as soon as the present request is acknowledged.

        Args:
            channel_id: where the sentence is shown to the person alone; None for a direct message.
        """
        where = channel_id or ChannelId(person.user_id)
        url = usable_url(response_url, self._now())
        self._replies.tell(Notice(CallId(""), person.team_id, where, person.user_id, text, url))

    def show(self, person: Person, response_url: str, message: OutgoingMessage) -> None:
        """Show a person a message with a link of theirs, where they asked for it and nowhere else."""
        self._replies.show(person, response_url, message)

    def put_in_place(self, person: Person, response_url: str, message: OutgoingMessage) -> None:
        """Put a message in the place of the one that was pressed on, which the person alone sees."""
        self._replies.show(person, response_url, message, replace_original=True)

    def _can(self, call: Call, capability: Capability) -> bool:
        provider = self._providers.get(call.provider)
        return provider is not None and bool(capability & provider.capabilities)

    def _reports_people(self, call: Call) -> bool:
        return self._can(call, Capability.ROSTER)

    def _on_open_call(
        self, command: str, ref: CallRef, person: Person, change: Callable[[Transaction, Call], Reply]
    ) -> Callable[[Transaction], Reply]:
        """Return work that finds the call that is meant and changes it, or says why it cannot."""

        def work(transaction: Transaction) -> Reply:
            found = find_call(transaction, command, ref, person)
            if isinstance(found, Unclear):
                return Reply(found.text, is_done=False)
            if found.state.is_open:
                return change(transaction, self._pressed(found, ref))
            return self._redraw(transaction, found, ref)

        return work

    def _pressed(self, call: Call, ref: CallRef) -> Call:
        """Return the call as the press of a button proves it to be: on its card, though we may not have heard so."""
        if ref.response_url is None:
            return call
        state = CallState.LIVE if call.state is CallState.REGISTERED else call.state
        live_at = call.live_at or self._now()
        card_url = usable_url(ref.response_url, self._now())
        return replace(call, card_url=card_url, posted=True, live_at=live_at, state=state)

    def _redraw(self, transaction: Transaction, call: Call, ref: CallRef) -> Reply:
        """Let a press on the card of a call that is over mend that card, and say that it is over."""
        if ref.response_url is None or call.message_ts is not None:
            return Reply(answers.already_over(), is_done=False)
        mended = replace(self._pressed(call, ref), end_shown=False, due_at=self._now())
        transaction.save_call(mended)
        return Reply(answers.already_over(), call.id, is_done=False)


def _key(person: Person) -> str:
    return f"slack:{person.user_id}"


def _devices(transaction: Transaction, call: Call, person: Person) -> list[Session]:
    """Return the devices a person is seen with in the room of a call."""
    return [session for session in transaction.sessions(call.id) if session.key == _key(person) and session.present]


def _come(
    transaction: Transaction, call: Call, person: Person, now: datetime, stays_until: datetime | None = None
) -> None:
    """Store a person as being in a call; coming back keeps when the person first came.

    Args:
        stays_until: when they have to have been seen in the room; None where nobody sees them.
    """
    key = _key(person)
    before = next((one for one in transaction.participants(call.id) if one.key == key), None)
    if before is not None and before.present and before.stays_until is None:
        return
    participant = before or Participant(call.id, key, present=True, told=False, joined_at=now, slack_id=person.user_id)
    transaction.save_participant(replace(participant, present=True, left_at=None, stays_until=stays_until))


def _go(transaction: Transaction, call: Call, person: Person, now: datetime) -> bool:
    """Store a person as gone from a call; say whether the person was there."""
    before = next((one for one in transaction.participants(call.id) if one.key == _key(person)), None)
    if before is None or not before.present:
        return False
    transaction.save_participant(replace(before, present=False, stays_until=None, left_at=now))
    return True
