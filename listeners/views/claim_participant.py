"""The dialog `claim_participant`: which of the people the meeting system knows by another name one is."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from slack_bolt.async_app import AsyncAck

from calls.claiming import Claiming
from calls.model import CallId, Participant
from calls.words.language import _
from listeners.answer import answer_view
from listeners.payload import interaction_person, kept_in_view, view_delivery, view_value
from listeners.request_body import Body
from listeners.routes import Listener

CALLBACK_ID = "claim_participant"

_CHOICES_MAX = 10
"""How many radio buttons Slack shows; a list takes a hundred."""

_LIST_MAX = 100
_NAME_MAX_CHARS = 75


def build_claim_participant_view(call_id: CallId, unknown: Sequence[Participant]) -> dict[str, Any]:
    """Return the dialog.

    Args:
        unknown: at least one person; those after the hundredth are left out.
    """
    options = [
        {"text": {"type": "plain_text", "text": _name(person)}, "value": person.key} for person in unknown[:_LIST_MAX]
    ]
    kind = "radio_buttons" if len(options) <= _CHOICES_MAX else "static_select"
    element = {"type": kind, "action_id": "participant", "options": options}
    return {
        "type": "modal",
        "callback_id": CALLBACK_ID,
        "private_metadata": call_id,
        "title": {"type": "plain_text", "text": _("Who are you?")},
        "submit": {"type": "plain_text", "text": _("That's me")},
        "close": {"type": "plain_text", "text": _("Cancel")},
        "blocks": [
            {
                "type": "input",
                "block_id": "participant",
                "label": {"type": "plain_text", "text": _("In the meeting you are called")},
                "hint": {"type": "plain_text", "text": _("The card then shows you by your Slack name.")},
                "element": element,
            }
        ],
    }


def submit_claim_participant(claiming: Claiming) -> Listener:
    """Return the listener of the dialog's button."""

    async def handle_claim_participant_view(ack: AsyncAck, body: Body) -> None:
        call_id = CallId(kept_in_view(body))
        chosen: Body = view_value(body, "participant", "selected_option") or {}
        work = claiming.claim(call_id, str(chosen.get("value", "")), interaction_person(body), view_delivery(body))
        await answer_view(ack, "participant", work)

    return handle_claim_participant_view


def _name(person: Participant) -> str:
    name = person.display_name or _("Somebody without a name")
    return name if len(name) <= _NAME_MAX_CHARS else f"{name[: _NAME_MAX_CHARS - 1]}…"
