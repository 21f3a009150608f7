"""Find the call that a person means."""

from __future__ import annotations

from dataclasses import dataclass

from calls.errors import StateError
from calls.model import Call, CallId, ChannelId, Person
from calls.ports import Transaction
from calls.words import answers


@dataclass(frozen=True, slots=True)
class CallRef:
    """Which call a person means: the one of a card, or one running in a conversation.

    Args:
        call_id: from a button or a dialog; the other two are not looked at then.
        display_id: what was typed, or None for the only call running in the conversation.
        response_url: of the press of a button, which can change the card it is on.
    """

    channel_id: ChannelId | None = None
    display_id: str | None = None
    call_id: CallId | None = None
    response_url: str | None = None


@dataclass(frozen=True, slots=True)
class Unclear:
    """No call was found, or several; holds what to say."""

    text: str


def find_call(transaction: Transaction, command: str, ref: CallRef, person: Person) -> Call | Unclear:
    """Return the call a person means, never one of another workspace.

    Args:
        command: the word that was typed, for the question which of several calls is meant.
    """
    if ref.call_id is not None:
        call = transaction.call(ref.call_id)
        return call if call is not None and call.team_id == person.team_id else Unclear(answers.unknown_call())
    if ref.channel_id is None:
        raise StateError("call_not_named")
    if ref.display_id is not None:
        fitting = [call for call in visible_calls(transaction, person, ref.channel_id) if _is(call, ref.display_id)]
        return fitting[0] if fitting else Unclear(answers.no_such_call(ref.display_id))
    here = transaction.open_calls(person.team_id, ref.channel_id)
    if not here:
        return Unclear(answers.no_call_here())
    return here[0] if len(here) == 1 else Unclear(answers.which_call(command, here))


def visible_calls(transaction: Transaction, person: Person, channel_id: ChannelId) -> list[Call]:
    """Return the open calls a person may see: those of the conversation asked in, and the person's own."""
    here = transaction.open_calls(person.team_id, channel_id)
    own = transaction.calls_of(person.team_id, person.user_id)
    return list({call.id: call for call in (*here, *own)}.values())


def _is(call: Call, display_id: str) -> bool:
    return call.display_id == display_id
