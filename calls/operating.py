"""End a call by force, or let one be tried again that was set aside: for operators and for admins."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from calls.model import Call, CallId, EndReason, UserId
from calls.ports import Transaction


def force_end(transaction: Transaction, call_id: CallId, now: datetime, by: UserId | None = None) -> Call | None:
    """Mark a call to be ended, whatever it waits for, and return it; None when there is nothing to end.

    Args:
        by: the admin who asked; None for whoever runs Startcall.
    """
    call = transaction.call(call_id)
    if call is None or call.state.is_final:
        return None
    for person in transaction.participants(call_id):
        if person.present and person.left_at is None:
            transaction.save_participant(replace(person, left_at=now))
    reason = EndReason.ENDED_BY_OPERATOR if by is None else EndReason.ENDED_BY_PERSON
    return transaction.save_call(call.ending(at=now, reason=reason, by=by).retried(now))


def retry(transaction: Transaction, call_id: CallId, now: datetime) -> Call | None:
    """Mark a call that was set aside to be tried again, and return it; None when it was not set aside."""
    call = transaction.call(call_id)
    if call is None or call.stuck_code is None:
        return None
    return transaction.save_call(call.retried(now))
