"""Shortcuts: from the search bar, and from a message's menu."""

from __future__ import annotations

from calls.use_cases import UseCases
from listeners.routes import Routes
from listeners.shortcuts.start_call_about_message import start_call_about_message
from listeners.views.schedule_call import ask_for_schedule_call
from listeners.views.start_call import show_start_call


def register(routes: Routes, use: UseCases) -> None:
    """Register the shortcuts."""
    calls = use.calls
    routes.global_shortcut("start_call")(show_start_call(calls))
    routes.global_shortcut("schedule_call")(ask_for_schedule_call(calls, use.scheduling))
    routes.message_shortcut("start_call_about_message")(start_call_about_message(calls, use.starts))
