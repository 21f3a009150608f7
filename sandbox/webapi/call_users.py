"""The people of a call, as calls.* take them: Slack users by `slack_id`, others by `external_id`."""

from __future__ import annotations

from sandbox.webapi.errors import SlackError, invalid_argument
from sandbox.webapi.registry import ApiCall
from sandbox.workspace import Json

_KEYS = ("slack_id", "external_id", "display_name", "avatar_url")


def read_users(call: ApiCall) -> list[Json]:
    """Read the `users` argument; somebody named twice counts once.

    Raises:
        SlackError: `invalid_arguments` when it is no array of users, `user_not_found` for an unknown `slack_id`.
    """
    try:
        given = call.arguments.structure("users")
    except ValueError as error:
        raise invalid_argument("users", "must be a valid JSON array") from error
    if given is None:
        return []
    if not isinstance(given, list):
        raise invalid_argument("users", "must provide an array")
    users: list[Json] = []
    for index, item in enumerate(given):
        user = _read_user(item, index)
        if "slack_id" in user and user["slack_id"] not in call.workspace.users:
            raise SlackError("user_not_found")
        if not any(same_person(user, other) for other in users):
            users.append(user)
    return users


def same_person(one: Json, other: Json) -> bool:
    """Tell whether two entries mean the same person: the same Slack user, or the same external id."""
    return any(one.get(key) is not None and one.get(key) == other.get(key) for key in ("slack_id", "external_id"))


def _read_user(item: object, index: int) -> Json:
    """Check one entry; an external user needs a display name, as the SDKs' types say."""
    place = f"users/{index}"
    if not isinstance(item, dict):
        raise invalid_argument(place, "must provide an object")
    user = {key: item[key] for key in _KEYS if item.get(key) not in {None, ""}} if _hashable(item) else {}
    for key, value in user.items():
        if not isinstance(value, str):
            raise invalid_argument(f"{place}/{key}", "must provide a string")
    if "slack_id" not in user and "external_id" not in user:
        raise invalid_argument(place, "must provide slack_id or external_id")
    if "slack_id" not in user and "display_name" not in user:
        raise invalid_argument(place, "missing required field: display_name")
    return user


def _hashable(item: Json) -> bool:
    return not any(isinstance(item.get(key), (list, dict)) for key in _KEYS)
