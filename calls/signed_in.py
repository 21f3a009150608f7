"""Somebody of whom Slack says who they are."""

from __future__ import annotations

from dataclasses import dataclass

from calls.model import TeamId, UserId


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A Slack person, of any workspace.

    Args:
        name: as it is shown; may be empty.
        team_name: what the workspace is called; empty where Slack did not say.
        avatar_url: https address of a picture, or None.
    """

    team_id: TeamId
    user_id: UserId
    name: str
    team_name: str = ""
    avatar_url: str | None = None

    def is_same(self, team_id: str, user_id: str) -> bool:
        """Say whether this is the person of a workspace and an id."""
        return self.team_id == team_id and self.user_id == user_id
