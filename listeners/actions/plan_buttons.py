"""The buttons on the card of a scheduled call."""

from __future__ import annotations

from slack_bolt.async_app import AsyncAck

from calls.errors import CallsError
from calls.plan import PlanId
from calls.plan_blocks import COMING_OF_ACTION
from calls.scheduling import Scheduling
from calls.service import CallService
from listeners.answer import answer_press, tell_presser, words_for
from listeners.payload import action_delivery, interaction_person
from listeners.request_body import Body
from listeners.routes import Listener
from listeners.views.schedule_call import build_edit_plan_view


def answer_plan(calls: CallService, scheduling: Scheduling) -> Listener:
    """Return the listener of `plan_yes`, `plan_maybe` and `plan_no`."""

    async def handle_answer_plan(ack: AsyncAck, body: Body) -> None:
        coming = COMING_OF_ACTION[body["actions"][0]["action_id"]]
        work = scheduling.answer(_pressed_plan(body), interaction_person(body), coming, action_delivery(body))
        await answer_press(ack, calls, body, work, quiet=True)

    return handle_answer_plan


def start_plan(calls: CallService, scheduling: Scheduling) -> Listener:
    """Return the listener of `plan_start`."""

    async def handle_start_plan(ack: AsyncAck, body: Body) -> None:
        work = scheduling.start_now(_pressed_plan(body), interaction_person(body), action_delivery(body))
        await answer_press(ack, calls, body, work, quiet=True)

    return handle_start_plan


def skip_plan(calls: CallService, scheduling: Scheduling) -> Listener:
    """Return the listener of `plan_skip`, once its confirmation was answered."""

    async def handle_skip_plan(ack: AsyncAck, body: Body) -> None:
        work = scheduling.skip(_pressed_plan(body), interaction_person(body), action_delivery(body))
        await answer_press(ack, calls, body, work, quiet=True)

    return handle_skip_plan


def cancel_plan(calls: CallService, scheduling: Scheduling) -> Listener:
    """Return the listener of `plan_cancel`, once its confirmation was answered."""

    async def handle_cancel_plan(ack: AsyncAck, body: Body) -> None:
        work = scheduling.cancel(_pressed_plan(body), interaction_person(body), action_delivery(body))
        await answer_press(ack, calls, body, work, quiet=True)

    return handle_cancel_plan


def send_calendar_file(scheduling: Scheduling) -> Listener:
    """Return the listener of `plan_calendar`."""

    async def handle_send_calendar_file(ack: AsyncAck, body: Body) -> None:
        await ack()
        scheduling.send_calendar_file(_pressed_plan(body), interaction_person(body))

    return handle_send_calendar_file


def edit_plan(calls: CallService, scheduling: Scheduling) -> Listener:
    """Return the listener of `plan_edit`: show the dialog, filled in."""

    async def handle_edit_plan(ack: AsyncAck, body: Body) -> None:
        await ack()
        person = interaction_person(body)
        try:
            found = await scheduling.shown(_pressed_plan(body), person)
        except CallsError as error:
            tell_presser(calls, body, words_for(error))
            return
        if isinstance(found, str):
            tell_presser(calls, body, found)
            return
        calls.open_view(person, body["trigger_id"], build_edit_plan_view(found, calls.choices))

    return handle_edit_plan


def _pressed_plan(body: Body) -> PlanId:
    return PlanId(str(body["actions"][0].get("value", "")))
