"""Build the one message a call has in its conversation: Slack's `call` block, a line, and buttons."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from calls.invitation import Invitation, line_of, with_rows
from calls.model import Call, Participant, UserId
from calls.slack.messages_api import Metadata, OutgoingMessage
from calls.text import escape
from calls.words import answers, inviting, permissions, starting
from calls.words.language import _, listed, n_, together

CLAIM_PARTICIPANT = "claim_participant"
JOIN_CALL = "join_call"
LEAVE_CALL = "leave_call"
RENAME_CALL = "rename_call"
END_CALL = "end_call"
INVITE_TO_CALL = "invite_to_call"
REOPEN_CALL = "reopen_call"

CARD_BUTTONS = "call_actions"
"""Block id of the card's buttons, which tells presses on the card from presses elsewhere."""

METADATA_EVENT_TYPE = "startcall_call"
"""Marks every message of ours, with the call's own id, so that it can be found again."""

SHOWN_PEOPLE_MAX = 30
"""How many people a card names; a context element takes 2,000 characters."""

Block = dict[str, Any]


def build_card(
    call: Call,
    participants: Sequence[Participant],
    notice: str | None = None,
    *,
    joins_by_press: bool = False,
    invitations: Sequence[Invitation] = (),
) -> OutgoingMessage:
    """Return the card of a call as it should look now.

    Args:
        notice: the provider's one honest line, shown while the call runs.
        joins_by_press: whether Join opens no page, because what is opened is told to each person who presses it.
        invitations: what became of the invitations; whoever is not in it is invited.
    """
    blocks: list[Block] = [{"type": "call", "call_id": call.slack_call_id, "block_id": "call"}]
    if call.state.is_open:
        about = _running_line(call, with_rows(call, invitations), notice)
        blocks += [_context(about), _buttons(call, joins_by_press=joins_by_press)]
    else:
        blocks.append(_context(_ended_line(call, participants)))
        if call.sequel.is_offered:
            reopen = _button(REOPEN_CALL, permissions.reopen(), call.id)
            blocks.append({"type": "actions", "block_id": CARD_BUTTONS, "elements": [reopen]})
    return OutgoingMessage(
        text=_plain_line(call),
        blocks=tuple(blocks),
        thread_ts=call.thread_ts,
        metadata=Metadata(METADATA_EVENT_TYPE, {"call_id": call.id}),
    )


def _plain_line(call: Call) -> str:
    """Return what a notification shows and a screen reader says."""
    if not call.state.is_open:
        said = _("Call “{title}” has ended after {lasted}.")
        return said.format(title=escape(call.title), lasted=answers.duration(call.duration_s))
    if call.silent:
        return starting.running_silently(call)
    starter = answers.mention(call.started_by)
    return _("{person} started the call “{title}”.").format(person=starter, title=escape(call.title))


def _running_line(call: Call, invitations: Sequence[Invitation], notice: str | None) -> str:
    parts = [_("Started by {person}").format(person=answers.mention(call.started_by))]
    if call.room is not None and call.room.display_id is not None:
        # Slack's own part of the card then shows the meeting system's id, and ours is the one that commands take.
        parts[0] += f" · `{call.display_id}`"
    if call.sequel.asked_by is not None:
        parts.append(permissions.reopened_by(UserId(call.sequel.asked_by)))
    parts += _invited_lines(invitations)
    if notice:
        parts.append(notice)
    return "\n".join(parts)


def _invited_lines(invitations: Sequence[Invitation]) -> list[str]:
    lines = []
    for line in ("invited", "declined", "missed"):
        names = [one.user_id for one in invitations if line_of(one) == line]
        if names:
            lines.append(inviting.on_card(names[:SHOWN_PEOPLE_MAX], max(0, len(names) - SHOWN_PEOPLE_MAX), line))
    return lines


def _ended_line(call: Call, participants: Sequence[Participant]) -> str:
    started = _("Started by {person}.").format(person=answers.mention(call.started_by))
    line = together(answers.ended(call), started)
    line += "".join(f"\n{answers.left_behind(artifact)}" for artifact in call.artifacts)
    if not participants:
        return "\n".join((line, _("Nobody was shown as in the call.")))
    were_there = [participant for participant in participants if participant.same_as is None]
    names = [_name(participant) for participant in were_there[:SHOWN_PEOPLE_MAX]]
    more = len(were_there) - len(names)
    if not more:
        return "\n".join((line, _("Who was there: {people}").format(people=listed(names))))
    said = n_("Who was there: {people} and {count} more", "Who was there: {people} and {count} more", more)
    return "\n".join((line, said.format(people=listed(names), count=more)))


def _name(participant: Participant) -> str:
    if participant.slack_id is not None:
        return answers.mention(participant.slack_id)
    return escape(participant.display_name or _("a guest"))


def join_button(call: Call, *, joins_by_press: bool) -> Block:
    """Return the button that joins; it opens the meeting, or our page, where that needs no link of the person's own."""
    join = _button(JOIN_CALL, inviting.join(), call.id)
    return join if call.join_url is None or joins_by_press else {**join, "url": call.join_url}


def _context(text: str) -> Block:
    return {"type": "context", "block_id": "about", "elements": [{"type": "mrkdwn", "text": text}]}


def _buttons(call: Call, *, joins_by_press: bool) -> Block:
    join = join_button(call, joins_by_press=joins_by_press)
    leave, rename = _button(LEAVE_CALL, _("Leave"), call.id), _button(RENAME_CALL, _("Rename"), call.id)
    invite = _button(INVITE_TO_CALL, inviting.invite(), call.id)
    end = _button(END_CALL, _("End"), call.id)
    end |= {"style": "danger", "confirm": _confirm_end(call)}
    buttons = [join, leave, invite, rename, end]
    if call.claims_offered:
        buttons.append(_button(CLAIM_PARTICIPANT, _("That's me"), call.id))
    return {"type": "actions", "block_id": CARD_BUTTONS, "elements": buttons}


def _button(action_id: str, label: str, call_id: str) -> Block:
    text = {"type": "plain_text", "text": label}
    return {"type": "button", "action_id": action_id, "text": text, "value": call_id}


def _confirm_end(call: Call) -> Block:
    def plain(text: str) -> Block:
        return {"type": "plain_text", "text": text}

    return {
        "title": plain(_("End this call?")),
        "text": plain(_("“{title}” ends for everybody in it.").format(title=call.title)),
        "confirm": plain(_("End call")),
        "deny": plain(_("Keep it running")),
        "style": "danger",
    }
