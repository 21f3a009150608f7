"""Build the one message a call has in its conversation: Slack's `call` block, a line, and buttons."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from calls.model import Call, Participant
from calls.slack.messages_api import Metadata, OutgoingMessage
from calls.text import escape
from calls.words import answers

CLAIM_PARTICIPANT = "claim_participant"
JOIN_CALL = "join_call"
LEAVE_CALL = "leave_call"
RENAME_CALL = "rename_call"
END_CALL = "end_call"

METADATA_EVENT_TYPE = "startcall_call"
"""Marks every message of ours, with the call's own id, so that it can be found again."""

SHOWN_PEOPLE_MAX = 30
"""How many people a card names; a context element takes 2,000 characters."""

Block = dict[str, Any]


def build_card(
    call: Call, participants: Sequence[Participant], notice: str | None = None, *, joins_by_press: bool = False
) -> OutgoingMessage:
    """Return the card of a call as it should look now.

    Args:
        notice: the provider's one honest line, shown while the call runs.
        joins_by_press: whether Join opens no page, because what is opened is told to each person who presses it.
    """
    blocks: list[Block] = [{"type": "call", "call_id": call.slack_call_id, "block_id": "call"}]
    if call.state.is_open:
        blocks += [_context(_running_line(call, notice)), _buttons(call, joins_by_press=joins_by_press)]
    else:
        blocks.append(_context(_ended_line(call, participants)))
    return OutgoingMessage(
        text=_plain_line(call),
        blocks=tuple(blocks),
        thread_ts=call.thread_ts,
        metadata=Metadata(METADATA_EVENT_TYPE, {"call_id": call.id}),
    )


def _plain_line(call: Call) -> str:
    """Return what a notification shows and a screen reader says."""
    starter = answers.mention(call.started_by)
    if not call.state.is_open:
        return f"Call “{escape(call.title)}” has ended after {answers.duration(call.duration_s)}."
    return f"{starter} started the call “{escape(call.title)}”."


def _running_line(call: Call, notice: str | None) -> str:
    parts = [f"Started by {answers.mention(call.started_by)}"]
    if call.room is not None and call.room.display_id is not None:
        # Slack's own part of the card then shows the meeting system's id, and ours is the one that commands take.
        parts[0] += f" · `{call.display_id}`"
    if call.invited:
        parts.append(f"Invited: {answers.mentions(call.invited)}")
    if notice:
        parts.append(notice)
    return "\n".join(parts)


def _ended_line(call: Call, participants: Sequence[Participant]) -> str:
    line = f"{answers.ended(call)} Started by {answers.mention(call.started_by)}."
    line += "".join(f"\n{answers.left_behind(artifact)}" for artifact in call.artifacts)
    if not participants:
        return f"{line}\nNobody was shown as in the call."
    were_there = [participant for participant in participants if participant.same_as is None]
    names = [_name(participant) for participant in were_there[:SHOWN_PEOPLE_MAX]]
    more = len(were_there) - len(names)
    return f"{line}\nWho was there: {', '.join(names)}{f' and {more} more' if more else ''}"


def _name(participant: Participant) -> str:
    if participant.slack_id is not None:
        return answers.mention(participant.slack_id)
    return escape(participant.display_name or "a guest")


def _context(text: str) -> Block:
    return {"type": "context", "block_id": "about", "elements": [{"type": "mrkdwn", "text": text}]}


def _buttons(call: Call, *, joins_by_press: bool) -> Block:
    join = _button(JOIN_CALL, "Join", call.id)
    if call.join_url is not None and not joins_by_press:
        join["url"] = call.join_url
    end = _button(END_CALL, "End", call.id)
    end |= {"style": "danger", "confirm": _confirm_end(call)}
    buttons = [join, _button(LEAVE_CALL, "Leave", call.id), _button(RENAME_CALL, "Rename", call.id), end]
    if call.claims_offered:
        buttons.append(_button(CLAIM_PARTICIPANT, "That's me", call.id))
    return {"type": "actions", "block_id": "call_actions", "elements": buttons}


def _button(action_id: str, label: str, call_id: str) -> Block:
    text = {"type": "plain_text", "text": label}
    return {"type": "button", "action_id": action_id, "text": text, "value": call_id}


def _confirm_end(call: Call) -> Block:
    def plain(text: str) -> Block:
        return {"type": "plain_text", "text": text}

    return {
        "title": plain("End this call?"),
        "text": plain(f"“{call.title}” ends for everybody in it."),
        "confirm": plain("End call"),
        "deny": plain("Keep it running"),
        "style": "danger",
    }
