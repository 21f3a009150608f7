"""The steps that bring a call to rest: end it at Slack, redraw its card, close its room."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace

from calls.blocks import build_card
from calls.errors import SlackCallGone, SlackChannelRefused, SlackMessageGone
from calls.holding import still_held
from calls.meetings import Capability
from calls.model import Call, EndReason, Participant
from calls.outside import Outside, Record
from calls.ports import Transaction
from calls.running import slack_id_of
from calls.starting import capabilities_of, provider_of
from calls.workflows import final_state, reopen_deadline


async def end_at_slack(outside: Outside, call: Call) -> Record:
    """End the call at Slack; one that Slack has ended or forgotten is a success."""
    with suppress(SlackCallGone):
        await outside.slack_calls.end(call.team_id, slack_id_of(call), duration_s=call.duration_s)
    return slack_is_done


def slack_is_done(_: Transaction, stored: Call) -> Call:
    """Record that nothing is left to be ended at Slack."""
    return replace(stored, slack_ended=True)


async def show_end(outside: Outside, call: Call, participants: Sequence[Participant]) -> Record:
    """Redraw the card without its buttons, with the length and the people.

    A card that was posted by response_url can only be changed by the response_url of a press on it. Without one,
    Slack's own part of the card still says that the call has ended, and the next press redraws it.
    """
    sequel = replace(call.sequel, is_offered=can_reopen(outside, call))
    card = build_card(replace(call, sequel=sequel), participants)
    if call.unfurl is not None:
        await outside.messages.unfurl(call.team_id, call.channel_id, call.unfurl, card)
    elif call.message_ts is not None:
        await outside.messages.update(call.team_id, call.channel_id, call.message_ts, card)
    elif call.card_url is not None and call.card_url.expires_at > outside.now():
        await outside.messages.respond(call.card_url.url, card, in_channel=True, replace_original=True)

    def record(transaction: Transaction, stored: Call) -> Call:
        offered = replace(stored.sequel, is_offered=sequel.is_offered)
        return replace(end_is_shown(transaction, stored), sequel=offered)

    return record


async def hide_reopen(outside: Outside, call: Call, participants: Sequence[Participant]) -> Record:
    """Take the button away by which an ended call could go on."""
    if call.message_ts is not None:
        card = build_card(replace(call, sequel=replace(call.sequel, is_offered=False)), participants)
        with suppress(SlackMessageGone, SlackChannelRefused):
            await outside.messages.update(call.team_id, call.channel_id, call.message_ts, card)
    return reopen_is_hidden


def reopen_is_hidden(_: Transaction, stored: Call) -> Call:
    """Record that the card offers nothing any more."""
    return replace(stored, sequel=replace(stored.sequel, is_offered=False))


def can_reopen(outside: Outside, call: Call) -> bool:
    """Say whether an ended call can go on: somebody ended it a moment ago, and its room can be used again."""
    deadline = reopen_deadline(call)
    if call.end_reason is not EndReason.ENDED_BY_PERSON or call.message_ts is None or deadline is None:
        return False
    if call.sequel.is_begun:
        return False
    return outside.now() < deadline and Capability.REOPEN in capabilities_of(outside, call)


def end_is_shown(_: Transaction, stored: Call) -> Call:
    """Record that the card needs no more changes."""
    return replace(stored, end_shown=True)


async def end_room(outside: Outside, call: Call) -> Record:
    """Close the room where the provider can, which is the last thing a call needs."""
    if call.room is not None:
        provider = provider_of(outside, call)
        if Capability.END in provider.capabilities:
            await still_held()
            await outside.asking.ask(provider, provider.end_room(call.room))
    return come_to_rest


def come_to_rest(_: Transaction, stored: Call) -> Call:
    """Record the call's final state."""
    return replace(stored, state=final_state(stored))
