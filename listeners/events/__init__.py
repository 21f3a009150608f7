"""Events Slack tells the app of by itself."""

from __future__ import annotations

from calls.use_cases import UseCases
from listeners.events.app_home_opened import app_home_opened
from listeners.events.app_uninstalled import Removed, app_uninstalled
from listeners.events.call_rejected import call_rejected
from listeners.events.link_shared import link_shared
from listeners.events.team_access import AccessChanged, team_access
from listeners.routes import Routes


def register(routes: Routes, use: UseCases, removed: Removed, access_changed: AccessChanged) -> None:
    """Register the events."""
    routes.event("app_home_opened")(app_home_opened(use.homes))
    for event in ("app_uninstalled", "tokens_revoked"):
        routes.event(event)(app_uninstalled(removed))
    for event in ("team_access_granted", "team_access_revoked"):
        routes.event(event)(team_access(access_changed))
    routes.event("link_shared")(link_shared(use.linking))
    routes.event("call_rejected")(call_rejected(use.inviting))
