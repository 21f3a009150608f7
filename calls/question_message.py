"""Build the message that asks whoever starts a call something first; only they see it."""

from __future__ import annotations

from typing import Any, Final

from calls.blocks import JOIN_CALL
from calls.model import Call
from calls.question import Running
from calls.slack.messages_api import OutgoingMessage
from calls.words import starting

CONFIRM_START_CALL: Final = "confirm_start_call"
REPLACE_CALL: Final = "replace_call"
CANCEL_START_CALL: Final = "cancel_start_call"

QUESTION: Final = "question"
"""Block id of the buttons."""

Block = dict[str, Any]


def build_question(call: Call) -> OutgoingMessage | None:
    """Return what the starter of a waiting call is asked; None when there is nothing to ask."""
    text = question_text(call)
    if text is None or call.question is None:
        return None
    buttons = {"type": "actions", "block_id": QUESTION, "elements": _buttons(call, call.question.running)}
    section = {"type": "section", "text": {"type": "mrkdwn", "text": text}}
    return OutgoingMessage(text=text, blocks=(section, buttons))


def question_text(call: Call) -> str | None:
    """Return the sentence that asks."""
    question = call.question
    if question is None:
        return None
    if question.running is not None:
        asks = starting.asks_about_running_elsewhere if question.direct else starting.asks_about_running
        return asks(call, question.running)
    if question.members is not None:
        asks_many = starting.asks_about_many_elsewhere if question.direct else starting.asks_about_many
        return asks_many(call, question.members)
    return None


def _buttons(call: Call, running: Running | None) -> list[Block]:
    cancel = _button(CANCEL_START_CALL, starting.cancel(), call.id)
    if running is None:
        return [{**_button(CONFIRM_START_CALL, starting.start(), call.id), "style": "primary"}, cancel]
    join = {**_button(JOIN_CALL, starting.join(), running.id), "style": "primary"}
    if running.join_url is not None:
        join["url"] = running.join_url
    replace = {**_button(REPLACE_CALL, starting.replace(), call.id), "style": "danger", "confirm": _confirm()}
    return [join, replace, _button(CONFIRM_START_CALL, starting.start_beside(), call.id), cancel]


def _confirm() -> Block:
    title, text, confirm, deny = ({"type": "plain_text", "text": words} for words in starting.confirms_replace())
    return {"title": title, "text": text, "confirm": confirm, "deny": deny, "style": "danger"}


def _button(action_id: str, label: str, value: str) -> Block:
    return {"type": "button", "action_id": action_id, "text": {"type": "plain_text", "text": label}, "value": value}
