"""What Slack says of a person: how to speak to them, what time it is for them, what they may do."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from calls.model import TeamId, UserId


@dataclass(frozen=True, slots=True)
class Profile:
    """What Slack says of a person.

    Args:
        name: what Slack shows for them.
        locale: as in `de-DE`; None when Slack does not say.
        zone: their time zone's name as in `Europe/Berlin`; None when Slack does not say.
        is_admin: whether they administer or own the workspace.
        is_guest: whether they are in some conversations of the workspace only.
        is_stranger: whether they are of another workspace, met in a conversation that both share.
        read_at: when Slack said so.
    """

    team_id: TeamId
    user_id: UserId
    read_at: datetime
    name: str = ""
    locale: str | None = None
    zone: str | None = None
    is_admin: bool = False
    is_guest: bool = False
    is_stranger: bool = False
    is_bot: bool = False
