"""Where the card of a call is that somebody made by pasting a link: under their message, which is not ours."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Unfurl:
    """A link in a message.

    Args:
        ts: of the message.
        url: as it stands there, letter for letter.
    """

    ts: str
    url: str
