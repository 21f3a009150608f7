"""What a person can do in Slack: each listener reads a request, hands it to the calls package, and answers."""

from __future__ import annotations

from slack_bolt.async_app import AsyncApp

from calls.use_cases import UseCases
from listeners import actions, commands, events, shortcuts, views
from listeners.events.app_uninstalled import Removed, removed_nowhere
from listeners.events.team_access import AccessChanged, changed_nowhere
from listeners.routes import Routes


def register(
    app: AsyncApp,
    use: UseCases,
    removed: Removed = removed_nowhere,
    access_changed: AccessChanged = changed_nowhere,
) -> None:
    """Register every listener with Bolt."""
    app.use(routes(use, removed, access_changed))


def routes(
    use: UseCases, removed: Removed = removed_nowhere, access_changed: AccessChanged = changed_nowhere
) -> Routes:
    """Return every listener under its name."""
    found = Routes()
    shortcuts.register(found, use)
    events.register(found, use, removed, access_changed)
    commands.register(found, use)
    actions.register(found, use)
    views.register(found, use)
    return found
