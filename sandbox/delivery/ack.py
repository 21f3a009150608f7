"""How an app answered a delivery."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from sandbox.workspace import Json

DeliveryKind = Literal["slash_commands", "interactive", "events_api"]
"""What is delivered, named as Socket Mode names its envelopes."""

ACK_TIMEOUT_S = 3.0
"""How long Slack waits. Source: https://docs.slack.dev/interactivity/handling-user-interaction#acknowledgment_response"""


@dataclass(frozen=True, slots=True)
class Ack:
    """The app's answer, or why there is none.

    Args:
        failure: None for an answer in time; else Slack's word for what went wrong, such as `operation_timeout`.
        payload: what came with the answer; empty for a bare one.
        retry_reason: how Slack names the failure when it repeats an event.
        no_retry: whether the app asked not to be sent this again.
    """

    failure: str | None = None
    payload: Json = field(default_factory=dict)
    retry_reason: str = ""
    no_retry: bool = False

    @property
    def is_ok(self) -> bool:
        """Say whether the app answered in time."""
        return self.failure is None
