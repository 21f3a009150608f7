"""The views.* methods."""

from __future__ import annotations

from sandbox import views
from sandbox.webapi.errors import SlackError, invalid_argument, invalid_arguments
from sandbox.webapi.registry import ApiCall, method
from sandbox.workspace import Json, Trigger

TRIGGER_LIFE_S = 3.0
"""Seconds a trigger_id can be exchanged. Source: https://docs.slack.dev/interactivity/handling-user-interaction"""


@method("views.open", tier=4)
def views_open(call: ApiCall) -> Json:
    """Open a modal for the person behind a trigger_id; a refused view does not use the trigger up.

    Source: https://docs.slack.dev/reference/methods/views.open
    """
    trigger = _trigger(call)
    view = views.open_view(call.workspace, trigger.user_id, _view(call), channel_id=trigger.channel_id)
    trigger.used = True
    return {"view": views.view_json(call.workspace, view)}


@method("views.push", tier=4)
def views_push(call: ApiCall) -> Json:
    """Put a modal on top of those the person behind a trigger_id has open.

    Source: https://docs.slack.dev/reference/methods/views.push
    """
    trigger = _trigger(call)
    view = views.push_view(call.workspace, trigger.user_id, _view(call))
    trigger.used = True
    return {"view": views.view_json(call.workspace, view)}


@method("views.update", tier=4)
def views_update(call: ApiCall) -> Json:
    """Replace what an open view shows.

    Source: https://docs.slack.dev/reference/methods/views.update
    """
    view_id, external_id = call.arguments.text("view_id"), call.arguments.text("external_id")
    if view_id is None and external_id is None:
        raise invalid_arguments("missing required field: view_id or external_id")
    view = views.find_view(call.workspace, view_id, external_id)
    if view is None:
        raise SlackError("not_found")
    views.update_view(call.workspace, view, _view(call), expected_hash=call.arguments.text("hash"))
    return {"view": views.view_json(call.workspace, view)}


@method("views.publish", tier=4)
def views_publish(call: ApiCall) -> Json:
    """Show a person the app's Home tab.

    Source: https://docs.slack.dev/reference/methods/views.publish
    """
    user = call.workspace.users.get(call.arguments.text("user_id") or "")
    if user is None or user.is_bot:
        raise invalid_arguments("invalid `user_id`")
    expected_hash = call.arguments.text("hash")
    view = views.publish_home(call.workspace, user.id, _view(call), expected_hash=expected_hash)
    return {"view": views.view_json(call.workspace, view)}


def _view(call: ApiCall) -> object:
    try:
        return call.arguments.structure("view")
    except ValueError as error:
        raise invalid_argument("view", "must be a valid JSON object") from error


def _trigger(call: ApiCall) -> Trigger:
    """Find the trigger a call exchanges; an interactivity pointer is the same thing by another name."""
    trigger_id = call.arguments.text("trigger_id") or call.arguments.text("interactivity_pointer")
    if trigger_id is None:
        raise invalid_arguments("missing required field: trigger_id")
    trigger = call.workspace.triggers.get(trigger_id)
    if trigger is None:
        raise SlackError("invalid_trigger_id")
    if trigger.used:
        raise SlackError("exchanged_trigger_id")
    if call.workspace.now() - trigger.made_at_s > TRIGGER_LIFE_S:
        if call.switches.expired_trigger_error == "invalid_arguments":
            raise invalid_argument("trigger_id", "`trigger_id` expired")
        raise SlackError("expired_trigger_id")
    return trigger
