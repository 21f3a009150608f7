"""Who is invited to a call, what became of it, and what of that still has to be done or shown.

Whoever is in `Call.invited` is invited; a row says what became of it. The direct message that rings and the card
follow the rows: what each shows is kept beside what is true, and the difference is the work that is left.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from calls.model import Call, CallId, ChannelId, Participant, UserId

RINGS_FOR: Final = timedelta(seconds=60)
"""How long somebody is rung, and how long it takes until they may be rung again."""

RINGS_MAX: Final = 3
"""How often one person is rung for one call at most."""

INVITED_MAX: Final = 100
"""How many people are invited to one call at most."""

SHOW_AGAIN_AFTER: Final = timedelta(seconds=1.5)
"""How long answers are gathered after one was shown: Slack takes about 50 changed messages a minute."""


class InvitationState(StrEnum):
    """What became of an invitation."""

    WANTED = "wanted"
    CLEARED = "cleared"
    RINGING = "ringing"
    JOINED = "joined"
    DECLINED = "declined"
    MISSED = "missed"
    STOPPED = "stopped"
    QUIET = "quiet"
    REFUSED = "refused"

    @property
    def can_be_answered(self) -> bool:
        """Say whether it still matters when the person comes or declines."""
        return self not in {InvitationState.JOINED, InvitationState.REFUSED}

    @property
    def is_pending(self) -> bool:
        """Say whether the person is being rung or is going to be."""
        return self in {InvitationState.WANTED, InvitationState.CLEARED, InvitationState.RINGING}


_ANSWERS: Final = frozenset(
    {InvitationState.JOINED, InvitationState.DECLINED, InvitationState.MISSED, InvitationState.STOPPED}
)


@dataclass(frozen=True, slots=True)
class Invitation:
    """One person's invitation to one call.

    Args:
        rung_at: when the person was rung last.
        rings: how often that was.
        dm_channel_id: the direct message in which they were rung.
        dm_ts: the message there; None before, and when an answer of Slack's was lost.
        shown: the state which that message shows; None while there is none.
    """

    call_id: CallId
    user_id: UserId
    invited_by: UserId
    state: InvitationState = InvitationState.WANTED
    rung_at: datetime | None = None
    rings: int = 0
    dm_channel_id: ChannelId | None = None
    dm_ts: str | None = None
    shown: InvitationState | None = None

    @property
    def is_group(self) -> bool:
        """Say whether a user group is meant, whose members are invited in its place."""
        return self.user_id.startswith("S")

    def may_ring_again(self, now: datetime) -> bool:
        """Say whether the person may be rung once more now."""
        rested = self.rung_at is None or now >= self.rung_at + RINGS_FOR
        return self.rings < RINGS_MAX and rested


def with_rows(call: Call, rows: Sequence[Invitation]) -> list[Invitation]:
    """Return the invitations of a call in the order in which people were invited, with those that have no row yet."""
    by_user = {row.user_id: row for row in rows}
    return [by_user.get(one, Invitation(call.id, one, call.started_by)) for one in dict.fromkeys(call.invited)]


def settled(
    call: Call, people: Sequence[Participant], invitations: Sequence[Invitation], now: datetime
) -> list[Invitation]:
    """Return the invitations that something other than an answer has changed, as they are now.

    Somebody came; nobody answered in time; the call is over, or whoever invited hung up before anybody answered.
    """
    present = {person.slack_id for person in people if person.present}
    gone = {person.slack_id for person in people if not person.present}
    changed = []
    for one in invitations:
        state = one.state
        if one.user_id in present and state.can_be_answered:
            state = InvitationState.JOINED
        elif state.is_pending and (not call.state.is_open or (not present and one.invited_by in gone)):
            state = InvitationState.STOPPED
        elif state is InvitationState.RINGING and one.rung_at is not None and now >= one.rung_at + RINGS_FOR:
            state = InvitationState.MISSED
        if state is not one.state:
            changed.append(replace(one, state=state))
    return changed


def to_check(invitations: Sequence[Invitation]) -> Invitation | None:
    """Return whom to look up before they are rung."""
    return next((one for one in invitations if one.state is InvitationState.WANTED), None)


def to_ring(invitations: Sequence[Invitation]) -> Invitation | None:
    """Return whom to ring next."""
    return next((one for one in invitations if one.state is InvitationState.CLEARED), None)


def to_show(invitations: Sequence[Invitation]) -> Invitation | None:
    """Return whose direct message shows something else than what is true."""
    told = (one for one in invitations if one.dm_ts is not None and one.state in _ANSWERS)
    return next((one for one in told if one.shown is not one.state), None)


def fingerprint(call: Call, invitations: Sequence[Invitation]) -> str:
    """Return what the card has to show of the invitations, in short; empty for nothing."""
    if not call.invited:
        return ""
    lines = ",".join(f"{one.user_id}:{line_of(one)}" for one in invitations)
    return hashlib.sha256(lines.encode()).hexdigest()[:16]


def line_of(invitation: Invitation) -> str | None:
    """Return the line of the card on which somebody stands, or None for nowhere."""
    match invitation.state:
        case InvitationState.DECLINED:
            return "declined"
        case InvitationState.MISSED | InvitationState.STOPPED:
            return "missed"
        case InvitationState.REFUSED:
            return None
        case _:
            return None if invitation.is_group else "invited"


def next_moment(call: Call, invitations: Sequence[Invitation]) -> datetime | None:
    """Return when the invitations need something again, though they need nothing now; None for never."""
    ends = [one.rung_at + RINGS_FOR for one in invitations if one.state is InvitationState.RINGING and one.rung_at]
    waits = to_show(invitations) is not None or fingerprint(call, invitations) != call.invited_told
    if waits and call.invited_tell_at is not None:
        ends.append(call.invited_tell_at)
    return min(ends, default=None)
