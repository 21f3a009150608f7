"""How far the recap of a call has come: the one message that its card's thread gets once the call is over."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class RecapState(StrEnum):
    """How far a recap has come; the last two change no more."""

    NONE = "none"
    BEGUN = "begun"
    POSTED = "posted"
    LEFT_OUT = "left_out"


@dataclass(frozen=True, slots=True)
class Recap:
    """What is known of a recap.

    Args:
        card_url: leads to the card, and so to its thread; None where Slack did not say.
        ts: where the recap is.
        told: how many of the things the meeting left behind it names.
    """

    state: RecapState = RecapState.NONE
    card_url: str | None = None
    ts: str | None = None
    told: int = 0


NO_RECAP: Final = Recap()
"""That of a call which is running, or of which its card says all there is to say."""
