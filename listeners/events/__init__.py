"""Events Slack tells the app of by itself."""

from __future__ import annotations

from slack_bolt.async_app import AsyncApp

from calls.use_cases import UseCases
from listeners.events.app_home_opened import app_home_opened
from listeners.events.app_uninstalled import Removed, app_uninstalled
from listeners.events.call_rejected import call_rejected
from listeners.events.link_shared import link_shared


def register(app: AsyncApp, use: UseCases, removed: Removed) -> None:
    """Register the events."""
    app.event("app_home_opened")(app_home_opened(use.homes))
    for event in ("app_uninstalled", "tokens_revoked"):
        app.event(event)(app_uninstalled(removed))
    app.event("link_shared")(link_shared(use.linking))
    app.event("call_rejected")(call_rejected(use.inviting))
