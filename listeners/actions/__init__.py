"""Buttons on the card of a call."""

from __future__ import annotations

from slack_bolt.async_app import AsyncApp

from calls import blocks, home
from calls.service import CallService
from listeners.actions.end_call import end_call
from listeners.actions.join_call import join_call
from listeners.actions.leave_call import leave_call
from listeners.actions.rename_call import rename_call
from listeners.views.start_call import show_start_call


def register(app: AsyncApp, calls: CallService) -> None:
    """Register the buttons."""
    app.block_action(blocks.JOIN_CALL)(join_call(calls))
    app.block_action(blocks.LEAVE_CALL)(leave_call(calls))
    app.block_action(blocks.RENAME_CALL)(rename_call(calls))
    app.block_action(blocks.END_CALL)(end_call(calls))
    app.block_action(home.START_CALL)(show_start_call(calls))
