"""What a person can do in Slack: each listener reads a request, hands it to the calls package, and answers."""

from __future__ import annotations

from slack_bolt.async_app import AsyncApp

from calls.use_cases import UseCases
from listeners import actions, commands, events, shortcuts, views
from listeners.events.app_uninstalled import Removed, removed_nowhere


def register(app: AsyncApp, use: UseCases, removed: Removed = removed_nowhere) -> None:
    """Register every listener with Bolt."""
    shortcuts.register(app, use)
    events.register(app, use, removed)
    commands.register(app, use)
    actions.register(app, use)
    views.register(app, use)
