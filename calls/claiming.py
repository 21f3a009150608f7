"""Let somebody whom only the meeting system knows say which Slack person they are: "That's me"."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from calls.accepting import accept
from calls.model import Call, CallId, Delivery, Participant, Person, Reply, UserId
from calls.outside import Outside, Record
from calls.ports import Clock, Storage, Transaction, WakeUps
from calls.words import answers


class Claiming:
    """Shows a person under their Slack name who is in the meeting under another."""

    def __init__(self, storage: Storage, wakeups: WakeUps, now: Clock) -> None:
        """Take where calls are kept and who is to be woken."""
        self._storage = storage
        self._wakeups = wakeups
        self._now = now

    async def unknown_people(self, call_id: CallId, person: Person) -> Sequence[Participant]:
        """Return who is in a running call of the person's workspace, and not known to Slack.

        Raises:
            StorageError: when calls cannot be read now.
        """

        def work(transaction: Transaction) -> Sequence[Participant]:
            call = transaction.call(call_id)
            if call is None or call.team_id != person.team_id or not call.state.is_open:
                return ()
            return [one for one in transaction.participants(call_id) if one.present and one.is_unknown]

        return await self._storage.read(work)

    async def claim(self, call_id: CallId, key: str, person: Person, delivery: Delivery) -> Reply:
        """Show a person instead of the guest who they say they are.

        It is taken on trust, and gives no right to anything: the card says who is in, and the person who lies shows
        under their own name as being in a call they are not in.

        Raises:
            StorageError: when it could not be stored; nothing was changed then.
        """

        def work(transaction: Transaction) -> Reply:
            call = transaction.call(call_id)
            if call is None or call.team_id != person.team_id:
                return Reply(answers.unknown_call(), is_done=False)
            if not call.state.is_open:
                return Reply(answers.already_over(), is_done=False)
            people = {one.key: one for one in transaction.participants(call_id)}
            guest = people.get(key)
            if guest is None or not guest.is_unknown:
                return Reply(answers.nobody_to_claim(), is_done=False)
            _join(transaction, guest, people.get(f"slack:{person.user_id}"), person.user_id)
            transaction.save_call(replace(call, due_at=self._now()))
            return Reply(answers.claimed(call), call_id)

        return await accept(self._storage, self._wakeups, delivery, work)


async def look_up(outside: Outside, call: Call, participants: Sequence[Participant]) -> Record:
    """Find out which Slack people those are whose e-mail address the meeting system vouches for."""
    found: dict[str, UserId | None] = {}
    for person in participants:
        if person.present and person.is_unknown and person.email is not None:
            found[person.key] = await outside.users.user_with_email(call.team_id, person.email)

    def record(transaction: Transaction, stored: Call) -> Call:
        people = {one.key: one for one in transaction.participants(stored.id)}
        for key, user_id in found.items():
            guest = replace(people[key], email=None)
            if user_id is None or not guest.is_unknown:
                transaction.save_participant(guest)
            else:
                _join(transaction, guest, people.get(f"slack:{user_id}"), user_id)
        return stored

    return record


def forget_emails(transaction: Transaction, stored: Call) -> Call:
    """Record that nobody could be looked up: they stay as the meeting system calls them."""
    for person in transaction.participants(stored.id):
        if person.email is not None:
            transaction.save_participant(replace(person, email=None))
    return stored


def _join(transaction: Transaction, guest: Participant, known: Participant | None, user_id: UserId) -> None:
    """Give a guest's devices and presence to the person they are; the guest's own row only leads there from now on."""
    key = f"slack:{user_id}"
    for session in transaction.sessions_of(guest.call_id, [], [guest.key]):
        transaction.save_session(replace(session, key=key))
    if known is None:
        known = replace(guest, key=key, told=False, slack_id=user_id, external_id=None, display_name=None)
        transaction.save_participant(replace(known, avatar_url=None, email=None))
    elif guest.present:
        first = min(known.joined_at, guest.joined_at)
        seen = replace(known, present=True, left_at=guest.left_at, stays_until=guest.stays_until, joined_at=first)
        transaction.save_participant(seen)
    transaction.save_participant(replace(guest, present=False, stays_until=None, same_as=key, email=None))
