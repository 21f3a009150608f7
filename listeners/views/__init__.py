"""Dialogs: how they look, and what happens when they are sent."""

from __future__ import annotations

from calls.use_cases import UseCases
from listeners.routes import Routes
from listeners.views import claim_participant, invite_to_call, rename_call, schedule_call, settings, start_call


def register(routes: Routes, use: UseCases) -> None:
    """Register what happens when a dialog is sent."""
    calls, claiming = use.calls, use.claiming
    routes.view_submission(start_call.CALLBACK_ID)(start_call.submit_start_call(use.starts))
    routes.view_submission(settings.CALLBACK_ID)(settings.submit_settings(use.settings))
    routes.view_submission(invite_to_call.CALLBACK_ID)(invite_to_call.submit_invite_to_call(use.inviting))
    routes.view_submission(rename_call.CALLBACK_ID)(rename_call.submit_rename_call(calls))
    routes.view_submission(claim_participant.CALLBACK_ID)(claim_participant.submit_claim_participant(claiming))
    routes.view_submission(schedule_call.CALLBACK_ID)(schedule_call.submit_schedule_call(use.scheduling))
