"""Answer people in their own language: whoever takes a request in speaks it while the request is worked on."""

from __future__ import annotations

import logging

from calls.errors import CallsError
from calls.model import TeamId, UserId
from calls.profiles import Profiles
from listeners.request_body import Body
from listeners.tenant import tenant_of

_log = logging.getLogger(__name__)


async def locale_of(body: Body, profiles: Profiles) -> str | None:
    """Return the locale of whoever did what a request is about, as far as it is known; Slack is not waited for."""
    asker = _asker(body)
    if asker is None:
        return None
    profiles.refresh(*asker)
    try:
        profile = await profiles.known(*asker)
    except CallsError as error:
        _log.warning("The language of %s could not be read: %s", asker[1], error)
        return None
    return None if profile is None else profile.locale


def _asker(body: Body) -> tuple[TeamId, UserId] | None:
    """Return who did what a request is about, as the workspace knows them that it is for."""
    about = body.get("event", body)
    user = about.get("user", about.get("user_id"))
    user_id = user.get("id") if isinstance(user, dict) else user
    team_id = tenant_of(body).team_id
    return (team_id, UserId(user_id)) if isinstance(user_id, str) and team_id is not None else None
