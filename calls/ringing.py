"""The steps that ring invited people, stop ringing them, and show on the card what became of it."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import replace

from calls.blocks import build_card, join_button
from calls.choosing import choices
from calls.errors import SlackCallGone, SlackRefused, SlackTokenDead
from calls.invitation import (
    INVITED_MAX,
    SHOW_AGAIN_AFTER,
    Invitation,
    InvitationState,
    fingerprint,
    settled,
    to_check,
    to_ring,
    to_show,
    with_rows,
)
from calls.limits import may_ring
from calls.model import Call, ChannelId, Notice, UserId
from calls.outside import Outside, Record
from calls.ports import Transaction
from calls.profile import Profile
from calls.ring_messages import ring_message
from calls.running import slack_id_of
from calls.slack.messages_api import OutgoingMessage
from calls.words import inviting
from calls.words.language import speaking
from calls.words.limits import not_rung

_log = logging.getLogger(__name__)

_Sentence = Callable[[UserId], str]
"""What whoever invited is told about somebody."""


def invitations_of(transaction: Transaction, call: Call) -> list[Invitation]:
    """Return the invitations of a call; a call without any costs no look."""
    return with_rows(call, transaction.invitations(call.id)) if call.invited else []


async def settle(outside: Outside, _: Call) -> Record:
    """Note whom there is no more need to ring."""

    def record(transaction: Transaction, stored: Call) -> Call:
        invitations = invitations_of(transaction, stored)
        for changed in settled(stored, transaction.participants(stored.id), invitations, outside.now()):
            transaction.save_invitation(changed)
        return stored

    return record


async def check(outside: Outside, call: Call, invitations: Sequence[Invitation]) -> Record:
    """Find out whether the next person may be rung, or who is in the user group that is invited."""
    invitation = _needed(to_check(invitations))
    if invitation.is_group:
        members = await outside.groups.members(call.team_id, invitation.user_id)
        return _with_members(invitation, members)
    profile = await outside.profiles.learned(call.team_id, invitation.user_id)

    def record(transaction: Transaction, stored: Call) -> Call:
        now_stored = _stored(transaction, stored, invitation)
        if now_stored.state is not InvitationState.WANTED:
            return stored
        refusal = _refusal(profile)
        if refusal is not None:
            transaction.add_notice(_to_inviter(transaction, stored, invitation, refusal))
            state = InvitationState.REFUSED
        else:
            state = _cleared(transaction, stored, invitation.user_id)
            if state is InvitationState.CLEARED and not may_ring(
                transaction, stored.team_id, now_stored, outside.limits, outside.now()
            ):
                transaction.add_notice(_to_inviter(transaction, stored, invitation, not_rung))
                state = InvitationState.QUIET
        transaction.save_invitation(replace(now_stored, state=state))
        return stored

    return record


async def ring(outside: Outside, call: Call, invitations: Sequence[Invitation], *, uncertain: bool) -> Record:
    """Ring one person by a direct message, unless an attempt of unknown outcome turns out to have done so.

    Args:
        uncertain: whether the person may have been rung already without our knowing.
    """
    invitation = _needed(to_ring(invitations))
    now, channel_id, ts = outside.now(), None, None
    if uncertain and invitation.rings == 0:
        channel_id = await _rung_in(outside, call, invitations)
    if channel_id is None:
        profile = await outside.profiles.known(call.team_id, invitation.user_id)
        with speaking(None if profile is None else profile.locale):
            message = _message(outside, call, replace(invitation, state=InvitationState.RINGING))
        try:
            posted = await outside.messages.post(call.team_id, invitation.user_id, message)
        except SlackRefused as refused:
            if isinstance(refused, SlackTokenDead):
                raise
            _log.warning("call %s: %s could not be rung: %s", call.id, invitation.user_id, refused)
            return _not_reached(invitation)
        channel_id, ts = ChannelId(posted.channel_id), posted.ts

    def record(transaction: Transaction, stored: Call) -> Call:
        now_stored = _stored(transaction, stored, invitation)
        # Somebody may have declined, or come, since the step was decided on.
        is_next = now_stored.state is InvitationState.CLEARED
        state = InvitationState.RINGING if is_next else now_stored.state
        rung = replace(now_stored, state=state, rung_at=now, rings=now_stored.rings + 1, dm_channel_id=channel_id)
        transaction.save_invitation(replace(rung, dm_ts=ts, shown=None if ts is None else InvitationState.RINGING))
        return stored

    return record


async def show_answer(outside: Outside, call: Call, invitations: Sequence[Invitation]) -> Record:
    """Have one direct message show what became of the invitation."""
    invitation = _needed(to_show(invitations))
    if invitation.dm_channel_id is None or invitation.dm_ts is None:
        raise AssertionError(call.id)
    profile = await outside.profiles.known(call.team_id, invitation.user_id)
    with speaking(None if profile is None else profile.locale):
        message = _message(outside, call, invitation)
    try:
        await outside.messages.update(call.team_id, invitation.dm_channel_id, invitation.dm_ts, message)
    except SlackRefused as refused:
        if isinstance(refused, SlackTokenDead):
            raise
        _log.warning("call %s: a ringing message could not be changed: %s", call.id, refused)
    tell_at = outside.now() + SHOW_AGAIN_AFTER

    def record(transaction: Transaction, stored: Call) -> Call:
        transaction.save_invitation(replace(_stored(transaction, stored, invitation), shown=invitation.state))
        return replace(stored, invited_tell_at=tell_at)

    return record


async def show_invited(outside: Outside, call: Call, invitations: Sequence[Invitation]) -> Record:
    """Have the card show who is invited, who declined and who missed it.

    A card that was posted by response_url can only be changed by the response_url of a press on it.
    """
    card = card_of(outside, call, invitations)
    try:
        if call.unfurl is not None:
            await outside.messages.unfurl(call.team_id, call.channel_id, call.unfurl, card)
        elif call.message_ts is not None:
            await outside.messages.update(call.team_id, call.channel_id, call.message_ts, card)
    except SlackRefused as refused:
        if isinstance(refused, SlackTokenDead):
            raise
        _log.warning("call %s: its card could not be changed: %s", call.id, refused)
    tell_at, told = outside.now() + SHOW_AGAIN_AFTER, fingerprint(call, invitations)

    def record(_: Transaction, stored: Call) -> Call:
        return replace(stored, invited_told=told, invited_tell_at=tell_at)

    return record


def card_of(outside: Outside, call: Call, invitations: Sequence[Invitation]) -> OutgoingMessage:
    """Return the card of a running call as it should look now."""
    provider = outside.providers.get(call.provider)
    notice = None if provider is None else provider.notice
    return build_card(call, (), notice, joins_by_press=outside.joins_by_press(call), invitations=invitations)


def _message(outside: Outside, call: Call, invitation: Invitation) -> OutgoingMessage:
    return ring_message(call, invitation, join_button(call, joins_by_press=outside.joins_by_press(call)))


async def _rung_in(outside: Outside, call: Call, invitations: Sequence[Invitation]) -> ChannelId | None:
    """Return the direct message in which somebody was rung without our hearing of it.

    People are rung one after the other, and Slack says where a call is shown: in whichever direct message nobody else
    was rung, the person was who was next.
    """
    known = {call.channel_id, *(one.dm_channel_id for one in invitations)}
    try:
        at_slack = await outside.slack_calls.info(call.team_id, slack_id_of(call))
    except SlackCallGone:
        return None
    found = (ChannelId(channel) for channel in at_slack.channels if channel.startswith("D"))
    return next((channel for channel in found if channel not in known), None)


def _with_members(group: Invitation, members: frozenset[UserId] | None) -> Record:
    def record(transaction: Transaction, stored: Call) -> Call:
        before = [one for one in stored.invited if one != group.user_id]
        new = sorted(set(members or ()) - set(before))
        refusal = None
        if members is None:
            refusal, new = inviting.group_not_read, []
        elif len(before) + len(new) > INVITED_MAX:
            refusal, new = inviting.group_too_large, []
        if refusal is not None:
            transaction.add_notice(_to_inviter(transaction, stored, group, refusal))
        for user_id in new:
            transaction.save_invitation(Invitation(stored.id, user_id, group.invited_by))
        return replace(stored, invited=(*before, *new))

    return record


def _refusal(profile: Profile | None) -> _Sentence | None:
    if profile is None:
        return None
    if profile.is_bot:
        return inviting.no_bots
    return inviting.no_strangers if profile.is_stranger else None


def _cleared(transaction: Transaction, call: Call, user_id: UserId) -> InvitationState:
    chose = choices(transaction, call.team_id, call.channel_id, user_id)
    rings = chose.counting.rings and chose.person.rings is not False
    return InvitationState.CLEARED if rings else InvitationState.QUIET


def _not_reached(invitation: Invitation) -> Record:
    def record(transaction: Transaction, stored: Call) -> Call:
        now_stored = _stored(transaction, stored, invitation)
        transaction.save_invitation(replace(now_stored, state=InvitationState.REFUSED))
        transaction.add_notice(_to_inviter(transaction, stored, invitation, inviting.not_reached))
        return stored

    return record


def _to_inviter(transaction: Transaction, call: Call, invitation: Invitation, sentence: _Sentence) -> Notice:
    profile = transaction.profile(call.team_id, invitation.invited_by)
    with speaking(None if profile is None else profile.locale):
        text = sentence(invitation.user_id)
    url = call.start_url if invitation.invited_by == call.started_by else None
    return Notice(call.id, call.team_id, call.channel_id, invitation.invited_by, text, url)


def _stored(transaction: Transaction, call: Call, invitation: Invitation) -> Invitation:
    rows = (one for one in transaction.invitations(call.id) if one.user_id == invitation.user_id)
    return next(rows, invitation)


def _needed(invitation: Invitation | None) -> Invitation:
    if invitation is None:
        raise AssertionError("nobody is invited")
    return invitation
