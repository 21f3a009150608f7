"""What somebody who starts a call is asked back before it starts."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Why(StrEnum):
    """Why a call does not start at once."""

    UNKNOWN_PERSON = "unknown_person"
    """It is not known yet whether they may start one."""

    UNKNOWN_SIZE = "unknown_size"
    """It is not known yet how many people would see its card."""

    MANY = "many"
    RUNNING = "running"

    @property
    def is_for_slack(self) -> bool:
        """Say whether Slack knows the answer, so that nobody has to be asked."""
        return self in {Why.UNKNOWN_PERSON, Why.UNKNOWN_SIZE}


@dataclass(frozen=True, slots=True)
class Running:
    """The call that has the place which another is wanted for, as it was when the question came up.

    Args:
        id: our own.
        join_url: what a button to join it opens; None where the press itself gives the link.
    """

    id: str
    title: str
    started_by: str
    join_url: str | None = None


@dataclass(frozen=True, slots=True)
class Question:
    """One question to whoever starts a call.

    Args:
        members: how many people the conversation has, when they are many.
        running: the call that is running, when one is.
        told: whether the question is before their eyes.
        direct: whether it goes by direct message, as they may not be looking at the conversation.
    """

    why: Why
    members: int | None = None
    running: Running | None = None
    told: bool = False
    direct: bool = False

    def is_about(self, call_id: str) -> bool:
        """Say whether it is about this running call."""
        return self.running is not None and self.running.id == call_id
