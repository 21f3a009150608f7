"""What the pane shows in which a person makes things go wrong, moves the clock, and chooses among Slack's unknowns."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Literal, get_args, get_type_hints

from sandbox.delivery.faults import DeliveryFaultKind
from sandbox.page.backstage import Backstage
from sandbox.page.when import duration_words
from sandbox.webapi.faults import FOREVER, FaultKind
from sandbox.webapi.registry import built_methods
from sandbox.webapi.switches import Switches

STEPS = (("3 s", 3), ("1 min", 60), ("5 min", 300), ("30 min", 1800), ("12 h", 43_200))
"""How far the clock can be moved at once: what a trigger_id, a repetition, a response_url and a token last."""

Leave = Literal["warning", "refresh_requested", "link_disabled", "too_many_websockets"]
LEAVES: tuple[Leave, ...] = get_args(Leave)
"""Why Slack ends a connection. Source: https://docs.slack.dev/apis/events-api/using-socket-mode#disconnect"""

FAULT_WORDS: dict[FaultKind, str] = {
    "429": "Rate limited (429)",
    "error": "Refused with an error code",
    "ok_with_error": "Done, answered ok with an error code",
    "500": "HTTP 500, not done",
    "drop_before": "Connection lost, not done",
    "drop_after": "Done, the answer lost",
    "hang_after": "Done, never answered",
    "delay": "Done, but late",
}
DELIVERY_WORDS: dict[DeliveryFaultKind, str] = {
    "answer_lost": "The app’s answer is lost",
    "twice": "Delivered twice",
    "lost": "Lost on the way",
    "delay": "Delivered late",
}
SWITCH_WORDS = {
    "exchanged_twice": "A refresh token can be exchanged again until the new one is used",
    "repeated_external_unique_id": "calls.add with an external_unique_id that is taken",
    "errors_with_ok_true": "bad_users and inactive_call come with ok: true",
    "participants_atomic": "One bad person makes calls.participants.* refuse all",
    "end_answers_with_call": "calls.end answers with the call",
    "participants_answer_with_call": "calls.participants.* answer with the call",
    "created_by_required": "calls.add needs created_by",
    "ended_call_accepts_update": "calls.update changes an ended call",
    "declined_in_app_messages": "A call in a direct message of the app has Decline",
    "expired_trigger_error": "The error of an expired trigger_id",
}
CHOICE_WORDS = {"same": "answers with that call", "error": "is refused", "second": "makes a second call"}


@dataclass(frozen=True, slots=True)
class Choice:
    """One thing that Slack's documentation leaves open.

    Args:
        options: value and words; empty for what is only on or off.
    """

    name: str
    words: str
    value: str | bool
    options: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class FaultPane:
    """Everything the pane shows."""

    ahead: str
    steps: tuple[tuple[str, int], ...]
    methods: tuple[str, ...]
    kinds: dict[FaultKind, str]
    delivery_names: tuple[str, ...]
    delivery_kinds: dict[DeliveryFaultKind, str]
    planned: tuple[str, ...]
    rate_limits: bool
    is_http: bool
    connections: int
    leaves: tuple[Leave, ...]
    choices: tuple[Choice, ...]


def show_faults(sandbox: Backstage) -> FaultPane:
    """Return the pane as it is now."""
    ahead_s = sandbox.clock.ahead_s
    return FaultPane(
        ahead=f"{duration_words(int(ahead_s))} ahead of this computer" if ahead_s else "As on this computer",
        steps=STEPS,
        methods=("*", "calls.*", *sorted(built_methods())),
        kinds=FAULT_WORDS,
        delivery_names=_delivery_names(sandbox),
        delivery_kinds=DELIVERY_WORDS,
        planned=_planned(sandbox),
        rate_limits=sandbox.faults.rate_limits,
        is_http=sandbox.is_http,
        connections=sandbox.socket_mode.connections,
        leaves=LEAVES,
        choices=choices_of(sandbox.switches),
    )


def choices_of(switches: Switches) -> tuple[Choice, ...]:
    """Return every switch with its words and its present value."""
    hints = get_type_hints(Switches)
    return tuple(
        Choice(
            one.name,
            SWITCH_WORDS[one.name],
            getattr(switches, one.name),
            tuple((value, CHOICE_WORDS.get(value, value)) for value in get_args(hints[one.name])),
        )
        for one in fields(Switches)
    )


def _delivery_names(sandbox: Backstage) -> tuple[str, ...]:
    manifest = sandbox.workspace.installation.manifest
    commands = tuple(command.command for command in manifest.slash_commands)
    events = tuple(sorted({name.partition(".")[0] for name in manifest.bot_events}))
    return ("*", *commands, "block_actions", "shortcut", "message_action", "view_submission", "view_closed", *events)


def _planned(sandbox: Backstage) -> tuple[str, ...]:
    lines = [(one.method_pattern, FAULT_WORDS[one.kind], one.times) for one in sandbox.faults.plans]
    lines += [(one.name_pattern, DELIVERY_WORDS[one.kind], one.times) for one in sandbox.delivery_faults.planned]
    return tuple(f"{name}: {words}, {_times(times)}" for name, words, times in lines)


def _times(times: int) -> str:
    if times >= FOREVER:
        return "until forgotten"
    return "once" if times == 1 else f"{times} times"
