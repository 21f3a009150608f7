"""The dialog `rename_call`: a new title for a running call."""

from __future__ import annotations

from typing import Any

from slack_bolt.async_app import AsyncAck

from calls.finding import CallRef
from calls.model import Call, CallId
from calls.service import CallService
from calls.text import TITLE_MAX_CHARS
from calls.words.language import _
from listeners.answer import answer_view
from listeners.payload import interaction_person, kept_in_view, view_delivery, view_value
from listeners.request_body import Body
from listeners.routes import Listener

CALLBACK_ID = "rename_call"


def build_rename_call_view(call: Call) -> dict[str, Any]:
    """Return the dialog, filled in with the present title."""
    title = {
        "type": "plain_text_input",
        "action_id": "title",
        "initial_value": call.title,
        "max_length": TITLE_MAX_CHARS,
        "focus_on_load": True,
    }
    return {
        "type": "modal",
        "callback_id": CALLBACK_ID,
        "private_metadata": call.id,
        "title": {"type": "plain_text", "text": _("Rename this call")},
        "submit": {"type": "plain_text", "text": _("Rename")},
        "close": {"type": "plain_text", "text": _("Cancel")},
        "blocks": [
            {
                "type": "input",
                "block_id": "title",
                "label": {"type": "plain_text", "text": _("Title")},
                "element": title,
            }
        ],
    }


def submit_rename_call(calls: CallService) -> Listener:
    """Return the listener of the dialog's button."""

    async def handle_rename_call_view(ack: AsyncAck, body: Body) -> None:
        ref = CallRef(call_id=CallId(kept_in_view(body)))
        title = view_value(body, "title", "value") or ""
        await answer_view(ack, "title", calls.rename(ref, title, interaction_person(body), view_delivery(body)))

    return handle_rename_call_view
