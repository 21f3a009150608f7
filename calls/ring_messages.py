"""Build the direct message by which an invited person is rung, and what becomes of it."""

from __future__ import annotations

from typing import Any, Final

from calls.invitation import Invitation, InvitationState
from calls.model import Call
from calls.slack.messages_api import Metadata, OutgoingMessage
from calls.words import inviting

DECLINE_CALL: Final = "decline_call"
CALL_BACK: Final = "call_back"

Block = dict[str, Any]


def ring_message(call: Call, invitation: Invitation, join: Block) -> OutgoingMessage:
    """Return the direct message as it should look now.

    Args:
        join: the button that joins, as on the card.
    """
    line = inviting.rings(call, invitation)
    blocks: list[Block] = [{"type": "section", "block_id": "ring", "text": {"type": "mrkdwn", "text": line}}]
    match invitation.state:
        case InvitationState.RINGING | InvitationState.CLEARED:
            decline = _button(DECLINE_CALL, inviting.decline(), call) | {"style": "danger"}
            # By Slack's own part, calls.info tells after a crash whether this message was posted.
            blocks.append({"type": "call", "call_id": call.slack_call_id, "block_id": "call"})
            blocks.append(_actions({**join, "style": "primary"}, decline))
        case InvitationState.MISSED | InvitationState.STOPPED:
            blocks.append(_actions(_button(CALL_BACK, inviting.call_back(), call)))
        case InvitationState.DECLINED if call.state.is_open:
            blocks.append(_actions(join))
        case _:
            pass
    return OutgoingMessage(text=line, blocks=tuple(blocks), metadata=Metadata("startcall_call", {"call_id": call.id}))


def _actions(*buttons: Block) -> Block:
    return {"type": "actions", "block_id": "ring_actions", "elements": list(buttons)}


def _button(action_id: str, label: str, call: Call) -> Block:
    return {"type": "button", "action_id": action_id, "text": {"type": "plain_text", "text": label}, "value": call.id}
