"""Ask how many people are in a conversation.

Without the scopes channels:read and groups:read Slack does not say.
"""

from __future__ import annotations

from collections.abc import Mapping

from calls.clock import now
from calls.conversation import Conversation
from calls.model import ChannelId, TeamId
from calls.slack.answers import list_in, object_in, text_in
from calls.slack.web import SlackWeb

PAGES_MAX = 10
"""How many pages of a workspace's conversations are read to find its general one, 1,000 on each."""


class ConversationsApi:
    """Conversations in any workspace the app is installed in."""

    def __init__(self, web: SlackWeb) -> None:
        self._web = web

    async def conversation(self, team_id: TeamId, channel_id: ChannelId) -> Conversation:
        """Return how many people are in a conversation.

        Raises:
            SlackError: when Slack does not say, as where the app cannot see the conversation.

        Source: https://docs.slack.dev/reference/methods/conversations.info
        """
        asked = {"channel": channel_id, "include_num_members": True}
        answer = await self._web.call(team_id, "conversations.info", asked)
        return _conversation(team_id, channel_id, object_in(answer.data, "channel") or {})

    async def general(self, team_id: TeamId) -> Conversation | None:
        """Return the public channel that every full member of a workspace is in, or None where none is found.

        Raises:
            SlackError: when Slack does not say.

        Source: https://docs.slack.dev/reference/methods/conversations.list
        """
        asked: dict[str, object] = {"types": "public_channel", "exclude_archived": True, "limit": 1000}
        for _ in range(PAGES_MAX):
            answer = await self._web.call(team_id, "conversations.list", asked)
            for channel in list_in(answer.data, "channels"):
                if isinstance(channel, Mapping) and channel.get("is_general") is True and text_in(channel, "id"):
                    return _conversation(team_id, ChannelId(text_in(channel, "id") or ""), channel)
            cursor = text_in(object_in(answer.data, "response_metadata") or {}, "next_cursor")
            if not cursor:
                return None
            asked = {**asked, "cursor": cursor}
        return None


def _conversation(team_id: TeamId, channel_id: ChannelId, shown: Mapping[str, object]) -> Conversation:
    members = shown.get("num_members")
    return Conversation(
        team_id,
        channel_id,
        members if type(members) is int else None,
        is_general=shown.get("is_general") is True,
        read_at=now(),
    )
