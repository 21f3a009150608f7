"""Read and set what stands beside a person's name, with a token that the person gave us for that."""

from __future__ import annotations

from collections.abc import Mapping

from calls.model import TeamId
from calls.slack.answers import object_in, text_in
from calls.slack.web import SlackWeb
from calls.status import ShownStatus

_GET, _SET = "users.profile.get", "users.profile.set"


class StatusApi:
    """Slack's users.profile methods, of the person whose token is used."""

    def __init__(self, web: SlackWeb) -> None:
        self._web = web

    async def status(self, team_id: TeamId, token: str) -> ShownStatus:
        """Return what Slack shows.

        Raises:
            SlackError: the one that fits, for every outcome but success.

        Source: https://docs.slack.dev/reference/methods/users.profile.get
        """
        return _read((await self._web.call_as_person(team_id, token, _GET, {})).data)

    async def set_status(self, team_id: TeamId, token: str, status: ShownStatus) -> ShownStatus:
        """Have Slack show something, and return how it keeps that.

        Raises:
            SlackError: the one that fits, for every outcome but success.

        Source: https://docs.slack.dev/reference/methods/users.profile.set
        """
        profile = {"status_text": status.text, "status_emoji": status.emoji, "status_expiration": status.expires_at_s}
        return _read((await self._web.call_as_person(team_id, token, _SET, {"profile": profile})).data)


def _read(data: Mapping[str, object]) -> ShownStatus:
    profile = object_in(data, "profile") or {}
    expires_at_s = profile.get("status_expiration")
    return ShownStatus(
        text_in(profile, "status_text") or "",
        text_in(profile, "status_emoji") or "",
        expires_at_s if isinstance(expires_at_s, int) else 0,
    )
