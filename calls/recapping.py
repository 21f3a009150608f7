"""The steps after a call: post its recap in the card's thread, once, and keep that up to date.

Slack takes a message twice when it is sent twice, so a recap is sent only by a step that certainly sends it first.
After an unknown outcome the thread is looked through; where the app may not read it, no recap is posted any more.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from calls.choosing import counting
from calls.errors import SlackError, SlackRefused
from calls.model import Call, Participant, UserId
from calls.outside import Outside, Record
from calls.ports import Transaction
from calls.recap import Recap, RecapState
from calls.recap_message import NAMED_MAX, build_recap, people_of, recap_metadata
from calls.slack.messages_api import OutgoingMessage, PostedMessage

_log = logging.getLogger(__name__)

_CLOCKS_DIFFER = timedelta(minutes=1)


async def begin(outside: Outside, call: Call, *, uncertain: bool) -> Record:
    """Find out whether the conversation wants a recap, and where its card is.

    Args:
        uncertain: whether there may be a recap already, as after a database was put back.
    """
    if uncertain:
        try:
            ts = await _found(outside, call)
        except SlackRefused as refused:
            _log.info("Whether call %s has a recap cannot be seen: %s", call.id, refused)
        else:
            if ts is not None:
                return _posted(ts, 0)
    card_url = call.recap.card_url or await _card_url(outside, call)
    now = outside.now()

    def record(transaction: Transaction, stored: Call) -> Call:
        wanted = counting(transaction, stored.team_id, stored.channel_id, stored.started_by).records
        state = RecapState.BEGUN if wanted else RecapState.LEFT_OUT
        # Due now, not merely still due: how often posting failed before goes on being counted.
        return replace(stored, recap=replace(stored.recap, state=state, card_url=card_url), due_at=now)

    return record


async def post(outside: Outside, call: Call, people: Sequence[Participant], *, uncertain: bool) -> Record:
    """Post the recap, unless an earlier attempt of unknown outcome posted it, or may have.

    Args:
        uncertain: whether it may have been posted already without our knowing.
    """
    if uncertain:
        try:
            found = await _found(outside, call)
        except SlackRefused as refused:
            _log.warning("The recap of call %s may have been posted, which cannot be seen: %s", call.id, refused)
            return left_out
        if found is not None:
            # It is as it was sent then, so it is brought up to date once.
            return _posted(found, 0)
    message, told = await _message(outside, call, people), len(call.artifacts)
    return _posted((await outside.messages.post(call.team_id, call.channel_id, message)).ts, told)


async def update(outside: Outside, call: Call, people: Sequence[Participant]) -> Record:
    """Bring a posted recap up to date."""
    if call.recap.ts is None:
        raise AssertionError(call.id)
    message, told = await _message(outside, call, people), len(call.artifacts)
    await outside.messages.update(call.team_id, call.channel_id, call.recap.ts, message)
    return _posted(call.recap.ts, told)


def left_out(_: Transaction, stored: Call) -> Call:
    """Record that there is nothing more to be posted or changed."""
    return replace(stored, recap=replace(stored.recap, state=RecapState.LEFT_OUT))


def unsent(record: Record) -> Record:
    """Return a record that also says that Slack certainly has not got the recap."""

    def recorded(transaction: Transaction, stored: Call) -> Call:
        return _unsent(transaction, record(transaction, stored))

    return recorded


def _unsent(_: Transaction, stored: Call) -> Call:
    return replace(stored, recap=replace(stored.recap, state=RecapState.NONE))


def _posted(ts: str, told: int) -> Record:
    def record(_: Transaction, stored: Call) -> Call:
        return replace(stored, recap=Recap(RecapState.POSTED, stored.recap.card_url, ts, told))

    return record


async def _card_url(outside: Outside, call: Call) -> str | None:
    if call.message_ts is None:
        return None
    try:
        return await outside.messages.permalink(call.team_id, call.channel_id, call.message_ts)
    except SlackError as error:
        _log.warning("Slack did not say where the card of call %s is: %s", call.id, error)
        return None


async def _found(outside: Outside, call: Call) -> str | None:
    """Return where the recap is, or None when it certainly is not."""
    thread_ts = call.thread_ts or call.message_ts
    if thread_ts is None or call.ended_at is None:
        raise AssertionError(call.id)
    thread, since = PostedMessage(call.channel_id, thread_ts), call.ended_at - _CLOCKS_DIFFER
    return await outside.messages.reply_with(call.team_id, thread, recap_metadata(call), since)


async def _message(outside: Outside, call: Call, people: Sequence[Participant]) -> OutgoingMessage:
    """Return the recap, with people's names as text: a mention would ring everybody who was there."""
    named = [person.slack_id for person in people_of(people)[:NAMED_MAX] if person.slack_id is not None]
    names: dict[UserId, str] = {}
    for user_id in named:
        profile = await outside.profiles.learned(call.team_id, user_id)
        if profile is not None and profile.name:
            names[user_id] = profile.name
    return build_recap(call, people, names)
