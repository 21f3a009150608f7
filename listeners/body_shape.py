"""Of which type everything is that is read out of what Slack sends, so that nothing of another type gets further.

What is not listed is not read. Anything may be null, or missing: what must be there, `listeners.request_body` says.
Sources: https://docs.slack.dev/reference/interaction-payloads, https://docs.slack.dev/apis/events-api
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final

ID_MAX_CHARS: Final = 255
"""The longest id that Slack allows an app to make up; its own are shorter."""

DEEPEST: Final = 5
"""How far messages and events may be nested in one another; Slack nests them twice."""

_NESTING = ("event", "message", "previous_message", "item", "assistant_thread", "function_data")


@dataclass(frozen=True, slots=True)
class Text:
    """Text that can be stored and sent.

    Args:
        max_chars: how long it may be; None for what is bounded by the body alone.
        typed: whether people type it, so that it may hold the character NUL, which whoever reads it takes out.
    """

    max_chars: int | None = None
    typed: bool = False

    def fits(self, found: object) -> bool:
        """Say whether a value is such a text."""
        if not isinstance(found, str) or (self.max_chars is not None and len(found) > self.max_chars):
            return False
        return (self.typed or "\0" not in found) and (found.isascii() or not _has_surrogate(found))


@dataclass(frozen=True, slots=True)
class Each:
    """An object or a list, whose values are all alike, and all there."""

    shape: object
    kind: type = dict


Shape = Mapping[str, object]

_ID, _TEXT = Text(ID_MAX_CHARS), Text()
_HAS_ID: Shape = {"id": _ID, "team_id": _ID, "name": _TEXT}

_ENTERED: Shape = {
    "value": _TEXT,
    "selected_option": {"value": _TEXT},
    "selected_users": Each(_ID, list),
    "selected_conversation": _ID,
    "selected_date": _ID,
    "selected_time": _ID,
}

_VIEW: Shape = {
    "id": _ID,
    "hash": _ID,
    "type": _ID,
    "callback_id": _ID,
    "team_id": _ID,
    "app_installed_team_id": _ID,
    "private_metadata": _TEXT,
    "blocks": Each({"type": _ID, "block_id": _ID}, list),
    "state": {"values": Each(Each(_ENTERED))},
}

_MESSAGE: Shape = {"text": _TEXT, "ts": _ID, "thread_ts": _ID, "user": _ID}

_BODY: Shape = {
    **dict.fromkeys(("type", "team_id", "enterprise_id", "channel_id", "user_id", "trigger_id", "callback_id"), _ID),
    **dict.fromkeys(
        ("event_id", "context_team_id", "context_enterprise_id", "action_id", "block_id", "api_app_id"), _ID
    ),
    "text": Text(typed=True),
    **dict.fromkeys(("command", "channel_name", "user_name", "response_url", "challenge"), _TEXT),
    "team": _HAS_ID,
    "enterprise": _HAS_ID,
    "user": _HAS_ID,
    "channel": _HAS_ID,
    "message": _MESSAGE,
    "container": {"message_ts": _ID, "channel_id": _ID, "thread_ts": _ID},
    "actions": Each({"action_id": _ID, "block_id": _ID, "action_ts": _ID, "type": _ID, "value": _TEXT}, list),
    "response_urls": Each({"response_url": _TEXT}, list),
    "authorizations": Each({"team_id": _ID, "enterprise_id": _ID, "user_id": _ID}, list),
    "view": _VIEW,
    "event": {"type": _ID},
    "event_time": int,
}

_EVENTS: Mapping[str, Shape] = MappingProxyType(
    {
        "link_shared": {
            **dict.fromkeys(("user", "channel", "message_ts", "thread_ts", "source"), _ID),
            "links": Each({"url": _TEXT}, list),
        },
        "call_rejected": {"user_id": _ID, "user": _ID, "call_id": _ID},
        "app_home_opened": {"user": _ID, "channel": _ID, "tab": _ID},
        "tokens_revoked": {"tokens": {"bot": Each(_ID, list)}},
        "team_access_granted": {"team_ids": Each(_ID, list)},
        "team_access_revoked": {"team_ids": Each(_ID, list)},
    }
)
"""Of the events that are listened to; others may have other things under the same names."""


def find_misfit(body: Mapping[str, Any]) -> str | None:
    """Return the path of something that is of a wrong type, or None."""
    if _is_too_deep(body):
        return "event"
    misfit = _misfit(body, _BODY)
    event = body.get("event")
    if misfit is not None or event is None:
        return misfit
    return _misfit(event, {"type": _ID} | dict(_EVENTS.get(event.get("type"), {})))


def _misfit(found: object, shape: object) -> str | None:
    """Return the path below a value of what is of a wrong type; what is null is of none."""
    if found is None:
        return None
    if isinstance(shape, Text):
        return None if shape.fits(found) else ""
    if isinstance(shape, Mapping):
        if not isinstance(found, dict):
            return ""
        inner = ((name, _misfit(value, shape[name])) for name, value in found.items() if name in shape)
    elif isinstance(shape, Each):
        if not isinstance(found, shape.kind):
            return ""
        values = found.values() if isinstance(found, dict) else found if isinstance(found, list) else ()
        inner = (("*", "" if value is None else _misfit(value, shape.shape)) for value in values)
    else:
        return None if isinstance(found, int) and not isinstance(found, bool) else ""
    return next((f"{name}.{path}".removesuffix(".") for name, path in inner if path is not None), None)


def _has_surrogate(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return True
    return False


def _is_too_deep(body: Mapping[str, Any]) -> bool:
    """Say whether messages or events are nested further than Bolt can follow."""
    level: list[Mapping[str, Any]] = [body]
    for _ in range(DEEPEST):
        level = [inner for outer in level for name in _NESTING if isinstance(inner := outer.get(name), dict)]
        if not level:
            return False
    return True
