"""The steps of a call that waits: find out what is not known, ask whoever starts it, and let go of it."""

from __future__ import annotations

from dataclasses import replace

from calls.choosing import counting
from calls.model import Call, CallState, ChannelId, Notice
from calls.outside import Outside, Record
from calls.ports import Transaction
from calls.question import Why
from calls.question_message import build_question
from calls.settling import Known, Refused, settled
from calls.telling import show


async def weigh(outside: Outside, call: Call) -> Record:
    """Find out from Slack what decides whether a call starts, and decide."""
    if call.question is None:
        raise AssertionError(call.id)
    if call.question.why is Why.UNKNOWN_SIZE:
        await outside.sizes.learn(call)
    if call.question.why is Why.UNKNOWN_PERSON:
        await outside.profiles.learned(call.team_id, call.started_by)
    known = Known(outside.now(), outside.opens, asked=True)

    def record(transaction: Transaction, stored: Call) -> Call:
        if stored.state is not CallState.WAITING:
            return stored
        counts = counting(transaction, stored.team_id, stored.channel_id, stored.started_by)
        decided = settled(transaction, stored, counts, known)
        if isinstance(decided, Refused):
            transaction.add_notice(_notice(stored, decided.text))
            return withdrawn(transaction, stored)
        return decided

    return record


async def ask(outside: Outside, call: Call) -> Record:
    """Put the question before the eyes of whoever starts the call, and nobody else."""
    message = build_question(call)
    if message is None or call.question is None:
        raise AssertionError(call.id)
    notice = _notice(call, message.text)
    if call.question.direct:
        notice = replace(notice, channel_id=ChannelId(call.started_by), response_url=None)
    await show(outside, notice, message)
    return _asked


def _asked(_: Transaction, stored: Call) -> Call:
    if stored.question is None:
        return stored
    return replace(stored, question=replace(stored.question, told=True))


async def withdraw(_: Call) -> Record:
    """Let go of a call whose question nobody answered."""
    return withdrawn


def withdrawn(_: Transaction, stored: Call) -> Call:
    """Record that a call is not started after all."""
    if stored.state is not CallState.WAITING:
        return stored
    return replace(stored, state=CallState.WITHDRAWN, question=None, due_at=None)


def _notice(call: Call, text: str) -> Notice:
    return Notice(call.id, call.team_id, call.channel_id, call.started_by, text, call.start_url)
