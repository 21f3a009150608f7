"""The dialog `invite_to_call`: whom to invite to a running call, or to ring once more."""

from __future__ import annotations

from typing import Any

from slack_bolt.async_app import AsyncAck

from calls.finding import CallRef
from calls.inviting import Inviting
from calls.model import Call, CallId, UserId
from calls.words import inviting as words
from listeners.answer import answer_view
from listeners.payload import interaction_person, kept_in_view, view_delivery, view_value
from listeners.request_body import Body
from listeners.routes import Listener

CALLBACK_ID = "invite_to_call"


def build_invite_to_call_view(call: Call) -> dict[str, Any]:
    """Return the dialog."""
    people = {"type": "multi_users_select", "action_id": "people", "focus_on_load": True}
    return {
        "type": "modal",
        "callback_id": CALLBACK_ID,
        "private_metadata": call.id,
        "title": _plain(words.dialog_title()),
        "submit": _plain(words.invite()),
        "close": _plain(words.cancel()),
        "blocks": [
            {
                "type": "input",
                "block_id": "people",
                "label": _plain(words.dialog_people()),
                "hint": _plain(words.dialog_hint()),
                "element": people,
            }
        ],
    }


def submit_invite_to_call(inviting: Inviting) -> Listener:
    """Return the listener of the dialog's button."""

    async def handle_invite_to_call_view(ack: AsyncAck, body: Body) -> None:
        ref = CallRef(call_id=CallId(kept_in_view(body)))
        chosen = tuple(UserId(user) for user in view_value(body, "people", "selected_users") or ())
        work = inviting.invite(ref, chosen, interaction_person(body), view_delivery(body))
        await answer_view(ack, "people", work)

    return handle_invite_to_call_view


def _plain(text: str) -> dict[str, str]:
    return {"type": "plain_text", "text": text}
