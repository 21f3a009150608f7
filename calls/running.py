"""The steps that keep Slack in step with a running call: its title and who is in it."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace

from calls.errors import SlackBadUsers, SlackUserNotFound
from calls.meetings import Capability
from calls.model import Call, Participant
from calls.outside import Outside, Record
from calls.pacing import told
from calls.ports import Transaction
from calls.slack.call_objects import ExternalUser, SlackUser
from calls.slack.messages_api import OutgoingMessage
from calls.starting import capabilities_of
from calls.workflows import to_add, to_remove

_log = logging.getLogger(__name__)

Send = Callable[[str, str, Sequence["SlackUser | ExternalUser"]], Awaitable[object]]

BATCH_MAX = 100
"""How many people one request names; Slack documents no limit."""


async def rename(outside: Outside, call: Call) -> Record:
    """Tell Slack the call's title."""
    title = call.title
    await outside.slack_calls.update(call.team_id, slack_id_of(call), title=title)

    def record(_: Transaction, stored: Call) -> Call:
        return replace(stored, title_told=title)

    return record


async def add_people(outside: Outside, call: Call, participants: Sequence[Participant]) -> Record:
    """Show at Slack who has come."""
    batch = to_add(participants)[:BATCH_MAX]
    record = await _send(outside, call, participants, batch, outside.slack_calls.participants_add)
    return _gathering(outside, call, record)


async def remove_people(outside: Outside, call: Call, participants: Sequence[Participant]) -> Record:
    """Show at Slack who has gone."""
    batch = to_remove(participants)[:BATCH_MAX]
    record = await _send(outside, call, participants, batch, outside.slack_calls.participants_remove)
    return _gathering(outside, call, record)


async def offer_claims(outside: Outside, call: Call, card: OutgoingMessage) -> Record:
    """Give the card a button for people the meeting system knows by another name.

    Args:
        card: as it should look with that button.
    """
    if call.message_ts is None:
        raise AssertionError(call.id)
    await outside.messages.update(call.team_id, call.channel_id, call.message_ts, card)
    return claims_are_offered


def claims_are_offered(_: Transaction, stored: Call) -> Call:
    """Record that the card needs no further button."""
    return replace(stored, claims_offered=True)


def slack_id_of(call: Call) -> str:
    """Return the call's id at Slack, which every step after registering has."""
    if call.slack_call_id is None:
        raise AssertionError(call.id)
    return call.slack_call_id


async def _send(
    outside: Outside, call: Call, participants: Sequence[Participant], batch: Sequence[Participant], send: Send
) -> Record:
    """Send a batch; when Slack refuses it, learn whom Slack shows, so that only the true difference is sent next."""
    try:
        await send(call.team_id, slack_id_of(call), [_slack_form(person) for person in batch])
    except (SlackBadUsers, SlackUserNotFound):
        shown = await _shown_at_slack(outside, call)
        corrected = [
            replace(person, told=not person.told) for person in participants if person.told != _is_shown(person, shown)
        ]
        if corrected:
            return _saved(corrected)
        await _send_one_by_one(call, batch, send)
    return _saved([replace(person, told=person.present) for person in batch])


async def _send_one_by_one(call: Call, batch: Sequence[Participant], send: Send) -> None:
    """Send each person of a batch alone, so that one whom Slack never takes does not hold up the others."""
    for person in batch:
        try:
            await send(call.team_id, slack_id_of(call), [_slack_form(person)])
        except (SlackBadUsers, SlackUserNotFound) as refused:
            _log.warning("Slack does not take a participant of call %s: %s", call.id, refused.code)


async def _shown_at_slack(outside: Outside, call: Call) -> set[str]:
    """Return the ids, Slack's or the provider's, of the people Slack shows in the call."""
    at_slack = await outside.slack_calls.info(call.team_id, slack_id_of(call))
    return {user.slack_id if isinstance(user, SlackUser) else user.external_id for user in at_slack.users}


def _is_shown(person: Participant, shown: set[str]) -> bool:
    return (person.slack_id or person.external_id or "") in shown


def _gathering(outside: Outside, call: Call, record: Record) -> Record:
    """Return a record by which further comings and goings are gathered, now that Slack was told of some.

    Where a meeting system reports them there may be hundreds in a second; people who press buttons are slower.
    """
    if Capability.ROSTER not in capabilities_of(outside, call):
        return record
    now = outside.now()

    def recorded(transaction: Transaction, stored: Call) -> Call:
        changed = record(transaction, stored)
        return replace(changed, watch=told(changed.watch, now))

    return recorded


def _saved(people: Sequence[Participant]) -> Record:
    """Record what Slack shows of each person, without touching whether the person is there."""

    def record(transaction: Transaction, stored: Call) -> Call:
        now_stored = {person.key: person for person in transaction.participants(stored.id)}
        transaction.save_participants([replace(now_stored[person.key], told=person.told) for person in people])
        return stored

    return record


def _slack_form(person: Participant) -> SlackUser | ExternalUser:
    """Return a person as calls.participants.* takes them."""
    if person.slack_id is not None:
        return SlackUser(person.slack_id)
    return ExternalUser(person.external_id or person.key, person.display_name or "Guest", person.avatar_url)
