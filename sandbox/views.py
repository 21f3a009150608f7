"""The one way to open, change and close modals and Home tabs: for the Web API and for answers to submissions."""

from __future__ import annotations

import copy
import json
import secrets
from functools import partial

from sandbox.block_ids import fill_in_ids
from sandbox.blocks import validate_view
from sandbox.files import is_known_image
from sandbox.refused import RefusedError
from sandbox.workspace import Json, View, Workspace

MOST_STACKED = 3
"""How many modals one person can have on top of each other.

Source: https://docs.slack.dev/reference/methods/views.push
"""

LARGEST_BYTES = 250_000
"""The largest view as JSON. Source: https://docs.slack.dev/reference/methods/views.open"""


class ViewError(RefusedError):
    """Slack would not show this view, such as with `invalid_arguments`, `push_limit_reached` or `hash_conflict`."""


def open_view(workspace: Workspace, user_id: str, payload: object, *, channel_id: str | None = None) -> View:
    """Open a modal for a person, in place of any modals they have open (a choice: Slack's rule is not documented).

    Args:
        workspace: where.
        user_id: who shall see it.
        payload: the view as the app gave it.
        channel_id: the conversation it was opened from, for selects that default to the current one.

    Raises:
        ViewError: `invalid_arguments` with every problem, `view_too_large`, `duplicate_external_id`.
    """
    checked = check_view(workspace, payload, "modal")
    clear_modals(workspace, user_id)
    view_id = workspace.new_id("V")
    view = _stored(workspace, View(view_id, user_id, checked, "", view_id, channel_id=channel_id))
    workspace.modals[user_id] = [view_id]
    workspace.changed()
    return view


def push_view(workspace: Workspace, user_id: str, payload: object) -> View:
    """Put a modal on top of the person's open ones.

    Raises:
        ViewError: as `open_view`; `not_found` when none is open, `push_limit_reached` when three are.
    """
    stack = workspace.modals.get(user_id, [])
    if not stack:
        raise ViewError("not_found")
    if len(stack) >= MOST_STACKED:
        raise ViewError("push_limit_reached")
    checked = check_view(workspace, payload, "modal")
    below = workspace.views[stack[-1]]
    view = View(workspace.new_id("V"), user_id, checked, "", below.root_id, below.id, channel_id=below.channel_id)
    _stored(workspace, view)
    stack.append(view.id)
    workspace.changed()
    return view


def update_view(workspace: Workspace, view: View, payload: object, *, expected_hash: str | None = None) -> View:
    """Replace what an open modal or a Home tab shows.

    Args:
        workspace: where.
        view: the view to change.
        payload: its new contents, of the same type.
        expected_hash: when given, the hash the view must still have.

    Raises:
        ViewError: as `open_view`; `hash_conflict` when the view has changed since.
    """
    if expected_hash and expected_hash != view.hash:
        raise ViewError("hash_conflict")
    view.payload = check_view(workspace, payload, str(view.payload["type"]), replacing=view)
    view.errors = {}
    _stored(workspace, view)
    workspace.changed()
    return view


def publish_home(workspace: Workspace, user_id: str, payload: object, *, expected_hash: str | None = None) -> View:
    """Show a person the app's Home tab.

    Raises:
        ViewError: as `update_view`; `not_enabled` when the manifest has no Home tab.
    """
    if not workspace.installation.manifest.home_tab_enabled:
        raise ViewError("not_enabled")
    current = workspace.views.get(workspace.homes.get(user_id, ""))
    if current is not None:
        return update_view(workspace, current, payload, expected_hash=expected_hash)
    view_id = workspace.new_id("V")
    view = _stored(workspace, View(view_id, user_id, check_view(workspace, payload, "home"), "", view_id))
    workspace.homes[user_id] = view_id
    workspace.changed()
    return view


def close_view(workspace: Workspace, view: View) -> None:
    """Close one modal and those on top of it; the ones below come to light again."""
    stack = workspace.modals.get(view.user_id, [])
    if view.id in stack:
        _close_from(workspace, view.user_id, stack.index(view.id))
        workspace.changed()


def clear_modals(workspace: Workspace, user_id: str) -> list[View]:
    """Close all modals of a person and return them, bottom first."""
    closed = _close_from(workspace, user_id, 0)
    if closed:
        workspace.changed()
    return closed


def find_view(workspace: Workspace, view_id: str | None, external_id: str | None = None) -> View | None:
    """Find an open view by Slack's id or by the app's own."""
    if view_id:
        return workspace.views.get(view_id)
    if not external_id:
        return None
    return next((view for view in workspace.views.values() if view.external_id == external_id), None)


def view_json(workspace: Workspace, view: View, *, state: Json | None = None) -> Json:
    """Show a view as Slack's answers and payloads do.

    Args:
        workspace: where.
        view: the view.
        state: the values of its inputs, block id to action id to value; none are shown without it.

    Source: https://docs.slack.dev/reference/methods/views.open
    """
    payload = view.payload
    installation = workspace.installation
    return {
        "id": view.id,
        "team_id": workspace.team.id,
        "type": payload["type"],
        "blocks": copy.deepcopy(payload["blocks"]),
        "private_metadata": payload.get("private_metadata") or "",
        "callback_id": payload.get("callback_id") or "",
        "state": {"values": copy.deepcopy(state or {})},
        "hash": view.hash,
        "title": payload.get("title") or {"type": "plain_text", "text": "View Title", "emoji": True},
        "clear_on_close": bool(payload.get("clear_on_close")),
        "notify_on_close": bool(payload.get("notify_on_close")),
        "close": payload.get("close"),
        "submit": payload.get("submit"),
        "previous_view_id": view.previous_id,
        "root_view_id": view.root_id,
        "app_id": installation.app_id,
        "external_id": view.external_id,
        "app_installed_team_id": workspace.team.id,
        "bot_id": installation.bot_id,
    }


def check_view(workspace: Workspace, payload: object, kind: str, *, replacing: View | None = None) -> Json:
    """Return a view's payload with all ids filled in, if Slack would show it.

    Args:
        workspace: where.
        payload: the view as the app gave it.
        kind: what it has to be, `modal` or `home`.
        replacing: the view it is to replace, whose external id it may repeat.

    Raises:
        ViewError: `invalid_arguments` with every problem, `view_too_large`, `duplicate_external_id`.
    """
    problems = validate_view(payload, partial(is_known_image, workspace))
    if problems or not isinstance(payload, dict):
        raise ViewError("invalid_arguments", problems)
    if payload["type"] != kind:
        raise ViewError("invalid_arguments", [f"must be {kind} [json-pointer:/view/type]"])
    if len(json.dumps(payload, ensure_ascii=False).encode()) > LARGEST_BYTES:
        raise ViewError("view_too_large")
    other = find_view(workspace, None, payload.get("external_id"))
    if other is not None and other is not replacing:
        raise ViewError("duplicate_external_id")
    checked = copy.deepcopy(payload)
    checked["blocks"] = fill_in_ids(payload["blocks"])
    return checked


def _stored(workspace: Workspace, view: View) -> View:
    view.hash = f"{int(workspace.now())}.{secrets.token_hex(4)}"
    view.external_id = str(view.payload.get("external_id") or "")
    workspace.views[view.id] = view
    return view


def _close_from(workspace: Workspace, user_id: str, index: int) -> list[View]:
    stack = workspace.modals.get(user_id, [])
    closed = [workspace.views.pop(view_id) for view_id in stack[index:] if view_id in workspace.views]
    workspace.modals[user_id] = stack[:index]
    return closed
