"""Build the card of a scheduled call, and its dialog."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from calls.plan import Coming, Plan, PlanPerson
from calls.slack.messages_api import Metadata, OutgoingMessage
from calls.text import escape
from calls.words import plans
from calls.words.language import _

PLAN_YES = "plan_yes"
PLAN_MAYBE = "plan_maybe"
PLAN_NO = "plan_no"
PLAN_START = "plan_start"
PLAN_EDIT = "plan_edit"
PLAN_SKIP = "plan_skip"
PLAN_CANCEL = "plan_cancel"
PLAN_CALENDAR = "plan_calendar"

COMING_OF_ACTION = {PLAN_YES: Coming.YES, PLAN_MAYBE: Coming.MAYBE, PLAN_NO: Coming.NO}

METADATA_EVENT_TYPE = "startcall_plan"

Block = dict[str, Any]


def build_plan_card(plan: Plan, people: Sequence[PlanPerson]) -> OutgoingMessage:
    """Return the card of a scheduled call as it should look now."""
    blocks: list[Block] = [
        _section("when", f"*{escape(plan.title)}*\n{plans.when_line(plan)}"),
        {"type": "context", "block_id": "about", "elements": [_mrkdwn(plans.about_line(plan))]},
    ]
    if plan.is_waiting:
        blocks += [_section("people", plans.people_line(people)), _answers(plan), _actions(plan)]
    elif plans.is_missed(plan):
        start = _button(plan, PLAN_START, _("Start now")) | {"style": "primary"}
        blocks.append({"type": "actions", "block_id": "plan_actions", "elements": [start]})
    return OutgoingMessage(
        text=plans.plain_line(plan),
        blocks=tuple(blocks),
        metadata=Metadata(METADATA_EVENT_TYPE, {"plan_id": plan.id}),
    )


def _answers(plan: Plan) -> Block:
    labels = ((PLAN_YES, _("I'll come")), (PLAN_MAYBE, _("Maybe")), (PLAN_NO, _("I can't")))
    buttons = [_button(plan, action_id, label) for action_id, label in labels]
    return {"type": "actions", "block_id": "plan_answers", "elements": buttons}


def _actions(plan: Plan) -> Block:
    cancel = _button(plan, PLAN_CANCEL, _("Cancel call")) | {
        "style": "danger",
        "confirm": _confirm(
            _("Cancel this call?"), plans.confirm_cancel(plan), (_("Cancel call"), _("Keep it")), is_danger=True
        ),
    }
    skip = _button(plan, PLAN_SKIP, _("Skip next")) | {
        "confirm": _confirm(_("Skip the next one?"), plans.confirm_skip(plan), (_("Skip it"), _("Keep it")))
    }
    buttons = [
        _button(plan, PLAN_START, _("Start now")) | {"style": "primary"},
        _button(plan, PLAN_EDIT, _("Edit")),
        _button(plan, PLAN_CALENDAR, _("Add to calendar")),
        *([skip] if plan.is_series else []),
        cancel,
    ]
    return {"type": "actions", "block_id": "plan_actions", "elements": buttons}


def _button(plan: Plan, action_id: str, label: str) -> Block:
    return {"type": "button", "action_id": action_id, "text": _plain(label), "value": plan.id}


def _confirm(title: str, text: str, answers: tuple[str, str], *, is_danger: bool = False) -> Block:
    yes, no = answers
    asked: Block = {"title": _plain(title), "text": _plain(text), "confirm": _plain(yes), "deny": _plain(no)}
    return asked | {"style": "danger"} if is_danger else asked


def _section(block_id: str, text: str) -> Block:
    return {"type": "section", "block_id": block_id, "text": _mrkdwn(text)}


def _plain(text: str) -> Block:
    return {"type": "plain_text", "text": text}


def _mrkdwn(text: str) -> Block:
    return {"type": "mrkdwn", "text": text}
