"""What Slack shows beside a person's name while they are in a call, and what stood there before."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final, NewType

from calls.model import TeamId, UserId

SLACK: Final = "slack"
"""Under which name the right to set a person's status is kept among the accounts that people connected."""

EMOJI: Final = ":telephone_receiver:"

StatusId = NewType("StatusId", str)

_PREFIX: Final = "status-"


@dataclass(frozen=True, slots=True)
class ShownStatus:
    """A status as Slack keeps it.

    Args:
        emoji: between colons, or empty.
        expires_at_s: when Slack clears it, in seconds since 1970; 0 for never.
    """

    text: str = ""
    emoji: str = ""
    expires_at_s: int = 0

    def looks_like(self, other: ShownStatus) -> bool:
        """Say whether people see the same; Slack may round when it is cleared."""
        return (self.text, self.emoji) == (other.text, other.emoji)


class StatusState(StrEnum):
    """What Slack shows of a person.

    AT_REST: nothing of ours. SETTING: ours may be there, or not yet. SHOWN: ours was there. LEFT: nothing of ours, and
    nothing more is tried until the person is in no call any more. DENIED: the same until they give the right anew.
    """

    AT_REST = "at_rest"
    SETTING = "setting"
    SHOWN = "shown"
    LEFT = "left"
    DENIED = "denied"


@dataclass(frozen=True, slots=True)
class PersonStatus:
    """The status of one person who lets it be set.

    Args:
        before: what stood there before ours.
        ours: what we set, as Slack keeps it.
        leaves: whether the person no longer wants it, and the right is given up once the status is put back.
        due_at: when something has to be done next; None when nothing ever has.
        tries: how often the present step failed in a row.
        snooze_state: the same as `state` for the pause of their notifications.
        snooze_before_s: until when they had paused them before, in seconds since 1970; 0 for not at all.
        snooze_ours_s: until when we have.
    """

    id: StatusId
    team_id: TeamId
    user_id: UserId
    state: StatusState = StatusState.AT_REST
    before: ShownStatus = ShownStatus()
    ours: ShownStatus = ShownStatus()
    leaves: bool = False
    due_at: datetime | None = None
    tries: int = 0
    snooze_state: StatusState = StatusState.AT_REST
    snooze_before_s: int = 0
    snooze_ours_s: int = 0


@dataclass(frozen=True, slots=True)
class Wanted:
    """What Slack should show of a person now: their status, and the pause of their notifications."""

    status: bool = False
    snooze: bool = False

    @property
    def anything(self) -> bool:
        """Say whether anything is wanted."""
        return self.status or self.snooze

    def has_begun(self, stored: PersonStatus) -> bool:
        """Say whether all that is wanted was at least begun, and nothing is left of what is not."""
        return all(
            state is StatusState.DENIED or is_wanted is not (state is StatusState.AT_REST)
            for is_wanted, state in self._parts(stored)
        )

    def is_settled(self, stored: PersonStatus) -> bool:
        """Say whether there is nothing left to do."""
        is_done = not any(state is StatusState.SETTING for _, state in self._parts(stored))
        return is_done and self.has_begun(stored) and not stored.leaves

    def _parts(self, stored: PersonStatus) -> tuple[tuple[bool, StatusState], ...]:
        return (self.status, stored.state), (self.snooze, stored.snooze_state)


NOTHING: Final = Wanted()


def status_id_of(team_id: TeamId, user_id: UserId) -> StatusId:
    """Return the id of a person's status: the same whoever asks, so that there is one."""
    return StatusId(f"{_PREFIX}{team_id}-{user_id}")


def is_status_id(text: str) -> bool:
    """Say whether an id is a status's."""
    return text.startswith(_PREFIX)
