"""What Slack says when it does not do what was asked: a code, and what is wrong in detail."""

from __future__ import annotations

from collections.abc import Sequence


class RefusedError(Exception):
    """Slack would not do this.

    Args:
        code: Slack's error code, such as `invalid_blocks`.
        problems: what is wrong in detail, each ending in a JSON pointer where it has a place.
    """

    def __init__(self, code: str, problems: Sequence[str] = ()) -> None:
        """Keep the code and the problems."""
        self.code = code
        self.problems = tuple(problems)
        super().__init__(f"{code}: {'; '.join(problems)}" if problems else code)
