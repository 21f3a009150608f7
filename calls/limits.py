"""How much one person, one conversation and one workspace may ask for, and what is said beyond that.

What counts are the rows of calls and invitations, so that the limits hold for all processes together and over restarts.
Processes that store at the same moment do not see each other's rows, and may let one more through each; of the calls
that wait, a few more, see `calls.room_left`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Protocol

from calls.invitation import INVITED_MAX, Invitation
from calls.model import Call, ChannelId, TeamId, UserId
from calls.room_left import RoomLeft
from calls.words import inviting, limits

WINDOW: Final = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Limits:
    """What is allowed; the first two and the last two count for a minute.

    The usual values stop what runs away, not what people do: somebody may start two hundred calls at once.

    Args:
        starts_by_person: calls that one person starts, questions about starting one included.
        starts_in_channel: calls that begin in one conversation.
        waiting_in_workspace: calls of one workspace that are not on a card yet, at any one time.
        rings_by_person: how many people one person has rung.
        rings_of_person: how often one person is rung, whoever does it.
    """

    starts_by_person: int = 1_200
    starts_in_channel: int = 1_200
    waiting_in_workspace: int = 2_000
    rings_by_person: int = 200
    rings_of_person: int = 10


@dataclass(frozen=True, slots=True)
class Asker:
    """For whom, and where, it is looked up how much was asked for."""

    team_id: TeamId
    channel_id: ChannelId
    user_id: UserId
    since: datetime


@dataclass(frozen=True, slots=True)
class Crowd:
    """How much was asked for before.

    Args:
        by_person: when the person started the call that has to be out of the window before the next; None when none
            has to.
        in_channel: the same for the conversation.
        waiting: how many calls of the workspace wait, counted up to the limit; None when that was not asked.
    """

    by_person: datetime | None = None
    in_channel: datetime | None = None
    waiting: int | None = None


class CrowdTransaction(Protocol):
    """Reads of how much was asked for."""

    def crowd(self, asker: Asker, allowed: Limits, *, counts_waiting: bool = True) -> Crowd:
        """Return how much was asked for, by one query whose work is bounded by the limits."""

    def rings_of(self, team_id: TeamId, user_id: UserId, since: datetime) -> int:
        """Return how often a person was rung since a time or is rung next, for calls of a workspace."""

    def rings_by(self, team_id: TeamId, user_id: UserId, since: datetime) -> int:
        """Return how many people a person had rung since a time or has rung next, for calls of a workspace."""


def too_much(transaction: CrowdTransaction, call: Call, allowed: Limits, room_left: RoomLeft) -> str | None:
    """Return why a call that somebody wants to start must not be started now, or None.

    Args:
        room_left: of this process.
    """
    if len(call.invited) > INVITED_MAX:
        return inviting.too_many()
    now = call.created_at
    asker = Asker(call.team_id, call.channel_id, call.started_by, now - WINDOW)
    crowd = transaction.crowd(asker, allowed, counts_waiting=not room_left.takes(call.team_id, now))
    if crowd.by_person is not None:
        return limits.person_starts_many(allowed.starts_by_person, _wait_s(crowd.by_person, now))
    if crowd.in_channel is not None:
        return limits.channel_has_many(allowed.starts_in_channel, _wait_s(crowd.in_channel, now))
    if crowd.waiting is None:
        return None
    if crowd.waiting >= allowed.waiting_in_workspace:
        return limits.workspace_is_full(allowed.waiting_in_workspace)
    room_left.looked(call.team_id, allowed.waiting_in_workspace - crowd.waiting, now)
    return None


def too_much_here(transaction: CrowdTransaction, call: Call, allowed: Limits, now: datetime) -> str | None:
    """Return why a call that waited for an answer must not begin in its conversation now, or None."""
    asker = Asker(call.team_id, call.channel_id, call.started_by, now - WINDOW)
    crowd = transaction.crowd(asker, allowed, counts_waiting=False)
    if crowd.in_channel is None:
        return None
    return limits.channel_has_many(allowed.starts_in_channel, _wait_s(crowd.in_channel, now))


def may_ring(
    transaction: CrowdTransaction, team_id: TeamId, invitation: Invitation, allowed: Limits, now: datetime
) -> bool:
    """Say whether one more person may be rung now."""
    since = now - WINDOW
    if transaction.rings_of(team_id, invitation.user_id, since) >= allowed.rings_of_person:
        return False
    return transaction.rings_by(team_id, invitation.invited_by, since) < allowed.rings_by_person


def _wait_s(before: datetime, now: datetime) -> int:
    """Return after how many seconds a start is out of the window, at least one."""
    return max(1, -int(-(before + WINDOW - now).total_seconds() // 1))
