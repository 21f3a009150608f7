"""The steps that keep a running call true to its room: look who is in, let go of who went, end it when it is over."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from calls.errors import ConfigError, ProviderError
from calls.looking import next_look
from calls.measuring import HEALED_ROSTERS
from calls.meetings import Capability, EventKind, Kept, MeetingEvent
from calls.model import Call, EndReason, Participant
from calls.outside import Outside, Record
from calls.ports import Transaction
from calls.roster import let_go
from calls.starting import provider_of
from calls.workflows import EndRules, empty_deadline

_log = logging.getLogger(__name__)

LOOK_AGAIN = timedelta(seconds=30)
"""When a meeting system that did not answer is asked again."""


async def look(outside: Outside, call: Call) -> Record:
    """Ask the meeting system who is in, and take its word for it; one that does not answer is asked again later."""
    if call.room is None:
        raise AssertionError(call.id)
    began = outside.now()
    try:
        provider = provider_of(outside, call)
        people = tuple(await outside.asking.ask(provider, provider.roster(call.room)))
    except (ProviderError, ConfigError) as error:
        # A call must not be ended, nor its card stand still, because its meeting system cannot be asked for a while.
        _log.debug("call %s: who is in could not be asked: %s", call.id, error)
        return _look_later(outside.now() + LOOK_AGAIN)
    snapshot = MeetingEvent(EventKind.SNAPSHOT, call.room.id, began, people)
    look_at = next_look(provider.capabilities, call, began)

    def record(transaction: Transaction, stored: Call) -> Call:
        roster = outside.reports.applied(transaction, stored, [snapshot])
        if roster is not None and provider.capabilities & (Capability.WEBHOOK | Capability.STREAM):
            HEALED_ROSTERS.labels(provider.name).inc()
        changed = stored if roster is None else roster.call
        return replace(changed, watch=replace(changed.watch, looked_at=began, look_at=look_at))

    return record


async def keep(outside: Outside, call: Call) -> Record:
    """Have the meeting system go on reporting; one that does not answer is asked again later."""
    if call.room is None:
        raise AssertionError(call.id)
    try:
        provider = provider_of(outside, call)
        kept = await outside.asking.ask(provider, provider.keep(call.room))
    except (ProviderError, ConfigError) as error:
        _log.warning("call %s: its meeting system was not asked to go on reporting: %s", call.id, error)
        kept = Kept(outside.now() + LOOK_AGAIN if error.retryable else None)

    def record(_: Transaction, stored: Call) -> Call:
        room = stored.room if stored.room is None or kept.memo is None else replace(stored.room, memo=kept.memo)
        return replace(stored, room=room, watch=replace(stored.watch, keep_at=kept.again_at))

    return record


async def turn_out(outside: Outside, call: Call) -> Record:
    """Show out who is in the room and may not be; one whom the meeting system does not show out is logged."""
    if call.room is None:
        raise AssertionError(call.id)
    unwelcome = call.watch.turn_out
    for session_id in unwelcome:
        try:
            provider = provider_of(outside, call)
            await outside.asking.ask(provider, provider.kick(call.room, session_id))
        except (ProviderError, ConfigError) as error:
            _log.warning("call %s: somebody could not be shown out: %s", call.id, error)

    def record(_: Transaction, stored: Call) -> Call:
        left = tuple(session_id for session_id in stored.watch.turn_out if session_id not in unwelcome)
        return replace(stored, watch=replace(stored.watch, turn_out=left))

    return record


async def let_go_of_gone(outside: Outside, _: Call) -> Record:
    """Take for gone whose time to be seen again has passed."""
    now = outside.now()

    def record(transaction: Transaction, stored: Call) -> Call:
        people = [person for person in transaction.participants(stored.id) if person.present]
        gone = [one for one in people if one.stays_until is not None and one.stays_until <= now]
        transaction.save_participants([let_go(person, now) for person in gone])
        return stored

    return record


async def end_empty(outside: Outside, _: Call) -> Record:
    """End a call because everybody has gone; it lasted until the last one went."""
    now = outside.now()

    def record(transaction: Transaction, stored: Call) -> Call:
        # Somebody may have come back since the step was decided on.
        if stored.watch.empty_since is None or any(person.present for person in transaction.participants(stored.id)):
            return stored
        return replace(stored.ending(at=stored.watch.empty_since, reason=EndReason.EMPTY), due_at=now)

    return record


async def end_too_long(outside: Outside, _: Call) -> Record:
    """End a call that has lasted as long as calls may."""
    now = outside.now()

    def record(transaction: Transaction, stored: Call) -> Call:
        there = [person for person in transaction.participants(stored.id) if person.present]
        transaction.save_participants([replace(person, left_at=now) for person in there])
        return stored.ending(at=now, reason=EndReason.TOO_LONG)

    return record


def watched(call: Call, people: Sequence[Participant], now: datetime, rules: EndRules) -> Call:
    """Return a call with the time since when it is empty, and a look at its room when that makes it end."""
    watch = call.watch
    if not call.state.is_open or watch.came_at is None or any(person.present for person in people):
        return call if watch.empty_since is None else replace(call, watch=replace(watch, empty_since=None))
    if watch.empty_since is not None:
        return call
    emptied = replace(call, watch=replace(watch, empty_since=now))
    deadline = empty_deadline(emptied, rules)
    if watch.look_at is None or deadline is None:
        return emptied
    return replace(emptied, watch=replace(emptied.watch, look_at=min(watch.look_at, deadline)))


def _look_later(look_at: datetime) -> Record:
    def record(_: Transaction, stored: Call) -> Call:
        return replace(stored, watch=replace(stored.watch, look_at=look_at))

    return record
