"""The dnd.* methods about pausing notifications; there are no quiet hours that come every day."""

from __future__ import annotations

from sandbox.webapi.errors import SlackError
from sandbox.webapi.registry import ApiCall, method
from sandbox.workspace import Json, User

_LONGEST_MIN = 365 * 24 * 60
"""Slack does not say from where on a pause is too long; a year is the sandbox's choice."""


@method("dnd.info", scope="dnd:read", caller="bot or person")
def dnd_info(call: ApiCall) -> Json:
    """Tell until when somebody has paused notifications; without `user` whoever's token it is.

    Source: https://docs.slack.dev/reference/methods/dnd.info
    """
    user_id = call.arguments.text("user") or call.user_id or call.workspace.installation.bot_user_id
    user = call.workspace.users.get(user_id)
    if user is None:
        raise SlackError("user_not_found")
    own = {} if user.id != call.user_id else _snooze(call, user)
    return {**_quiet_hours(), **own}


@method("dnd.setSnooze", scope="dnd:write", tier=2, caller="person")
def dnd_set_snooze(call: ApiCall) -> Json:
    """Pause notifications of whoever's token it is, or change until when.

    Source: https://docs.slack.dev/reference/methods/dnd.setSnooze
    """
    user, minutes = call.workspace.users.get(call.user_id or ""), call.arguments.integer("num_minutes")
    if minutes is None:
        raise SlackError("missing_duration")
    if user is None or minutes < 1:
        raise SlackError("snooze_failed")
    if minutes > _LONGEST_MIN:
        raise SlackError("too_long")
    user.snooze_until_s = int(call.workspace.now()) + minutes * 60
    call.workspace.changed()
    return _snooze(call, user)


@method("dnd.endSnooze", scope="dnd:write", tier=2, caller="person")
def dnd_end_snooze(call: ApiCall) -> Json:
    """Let notifications of whoever's token it is come again.

    Source: https://docs.slack.dev/reference/methods/dnd.endSnooze
    """
    user = call.workspace.users.get(call.user_id or "")
    if user is None or user.snooze_until_s <= call.workspace.now():
        raise SlackError("snooze_end_failed")
    user.snooze_until_s = 0
    call.workspace.changed()
    return {**_quiet_hours(), "snooze_enabled": False}


def _quiet_hours() -> Json:
    return {"dnd_enabled": False, "next_dnd_start_ts": 1, "next_dnd_end_ts": 1}


def _snooze(call: ApiCall, user: User) -> Json:
    remaining_s = user.snooze_until_s - int(call.workspace.now())
    if remaining_s <= 0:
        return {"snooze_enabled": False}
    snooze: Json = {"snooze_enabled": True, "snooze_endtime": user.snooze_until_s}
    return {**snooze, "snooze_remaining": remaining_s, "snooze_is_indefinite": False}
