"""Find the e-mail address of a person, and the person of an e-mail address, where the app may know them."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping
from datetime import datetime, timedelta

from calls.clock import now
from calls.errors import CallsError, SlackRefused
from calls.model import TeamId, UserId
from calls.profile import Profile
from calls.slack.answers import object_in, text_in
from calls.slack.web import SlackWeb

_log = logging.getLogger(__name__)

FOUND_LASTS = timedelta(hours=24)
NOT_FOUND_LASTS = timedelta(hours=1)

KNOWN_MAX = 10_000
"""How many addresses are remembered at most; then all are forgotten."""


class UsersApi:
    """Finds people; remembers whom it found. Without the scopes users:read and users:read.email it finds nobody."""

    def __init__(self, web: SlackWeb) -> None:
        self._web = web
        self._known: dict[tuple[str, str], tuple[UserId | None, datetime]] = {}
        self._lock = asyncio.Lock()

    async def profile(self, team_id: TeamId, user_id: UserId) -> Profile:
        """Return what Slack says of a person.

        Raises:
            SlackError: when it does not say, as without the scope users:read.

        Source: https://docs.slack.dev/reference/methods/users.info
        """
        answer = await self._web.call(team_id, "users.info", {"user": user_id, "include_locale": True})
        user = object_in(answer.data, "user") or {}
        shown = object_in(user, "profile") or {}
        is_stranger = _is_stranger(user, team_id)
        return Profile(
            team_id,
            user_id,
            now(),
            name=text_in(shown, "display_name") or text_in(shown, "real_name") or text_in(user, "name") or "",
            locale=text_in(user, "locale"),
            zone=text_in(user, "tz"),
            # Whoever administers another workspace administers nothing here.
            is_admin=not is_stranger and _is_any(user, "is_admin", "is_owner", "is_primary_owner"),
            is_guest=_is_any(user, "is_restricted", "is_ultra_restricted"),
            is_stranger=is_stranger,
            is_bot=_is_any(user, "is_bot"),
        )

    async def email_of(self, team_id: TeamId, user_id: UserId) -> str | None:
        """Return a person's e-mail address, or None when there is none to be had.

        Source: https://docs.slack.dev/reference/methods/users.info
        """
        try:
            answer = await self._web.call(team_id, "users.info", {"user": user_id})
        except CallsError as error:
            _log.warning("The e-mail address of %s could not be read: %s", user_id, error)
            return None
        profile = object_in(object_in(answer.data, "user") or {}, "profile") or {}
        return text_in(profile, "email")

    async def user_with_email(self, team_id: TeamId, email: str) -> UserId | None:
        """Return the person of a workspace with an e-mail address, or None.

        Raises:
            SlackError: when trying again later can help.

        Source: https://docs.slack.dev/reference/methods/users.lookupByEmail
        """
        place = (team_id, email.casefold())
        async with self._lock:
            known = self._known.get(place)
            if known is not None and now() < known[1]:
                return known[0]
            user_id = await self._look_up(team_id, place[1])
            if len(self._known) >= KNOWN_MAX:
                self._known.clear()
            self._known[place] = (user_id, now() + (FOUND_LASTS if user_id else NOT_FOUND_LASTS))
            return user_id

    async def _look_up(self, team_id: TeamId, email: str) -> UserId | None:
        try:
            answer = await self._web.call(team_id, "users.lookupByEmail", {"email": email})
        except SlackRefused as error:
            if error.code != "users_not_found":
                _log.warning("People could not be looked up by their e-mail addresses: %s", error)
            return None
        found = text_in(object_in(answer.data, "user") or {}, "id")
        return None if found is None else UserId(found)


def _is_any(user: Mapping[str, object], *flags: str) -> bool:
    return any(user.get(flag) is True for flag in flags)


def _is_stranger(user: Mapping[str, object], team_id: TeamId) -> bool:
    """Say whether somebody is of another workspace; people of an organisation are at home in several.

    Source: https://docs.slack.dev/reference/objects/user-object
    """
    homes = (object_in(user, "enterprise_user") or {}).get("teams")
    if user.get("is_stranger") is True:
        return True
    if isinstance(homes, list) and team_id in homes:
        return False
    return (text_in(user, "team_id") or team_id) != team_id
