"""The users.* methods about people."""

from __future__ import annotations

import datetime as dt
import json
import re
import zoneinfo

from sandbox.connect import is_stranger, team_of
from sandbox.webapi.errors import SlackError
from sandbox.webapi.places import page_of
from sandbox.webapi.registry import ApiCall, method
from sandbox.workspace import Json, User, Workspace

_IMAGE_SIZES = (24, 32, 48, 72, 192, 512)
_EMAIL_DOMAIN = "sandbox.example"
_STATUS_MAX_CHARS = 100


@method("users.info", scope="users:read", tier=4)
def users_info(call: ApiCall) -> Json:
    """Describe one person.

    Source: https://docs.slack.dev/reference/methods/users.info
    """
    user = call.workspace.users.get(call.arguments.text("user") or "")
    if user is None:
        raise SlackError("user_not_found")
    return {"user": _shown(call, user)}


@method("users.list", scope="users:read", tier=2)
def users_list(call: ApiCall) -> Json:
    """List everybody, bots and former members included.

    Source: https://docs.slack.dev/reference/methods/users.list
    """
    page, metadata = page_of(
        call, [user for user in call.workspace.users.values() if not is_stranger(call.workspace, user)], default=0
    )
    return {"members": [_shown(call, user) for user in page], "cache_ts": int(call.workspace.now()), **metadata}


@method("users.lookupByEmail", scope="users:read.email")
def users_lookup_by_email(call: ApiCall) -> Json:
    """Find a person by email address; former members are not found.

    Source: https://docs.slack.dev/reference/methods/users.lookupByEmail
    """
    email = call.arguments.needed("email").casefold()
    for user in call.workspace.users.values():
        if email_of(user).casefold() == email and _is_member(user):
            return {"user": _shown(call, user)}
    raise SlackError("users_not_found")


@method("users.profile.get", scope="users.profile:read", tier=4, caller="bot or person")
def users_profile_get(call: ApiCall) -> Json:
    """Show a person's profile; without `user` the token's own.

    Source: https://docs.slack.dev/reference/methods/users.profile.get
    """
    user_id = call.arguments.text("user") or call.user_id or call.workspace.installation.bot_user_id
    user = call.workspace.users.get(user_id)
    if user is None:
        raise SlackError("user_not_found")
    return {"profile": _profile(call.workspace, user)}


@method("users.profile.set", scope="users.profile:write", caller="person")
def users_profile_set(call: ApiCall) -> Json:
    """Set the status of the person whose token it is; nothing else of a profile is kept here.

    Source: https://docs.slack.dev/reference/methods/users.profile.set
    """
    user = call.workspace.users.get(call.user_id or "")
    profile = call.arguments.values.get("profile")
    try:
        wanted = json.loads(profile) if isinstance(profile, str) else profile
    except ValueError:
        wanted = None
    if user is None or not isinstance(wanted, dict):
        raise SlackError("invalid_profile")
    text, emoji = wanted.get("status_text", user.status_text), wanted.get("status_emoji", user.status_emoji)
    expiration = wanted.get("status_expiration", user.status_expiration)
    if not isinstance(text, str) or not isinstance(emoji, str) or not isinstance(expiration, int):
        raise SlackError("invalid_profile")
    if len(text) > _STATUS_MAX_CHARS:
        raise SlackError("too_long")
    if emoji and not re.fullmatch(r":[^:\s]+:", emoji):
        raise SlackError("profile_status_set_failed_not_emoji_syntax")
    user.status_text, user.status_emoji = text, emoji or (":speech_balloon:" if text else "")
    user.status_expiration = expiration
    call.workspace.changed()
    return {"username": user.name, "profile": _profile(call.workspace, user)}


def _is_member(user: User) -> bool:
    return not user.is_bot and not user.deleted and user.team is None


def email_of(user: User) -> str:
    """Return a person's email address, made from their name."""
    return f"{user.name}@{_EMAIL_DOMAIN}"


def user_json(workspace: Workspace, user: User) -> Json:
    """Show a person as Slack's answers do; the email address only with the scope users:read.email."""
    zone = zoneinfo.ZoneInfo(user.tz)
    here = dt.datetime.fromtimestamp(workspace.now(), zone)
    offset = here.utcoffset() or dt.timedelta()
    shown: Json = {
        "id": user.id,
        "team_id": team_of(workspace, user).id,
        "name": user.name,
        "deleted": user.deleted,
        "color": "9f69e7",
        "real_name": user.real_name,
        "tz": user.tz,
        "tz_label": here.tzname() or user.tz,
        "tz_offset": int(offset.total_seconds()),
        "profile": _profile(workspace, user),
    }
    flags = ("is_owner", "is_primary_owner", "is_ultra_restricted")
    shown |= {"is_admin": user.is_admin, **dict.fromkeys(flags, False), "is_bot": user.is_bot}
    shown["is_restricted"] = user.is_restricted
    if is_stranger(workspace, user):
        shown["is_stranger"] = True
    return shown | {"is_app_user": False, "updated": 0, "is_email_confirmed": True, "has_2fa": False}


def _shown(call: ApiCall, user: User) -> Json:
    shown = user_json(call.workspace, user)
    if call.arguments.flag("include_locale"):
        shown["locale"] = user.locale
    return shown


def _profile(workspace: Workspace, user: User) -> Json:
    profile: Json = {
        "title": "",
        "avatar_hash": user.id.lower(),
        "status_text": user.status_text,
        "status_emoji": user.status_emoji,
        "status_expiration": user.status_expiration,
        "real_name": user.real_name,
        "display_name": user.name,
        "real_name_normalized": user.real_name,
        "display_name_normalized": user.name,
        "first_name": user.real_name.partition(" ")[0],
        "last_name": user.real_name.partition(" ")[2],
        "team": team_of(workspace, user).id,
    }
    profile |= {f"image_{size}": f"{workspace.base_url}/icons/{user.id}_{size}.png" for size in _IMAGE_SIZES}
    if user.id == workspace.installation.bot_user_id:
        profile |= {"api_app_id": workspace.installation.app_id, "bot_id": workspace.installation.bot_id}
    elif "users:read.email" in workspace.installation.scopes and user.team is None:
        profile["email"] = email_of(user)
    return profile
