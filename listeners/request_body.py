"""Read the body of a request whose signature is good, and insist that it has what listeners look at.

Slack sends commands as form fields, interactions as JSON in the form field `payload`, events as JSON.
Sources: https://docs.slack.dev/interactivity/implementing-slash-commands,
https://docs.slack.dev/reference/interaction-payloads, https://docs.slack.dev/apis/events-api
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import parse_qsl

from listeners.body_shape import find_misfit

Body = dict[str, Any]

FIELDS_MAX = 100
"""Slack's own forms have about 15."""

_INTERACTION = ("user.id", "trigger_id")

_NEEDED: dict[str, tuple[str, ...]] = {
    "command": ("team_id", "channel_id", "user_id", "trigger_id"),
    "block_actions": (*_INTERACTION, "actions.0.action_id", "actions.0.block_id", "actions.0.action_ts"),
    "shortcut": (*_INTERACTION, "callback_id"),
    "message_action": (*_INTERACTION, "callback_id", "channel.id", "message.ts"),
    "view_submission": ("user.id", "view.id", "view.hash", "view.type", "view.callback_id", "view.state.values"),
    "view_closed": ("user.id", "view.id", "view.type", "view.callback_id"),
    "block_suggestion": ("user.id", "action_id", "block_id"),
    "event_callback": ("team_id", "event_id", "event.type"),
    "url_verification": ("challenge",),
    "app_rate_limited": ("team_id",),
    "ssl_check": (),
}
"""What each kind of request must hold, as paths; what is optional is not listed."""


_NEEDED_BY_EVENT: dict[str, tuple[str, ...]] = {
    "app_home_opened": ("event.user",),
    "app_uninstalled": ("event_time",),
    "call_rejected": ("event.user_id", "event.call_id"),
    "link_shared": ("event.channel", "event.message_ts"),
    "team_access_granted": ("event_time", "event.team_ids"),
    "team_access_revoked": ("event_time", "event.team_ids"),
    "tokens_revoked": ("event_time",),
}
"""What each event that is listened to must hold besides."""

_OF_ORGANISATIONS = frozenset({"team_access_granted", "team_access_revoked"})
"""Events about several workspaces at once: the request itself names none."""


class UnreadableBodyError(Exception):
    """No listener could make sense of this body."""


def read_body(raw: bytes, content_type: str) -> Body:
    """Return the fields of a request.

    Args:
        raw: the body's bytes.
        content_type: without parameters.

    Raises:
        UnreadableBodyError: when it is not of a form Slack sends, or lacks what every request of its kind has.
    """
    try:
        body = _decoded(raw.decode("utf-8"), content_type)
    except (ValueError, RecursionError) as error:
        raise UnreadableBodyError("The body cannot be decoded.") from error
    return checked_body(body)


def checked_body(body: object) -> Body:
    """Return the fields of a request that was decoded.

    Raises:
        UnreadableBodyError: when it lacks what every request of its kind has.
    """
    if not isinstance(body, dict):
        raise UnreadableBodyError("The body is no object.")
    kind = _kind(body)
    missing = [path for path in _needed(kind, body) if _at(body, path) in (None, "")]
    if missing:
        raise UnreadableBodyError(f"A request of the kind {kind} lacks {', '.join(missing)}.")
    misfit = find_misfit(body)
    if misfit is not None:
        raise UnreadableBodyError(f"What a request has as {misfit} is nothing that Slack sends there.")
    # Null says as much as nothing, and Bolt stumbles over it.
    return {name: value for name, value in body.items() if value is not None}


@contextmanager
def reading(what: str) -> Iterator[None]:
    """Surround the reading of a part of a body that only one listener knows: nothing is done in it.

    Args:
        what: the path of that part.

    Raises:
        UnreadableBodyError: when it is not what that listener has made, or Slack sends.
    """
    try:
        yield
    except (LookupError, TypeError, ValueError, AttributeError, ArithmeticError, OSError, RecursionError) as error:
        raise UnreadableBodyError(f"What a request has as {what} cannot be read.") from error


def _decoded(text: str, content_type: str) -> object:
    if content_type == "application/json":
        return json.loads(text)
    fields = dict(parse_qsl(text, keep_blank_values=True, max_num_fields=FIELDS_MAX))
    return json.loads(fields["payload"]) if "payload" in fields else fields


def _kind(body: Body) -> str:
    for field in ("command", "ssl_check"):
        if field in body:
            return field
    kind = body.get("type")
    return kind if isinstance(kind, str) and kind in _NEEDED else "unknown"


def _needed(kind: str, body: Body) -> tuple[str, ...]:
    needed, event = _NEEDED.get(kind, ()), _at(body, "event.type")
    if not isinstance(event, str):
        return needed
    if event in _OF_ORGANISATIONS:
        needed = tuple(path for path in needed if path != "team_id")
    return needed + _NEEDED_BY_EVENT.get(event, ())


def _at(body: object, path: str) -> object:
    """Return what stands at a path of keys and list positions, or None."""
    found = body
    for step in path.split("."):
        if isinstance(found, list) and step.isdigit():
            found = found[int(step)] if int(step) < len(found) else None
        elif isinstance(found, dict):
            found = found.get(step)
        else:
            return None
    return found
