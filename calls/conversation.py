"""What Slack says of a conversation: how many people a card in it reaches."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from calls.model import ChannelId, TeamId


@dataclass(frozen=True, slots=True)
class Conversation:
    """A conversation's size.

    Args:
        members: how many people are in it; None when Slack does not tell us.
        is_general: whether every full member of the workspace is in it.
        read_at: when Slack said so.
    """

    team_id: TeamId
    channel_id: ChannelId
    members: int | None
    is_general: bool
    read_at: datetime
