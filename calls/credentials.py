"""Which token goes with a request."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from calls.secret import Secret


class Credentials(Protocol):
    """Gives tokens: one that is set, or those of every workspace the app is installed in."""

    async def token_of(self, team_id: str) -> str:
        """Return a token that works in a workspace.

        Raises:
            SlackTokenDead: when there is none.
        """

    async def another_token(self, team_id: str, refused: str) -> str | None:
        """Return a token instead of one that Slack refused, or None when there is no other."""


@dataclass(frozen=True, slots=True)
class OneToken:
    """The token of the one workspace the app is installed in."""

    token: Secret

    async def token_of(self, team_id: str) -> str:  # noqa: ARG002 - there is one workspace
        """Return the token."""
        return self.token.reveal()

    async def another_token(self, team_id: str, refused: str) -> str | None:  # noqa: ARG002 - same
        """Return None: a token that is set is the only one."""
        return None
