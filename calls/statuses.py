"""Note whose status has to change, in the same transaction as who came and went."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from calls.choosing import person_chose
from calls.model import Call, Participant, Person, TeamId, UserId
from calls.ports import Storage, Transaction
from calls.status import NOTHING, PersonStatus, StatusId, StatusState, Wanted, status_id_of


def note_people(
    transaction: Transaction, call: Call, participants: Sequence[Participant], now: datetime
) -> Sequence[StatusId]:
    """Make the statuses due that a call as it is now may change, and return which they are."""
    ids = sorted({person.slack_id for person in participants if person.slack_id is not None})
    due = []
    for user_id in sorted(transaction.who_share(call.team_id, ids)) if ids else ():
        is_here = call.state.is_open and any(one.present and one.slack_id == user_id for one in participants)
        if note_person(transaction, call.team_id, user_id, now, is_here=is_here):
            due.append(status_id_of(call.team_id, user_id))
    return due


def note_person(
    transaction: Transaction, team_id: TeamId, user_id: UserId, now: datetime, *, is_here: bool | None = None
) -> bool:
    """Make a person's status due if it is not as it should be, and say whether that was needed.

    Args:
        is_here: whether they are in a call, where that is known.
    """
    status_id = status_id_of(team_id, user_id)
    status = transaction.status(status_id) or PersonStatus(status_id, team_id, user_id)
    is_here = transaction.is_in_call(team_id, user_id) if is_here is None else is_here
    wanted = wants(transaction, status) if is_here else NOTHING
    if wanted.has_begun(status):
        return False
    # What is put off because it failed is not tried sooner for that.
    is_to_be_tried = status.due_at is None or (status.due_at > now and not status.tries)
    if is_to_be_tried:
        transaction.save_status(replace(status, due_at=now))
    return is_to_be_tried


def wants(transaction: Transaction, status: PersonStatus) -> Wanted:
    """Return what a person who gave us the right wants it used for: their status, unless they chose otherwise."""
    if status.leaves:
        return NOTHING
    chosen = person_chose(transaction, status.team_id, status.user_id)
    return Wanted(status=chosen.shares_status is not False, snooze=chosen.pauses_notifications is True)


def wanted_now(transaction: Transaction, status: PersonStatus) -> Wanted:
    """Return the same, of which nothing is wanted outside calls."""
    return wants(transaction, status) if transaction.is_in_call(status.team_id, status.user_id) else NOTHING


async def leave(storage: Storage, person: Person, now: datetime) -> bool:
    """Have a person's status put back before the right to set it is given up; say whether that is still to be done.

    Raises:
        StorageError: when it could not be stored.
    """

    def work(transaction: Transaction) -> bool:
        status = transaction.status(status_id_of(person.team_id, person.user_id))
        if status is None:
            return False
        if {status.state, status.snooze_state}.isdisjoint({StatusState.SETTING, StatusState.SHOWN}):
            if status.snooze_state is StatusState.DENIED:
                transaction.save_status(replace(status, snooze_state=StatusState.AT_REST))
            return False
        transaction.save_status(replace(status, leaves=True, due_at=now, tries=0))
        return True

    return await storage.write(work)


async def kept(storage: Storage, person: Person) -> PersonStatus | None:
    """Return what is kept of a person's status, if anything is.

    Raises:
        StorageError: when it cannot be read now.
    """
    status_id = status_id_of(person.team_id, person.user_id)
    return await storage.read(lambda transaction: transaction.status(status_id))
