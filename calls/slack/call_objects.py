"""Calls and people as Slack's Calls API writes them.

Source: https://docs.slack.dev/apis/web-api/using-the-calls-api, and the answers recorded in Slack's own Java SDK,
which differ from the pages: any field but `id` may be missing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from calls.errors import StateError
from calls.slack.answers import list_in, object_in, text_in


@dataclass(frozen=True, slots=True)
class SlackUser:
    """Somebody who has an account in the workspace.

    Args:
        slack_id: such as `U…` or `W…`.
    """

    slack_id: str

    def __post_init__(self) -> None:
        if not self.slack_id:
            raise StateError("empty_value", detail="slack_id")


@dataclass(frozen=True, slots=True)
class ExternalUser:
    """Somebody known only to the meeting system.

    Args:
        external_id: tells people apart; must stay the same when somebody leaves and comes back.
        display_name: what others read.
        avatar_url: https address of a picture.
    """

    external_id: str
    display_name: str
    avatar_url: str | None = None

    def __post_init__(self) -> None:
        if not self.external_id:
            raise StateError("empty_value", detail="external_id")
        if not self.display_name:
            raise StateError("empty_value", detail="display_name")


@dataclass(frozen=True, slots=True)
class SlackCall:
    """A call as Slack knows it.

    Args:
        id: Slack's id (`R…`).
        users: who is in it.
        channels: where it was posted; only calls.info, .update, .end and .participants.* tell.
        date_start: when it began, UTC.
        date_end: when it ended, UTC; only calls.end tells.
    """

    id: str
    title: str | None = None
    join_url: str | None = None
    desktop_app_join_url: str | None = None
    external_unique_id: str | None = None
    external_display_id: str | None = None
    date_start: datetime | None = None
    date_end: datetime | None = None
    users: tuple[SlackUser | ExternalUser, ...] = ()
    channels: tuple[str, ...] = ()


def user_body(user: SlackUser | ExternalUser) -> dict[str, str]:
    """Return a person as an element of `users`."""
    if isinstance(user, SlackUser):
        return {"slack_id": user.slack_id}
    body = {"external_id": user.external_id, "display_name": user.display_name}
    return body if user.avatar_url is None else {**body, "avatar_url": user.avatar_url}


def parse_call(data: Mapping[str, object]) -> SlackCall | None:
    """Return the call of an answer, or None when there is none with an id."""
    call = object_in(data, "call") or {}
    call_id = text_in(call, "id")
    if call_id is None:
        return None
    return SlackCall(
        id=call_id,
        title=text_in(call, "title"),
        join_url=text_in(call, "join_url"),
        desktop_app_join_url=text_in(call, "desktop_app_join_url"),
        external_unique_id=text_in(call, "external_unique_id"),
        external_display_id=text_in(call, "external_display_id"),
        date_start=_instant(call.get("date_start")),
        date_end=_instant(call.get("date_end")),
        users=tuple(user for entry in list_in(call, "users") if (user := _parse_user(entry)) is not None),
        channels=tuple(channel for channel in list_in(call, "channels") if isinstance(channel, str)),
    )


def _parse_user(entry: object) -> SlackUser | ExternalUser | None:
    """Return a person, by the Slack id where both ids are given, or None for somebody without any."""
    if not isinstance(entry, Mapping):
        return None
    slack_id, external_id = text_in(entry, "slack_id"), text_in(entry, "external_id")
    if slack_id is not None:
        return SlackUser(slack_id)
    if external_id is None:
        return None
    return ExternalUser(external_id, text_in(entry, "display_name") or external_id, text_in(entry, "avatar_url"))


def _instant(value: object) -> datetime | None:
    """Return the moment of a count of Unix seconds; 0 stands for no moment."""
    if isinstance(value, bool) or not isinstance(value, int) or value <= 0:
        return None
    try:
        return datetime.fromtimestamp(value, UTC)
    except (ValueError, OverflowError, OSError):
        return None
