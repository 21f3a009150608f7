"""Count what may come without end, so that the log says of it what is worth knowing and is not filled by it."""

from __future__ import annotations


class Tally:
    """Counts, and says when a line in the log is worth it: at 1, 10, 100, 1,000 and so on."""

    def __init__(self) -> None:
        """Have counted nothing yet."""
        self.count = 0
        self._next = 1

    def is_worth_a_line(self) -> bool:
        """Count one more, and say whether the log should hear of it."""
        self.count += 1
        if self.count < self._next:
            return False
        self._next *= 10
        return True
