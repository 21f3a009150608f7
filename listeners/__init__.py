"""What a person can do in Slack: each listener reads a request, hands it to the calls package, and answers."""

from __future__ import annotations

from slack_bolt.async_app import AsyncApp

from calls.claiming import Claiming
from calls.joining import Joining
from calls.service import CallService
from listeners import actions, commands, events, shortcuts, views


def register(app: AsyncApp, calls: CallService, joining: Joining, claiming: Claiming) -> None:
    """Register every listener with Bolt."""
    shortcuts.register(app, calls)
    events.register(app, calls)
    commands.register(app, calls, joining)
    actions.register(app, calls, joining, claiming)
    views.register(app, calls, claiming)
