"""Buttons: on the card of a call, on the Home, and on messages that hold a link."""

from __future__ import annotations

from calls import blocks, home, link_messages, plan_blocks, question_message, ring_messages
from calls.starts import Choice
from calls.use_cases import UseCases
from listeners.actions.answer_start import answer_start
from listeners.actions.call_back import call_back
from listeners.actions.claim_participant import claim_participant
from listeners.actions.decline_call import decline_call
from listeners.actions.end_call import end_call
from listeners.actions.force_end_call import force_end_call
from listeners.actions.guest_link import guest_link
from listeners.actions.invite_to_call import invite_to_call
from listeners.actions.join_call import join_call
from listeners.actions.leave_call import leave_call
from listeners.actions.open_meeting import open_meeting
from listeners.actions.plan_buttons import (
    answer_plan,
    cancel_plan,
    edit_plan,
    send_calendar_file,
    skip_plan,
    start_plan,
)
from listeners.actions.rename_call import rename_call
from listeners.actions.reopen_call import reopen_call
from listeners.actions.retry_call import retry_call
from listeners.actions.revoke_guest_link import revoke_guest_link
from listeners.actions.unlink_account import unlink_account
from listeners.routes import Routes
from listeners.views.schedule_call import ask_for_schedule_call
from listeners.views.settings import SHOW_PARTS, show_settings, show_settings_part
from listeners.views.settings_inputs import CONNECT_ACCOUNT, UNLINK_ACCOUNT
from listeners.views.start_call import show_start_call


def register(routes: Routes, use: UseCases) -> None:
    """Register the buttons."""
    calls, joining = use.calls, use.joining
    routes.block_action(blocks.JOIN_CALL)(join_call(calls, joining))
    routes.block_action(blocks.LEAVE_CALL)(leave_call(calls))
    routes.block_action(blocks.RENAME_CALL)(rename_call(calls))
    routes.block_action(blocks.END_CALL)(end_call(calls))
    routes.block_action(blocks.CLAIM_PARTICIPANT)(claim_participant(calls, use.claiming))
    routes.block_action(home.SETTINGS)(show_settings(use.settings))
    for part in SHOW_PARTS:
        routes.block_action(part)(show_settings_part(use.settings))
    routes.block_action(home.RETRY_CALL)(retry_call(use.homes))
    routes.block_action(home.FORCE_END_CALL)(force_end_call(use.homes))
    routes.block_action(blocks.INVITE_TO_CALL)(invite_to_call(calls, use.inviting))
    routes.block_action(blocks.REOPEN_CALL)(reopen_call(calls, use.reopening))
    routes.block_action(ring_messages.DECLINE_CALL)(decline_call(calls, use.inviting))
    routes.block_action(ring_messages.CALL_BACK)(call_back(calls, joining, use.inviting))
    routes.block_action(CONNECT_ACCOUNT)(open_meeting())
    routes.block_action(UNLINK_ACCOUNT)(unlink_account(use.settings))
    routes.block_action(home.START_CALL)(show_start_call(calls))
    routes.block_action(link_messages.OPEN_MEETING)(open_meeting())
    routes.block_action(link_messages.GUEST_LINK)(guest_link(calls, joining))
    routes.block_action(link_messages.REVOKE_GUEST_LINK)(revoke_guest_link(calls, joining))
    _register_answers(routes, use)
    _register_plans(routes, use)


def _register_answers(routes: Routes, use: UseCases) -> None:
    """Register the buttons of what is asked before a start."""
    routes.block_action(question_message.CONFIRM_START_CALL)(answer_start(use.calls, use.starts, Choice.START))
    routes.block_action(question_message.REPLACE_CALL)(answer_start(use.calls, use.starts, Choice.REPLACE))
    routes.block_action(question_message.CANCEL_START_CALL)(answer_start(use.calls, use.starts, Choice.CANCEL))


def _register_plans(routes: Routes, use: UseCases) -> None:
    """Register the buttons of scheduled calls."""
    calls, scheduling = use.calls, use.scheduling
    routes.block_action(home.SCHEDULE_CALL)(ask_for_schedule_call(calls, scheduling))
    for action_id in plan_blocks.COMING_OF_ACTION:
        routes.block_action(action_id)(answer_plan(calls, scheduling))
    routes.block_action(plan_blocks.PLAN_START)(start_plan(calls, scheduling))
    routes.block_action(plan_blocks.PLAN_EDIT)(edit_plan(calls, scheduling))
    routes.block_action(plan_blocks.PLAN_SKIP)(skip_plan(calls, scheduling))
    routes.block_action(plan_blocks.PLAN_CALENDAR)(send_calendar_file(scheduling))
    routes.block_action(plan_blocks.PLAN_CANCEL)(cancel_plan(calls, scheduling))
