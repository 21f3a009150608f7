"""What a person can do in Slack: each listener reads a request, hands it to the calls package, and answers."""

from __future__ import annotations

from slack_bolt.async_app import AsyncApp

from calls.joining import Joining
from calls.service import CallService
from listeners import actions, commands, events, shortcuts, views


def register(app: AsyncApp, calls: CallService, joining: Joining) -> None:
    """Register every listener with Bolt."""
    for kind in (shortcuts, views, events):
        kind.register(app, calls)
    for kind in (commands, actions):
        kind.register(app, calls, joining)
