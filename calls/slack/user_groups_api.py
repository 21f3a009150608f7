"""List the user groups of a workspace, and who is in them. Scope `usergroups:read`."""

from __future__ import annotations

from dataclasses import dataclass

from calls.errors import SlackOutcomeUnknown
from calls.model import TeamId, UserId
from calls.slack.answers import text_in
from calls.slack.web import SlackWeb


@dataclass(frozen=True, slots=True)
class UserGroup:
    """A user group.

    Args:
        handle: what people type after `@`.
    """

    id: str
    name: str
    handle: str


class UserGroupsApi:
    """The user groups of any workspace the app is installed in."""

    def __init__(self, web: SlackWeb) -> None:
        self._web = web

    async def groups(self, team_id: TeamId) -> tuple[UserGroup, ...]:
        """Return the user groups that are in use, by name.

        Raises:
            SlackError: when Slack does not say.

        Source: https://docs.slack.dev/reference/methods/usergroups.list
        """
        answer = await self._web.call(team_id, "usergroups.list", {"include_disabled": False})
        listed = answer.data.get("usergroups")
        found = [one for one in listed if isinstance(one, dict)] if isinstance(listed, list) else []
        groups = [
            UserGroup(text_in(one, "id") or "", text_in(one, "name") or "", text_in(one, "handle") or "")
            for one in found
            if not one.get("date_delete")
        ]
        return tuple(sorted((group for group in groups if group.id), key=lambda group: group.name.casefold()))

    async def members(self, team_id: TeamId, group_id: str) -> frozenset[UserId]:
        """Return who is in a user group. Scope `usergroups:read`.

        Raises:
            SlackError: when Slack does not say, as for a group that there is not.

        Source: https://docs.slack.dev/reference/methods/usergroups.users.list
        """
        method = "usergroups.users.list"
        users = (await self._web.call(team_id, method, {"usergroup": group_id})).data.get("users")
        if not isinstance(users, list):
            raise SlackOutcomeUnknown("incomplete_answer", method, detail="no users")
        return frozenset(UserId(user) for user in users if isinstance(user, str))
