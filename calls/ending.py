"""End a call for everybody, as somebody asked."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from calls.model import Call, EndReason, Person
from calls.ports import Transaction


def end_for_everybody(transaction: Transaction, call: Call, by: Person, now: datetime) -> Call:
    """Store that everybody leaves a call and that it is to be ended; return it so."""
    for participant in transaction.participants(call.id):
        if participant.present:
            transaction.save_participant(replace(participant, left_at=now))
    return transaction.save_call(call.ending(at=now, reason=EndReason.ENDED_BY_PERSON, by=by.user_id))
