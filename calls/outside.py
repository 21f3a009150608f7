"""Everything outside that the steps of a call need, in one place."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from calls.meetings import Provider
from calls.model import Call
from calls.ports import Clock, Transaction
from calls.slack.calls_api import CallsApi
from calls.slack.messages_api import MessagesApi

Record = Callable[[Transaction, Call], Call]
"""Puts the result of a step into the call as it is stored now, and returns the changed call."""


@dataclass(frozen=True, slots=True)
class Outside:
    """Slack, the meeting systems and the clock.

    Args:
        providers: by the name that is kept in each call.
    """

    slack_calls: CallsApi
    messages: MessagesApi
    providers: Mapping[str, Provider]
    now: Clock
