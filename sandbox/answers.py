"""Show a person what the app answered to them, or that it did not."""

from __future__ import annotations

from collections.abc import Mapping

from sandbox import messages, views
from sandbox.delivery.ack import Ack
from sandbox.delivery.response_urls import post_answer
from sandbox.elements import NoSuchElementError
from sandbox.manifest import ShortcutKind
from sandbox.messages import SLACKBOT, MessageError, NewMessage
from sandbox.refused import RefusedError
from sandbox.views import ViewError
from sandbox.workspace import Channel, Json, Traffic, User, View, Workspace

TROUBLE = "We had some trouble connecting. Please try again."


def whisper(workspace: Workspace, user: User, channel_id: str, text: str, thread_ts: str | None = None) -> None:
    """Let Slackbot tell one person something."""
    new = NewMessage(channel_id, SLACKBOT, text, thread_ts=thread_ts, ephemeral_for=user.id)
    messages.post(workspace, new)


def command_failure(name: str, ack: Ack) -> str:
    """Return what Slackbot says about a command that the app did not take."""
    if ack.failure == "operation_timeout":
        return f"{name} failed because the app did not respond (operation_timeout)."
    return f"{name} failed with the error “{ack.failure}”."


def show_command_answer(workspace: Workspace, user: User, channel: Channel, name: str, answer: Json) -> None:
    """Show what an app answered to a command: to this person alone, unless it says `in_channel`."""
    if not any(answer.get(key) for key in ("text", "blocks", "attachments")):
        return
    try:
        post_answer(workspace, channel.id, user.id, answer)
    except MessageError as error:
        whisper(workspace, user, channel.id, f"{name} failed with the error “{error.code}”.")
        _note(workspace, name, answer, error)


def show_submission_answer(workspace: Workspace, view: View, ack: Ack) -> dict[str, str] | None:
    """Do with a dialog what the app answered to it.

    Returns:
        What is wrong, by block id; None when the app took it.
    """
    if not ack.is_ok:
        return show_errors(workspace, view, _trouble(view))
    if ack.payload.get("response_action") == "errors":
        errors = ack.payload.get("errors")
        blocks = {block["block_id"] for block in view.payload["blocks"] if block["type"] == "input"}
        if isinstance(errors, dict) and errors and errors.keys() <= blocks:
            return show_errors(workspace, view, {str(block): str(text) for block, text in errors.items()})
        _note(workspace, "view_submission", ack.payload, ViewError("invalid_errors", ["not the ids of input blocks"]))
        return show_errors(workspace, view, _trouble(view))
    try:
        _change_view(workspace, view, ack.payload)
    except ViewError as error:
        _note(workspace, "view_submission", ack.payload, error)
        return show_errors(workspace, view, _trouble(view))
    return None


def show_errors(workspace: Workspace, view: View, errors: Mapping[str, str]) -> dict[str, str]:
    """Show errors at the inputs of a dialog, and return them."""
    view.errors = dict(errors)
    workspace.changed()
    return dict(errors)


def check_shortcut(workspace: Workspace, callback_id: str, kind: ShortcutKind) -> None:
    """Insist that the manifest has a shortcut.

    Raises:
        NoSuchElementError: when it has not.
    """
    if workspace.installation.manifest.shortcut(callback_id, kind) is None:
        raise NoSuchElementError(f"The manifest has no {kind} shortcut with the callback id {callback_id}.")


def _change_view(workspace: Workspace, view: View, answer: Json) -> None:
    view.errors = {}
    action = answer.get("response_action")
    if action == "update":
        views.update_view(workspace, view, answer.get("view"))
    elif action == "push":
        views.push_view(workspace, view.user_id, answer.get("view"))
    elif action == "clear":
        views.clear_modals(workspace, view.user_id)
    elif action is None:
        views.close_view(workspace, view)
    else:
        raise ViewError("invalid_response_action", [str(action)])


def _trouble(view: View) -> dict[str, str]:
    return {view.payload["blocks"][-1]["block_id"]: TROUBLE}


def _note(workspace: Workspace, name: str, answer: Json, error: RefusedError) -> None:
    """Write down for the developer why an answer was not shown."""
    problem = {"error": error.code, "problems": list(error.problems)}
    workspace.log(Traffic(workspace.now(), "delivery", name, answer, problem, 0))
