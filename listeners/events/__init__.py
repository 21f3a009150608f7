"""Events Slack tells the app of by itself."""

from __future__ import annotations

from slack_bolt.async_app import AsyncApp

from calls.service import CallService
from listeners.events.app_home_opened import app_home_opened


def register(app: AsyncApp, calls: CallService) -> None:
    """Register the events."""
    app.event("app_home_opened")(app_home_opened(calls))
