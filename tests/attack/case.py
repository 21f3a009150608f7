"""One request of the hostile corpus."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass

from tests.attack.wire import Keys

Sent = bytes | Sequence[bytes]
Build = Callable[[Keys], Sent]


@dataclass(frozen=True, slots=True)
class Case:
    """What is sent, and which answers are deliberate.

    Args:
        build: the bytes, or the pieces in which they are sent, or what makes them.
        statuses: any of these is right.
        pause_s: how long to wait after each piece, in seconds.
    """

    name: str
    build: Build | Sent
    statuses: Collection[int]
    pause_s: float = 0.0

    def pieces(self, keys: Keys) -> Sequence[bytes]:
        """Return what is sent, piece by piece."""
        built = self.build(keys) if callable(self.build) else self.build
        return [built] if isinstance(built, bytes) else built
