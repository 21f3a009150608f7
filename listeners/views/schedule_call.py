"""The dialog `schedule_call`: what, where, when, how long and how often, who, and when to remind them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from slack_bolt.async_app import AsyncAck

from calls.model import ChannelId, Person, UserId
from calls.plan import PlanId, PlanRequest, Repeats
from calls.scheduling import Scheduling, ShownPlan
from calls.service import CallService
from calls.text import TITLE_MAX_CHARS
from calls.when import instant
from calls.words import plans
from calls.words.language import _
from listeners.answer import answer_view
from listeners.payload import interaction_person, view_delivery, view_value
from listeners.request_body import Body, reading
from listeners.routes import Listener

CALLBACK_ID = "schedule_call"

DURATIONS_MIN = (15, 20, 30, 45, 60, 90, 120, 180, 240, 480)
REMINDERS_MIN = (0, 1, 5, 10, 15, 30, 60, 120, 1440)
MINUTE = timedelta(minutes=1)

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Filled:
    """What the dialog shows at first.

    Args:
        plan_id: what is edited, or empty.
        channel_id: where it takes place; empty for the conversation the dialog is opened in.
        begins: by the clock of the zone; None for nothing chosen.
    """

    zone: str
    plan_id: str = ""
    title: str = ""
    channel_id: str = ""
    begins: datetime | None = None
    duration: timedelta = timedelta(minutes=30)
    repeats: Repeats = Repeats.NEVER
    until: date | None = None
    people: tuple[UserId, ...] = ()
    reminder: timedelta = timedelta(minutes=10)
    provider: str | None = None


def show_schedule_call(
    calls: CallService, scheduling: Scheduling, person: Person, trigger_id: str, channel_id: str = ""
) -> None:
    """Open the empty dialog for a person, in their own time zone.

    Args:
        channel_id: the conversation they are in, or empty where Slack knows it.
    """
    scheduling.open_dialog(
        person, trigger_id, lambda zone: build_view(Filled(zone, channel_id=channel_id), calls.choices)
    )


def ask_for_schedule_call(calls: CallService, scheduling: Scheduling) -> Listener:
    """Return the listener of everything that opens the dialog: the global shortcut, the button on the Home."""

    async def handle_ask_for_schedule_call(ack: AsyncAck, body: Body) -> None:
        await ack()
        show_schedule_call(calls, scheduling, interaction_person(body), body["trigger_id"])

    return handle_ask_for_schedule_call


def build_edit_plan_view(found: ShownPlan, providers: Sequence[str]) -> Json:
    """Return the dialog filled in with a plan."""
    plan = found.plan
    shown = None if plan.next_at is None else plan.next_at.astimezone(plan.tz)
    filled = Filled(
        zone=plan.tz.key,
        plan_id=plan.id,
        title=plan.title,
        channel_id=plan.channel_id,
        begins=shown,
        duration=plan.duration,
        repeats=plan.repeats,
        until=None if plan.until is None else plan.until.astimezone(plan.tz).date(),
        people=tuple(person.user_id for person in found.people if person.is_invited),
        reminder=plan.reminder,
        provider=plan.provider,
    )
    return build_view(filled, providers)


def build_view(filled: Filled, providers: Sequence[str]) -> Json:
    """Return the dialog.

    Args:
        providers: the meeting systems there are, the usual one first; one alone is not asked about.
    """
    is_new = not filled.plan_id
    kept = json.dumps({"plan": filled.plan_id, "zone": filled.zone, "channel": filled.channel_id})
    return {
        "type": "modal",
        "callback_id": CALLBACK_ID,
        "private_metadata": kept,
        "title": _plain(_("Plan a call") if is_new else _("Change this call")),
        "submit": _plain(_("Plan") if is_new else _("Save")),
        "close": _plain(_("Cancel")),
        "blocks": [
            _input("title", _("Title"), _title(filled), optional=True),
            *([_input("channel", _("Where the card is posted"), _channel(filled))] if is_new else []),
            *_times(filled),
            _input("people", _("People to invite"), _people(filled), optional=True),
            _input("reminder", _("Reminder"), _select("reminder", _reminders(), _minutes(filled.reminder))),
            *_provider(filled, providers),
        ],
    }


def submit_schedule_call(scheduling: Scheduling) -> Listener:
    """Return the listener of the dialog's button."""

    async def handle_schedule_call_view(ack: AsyncAck, body: Body) -> None:
        with reading("view"):
            kept = json.loads(body["view"]["private_metadata"])
            plan_id = PlanId(str(kept["plan"])) if kept["plan"] else None
            request = _request(body, kept)
        if request is None:
            await ack(response_action="errors", errors={"date": plans.no_day_or_time()})
            return
        delivery = view_delivery(body)
        if plan_id is None:
            await answer_view(ack, "date", scheduling.schedule(request, delivery))
        else:
            await answer_view(ack, "date", scheduling.edit(plan_id, request, delivery))

    return handle_schedule_call_view


def _request(body: Body, kept: dict[str, str]) -> PlanRequest | None:
    """Return what was entered; None without a day or a time."""
    day, shown = view_value(body, "date", "selected_date"), view_value(body, "time", "selected_time")
    if day is None or shown is None:
        return None
    zone = ZoneInfo(kept["zone"])
    last = view_value(body, "until", "selected_date")
    urls = body.get("response_urls") or [{}]
    return PlanRequest(
        person=interaction_person(body),
        channel_id=ChannelId(view_value(body, "channel", "selected_conversation") or kept["channel"]),
        title=view_value(body, "title", "value") or "",
        begins_at=instant(datetime.combine(date.fromisoformat(day), time.fromisoformat(shown)), zone),
        zone=kept["zone"],
        duration=int(_chosen(body, "duration") or 30) * MINUTE,
        repeats=Repeats(_chosen(body, "repeats") or Repeats.NEVER),
        # The last day counts as a whole.
        until=None if last is None else instant(datetime.combine(date.fromisoformat(last), time.max), zone),
        invited=tuple(UserId(user) for user in view_value(body, "people", "selected_users") or ()),
        provider=_chosen(body, "provider"),
        reminder=int(_chosen(body, "reminder") or 0) * MINUTE,
        response_url=urls[0].get("response_url"),
    )


def _chosen(body: Body, block_id: str) -> str | None:
    value = (view_value(body, block_id, "selected_option") or {}).get("value")
    return None if value is None else str(value)


def _times(filled: Filled) -> list[Json]:
    day: Json = {"type": "datepicker", "action_id": "date"}
    clock: Json = {"type": "timepicker", "action_id": "time", "timezone": filled.zone}
    last: Json = {"type": "datepicker", "action_id": "until"}
    if filled.begins is not None:
        day["initial_date"], clock["initial_time"] = f"{filled.begins:%Y-%m-%d}", f"{filled.begins:%H:%M}"
    if filled.until is not None:
        last["initial_date"] = filled.until.isoformat()
    lengths = sorted({*DURATIONS_MIN, int(_minutes(filled.duration))})
    durations = [(plans.length(minutes * MINUTE), str(minutes)) for minutes in lengths if minutes]
    repeats = [(plans.repetition(each).capitalize(), each.value) for each in Repeats]
    return [
        _input("date", _("Date"), day),
        _input("time", _("Time, by the clock in {zone}").format(zone=filled.zone), clock),
        _input("duration", _("How long it takes"), _select("duration", durations, _minutes(filled.duration))),
        _input("repeats", _("Repeats"), _select("repeats", repeats, filled.repeats.value)),
        _input("until", _("Last day of a series"), last, optional=True),
    ]


def _title(filled: Filled) -> Json:
    element: Json = {"type": "plain_text_input", "action_id": "title", "max_length": TITLE_MAX_CHARS}
    element["placeholder"] = _plain(_("Weekly sync"))
    return element | ({"initial_value": filled.title} if filled.title else {})


def _channel(filled: Filled) -> Json:
    element: Json = {
        "type": "conversations_select",
        "action_id": "channel",
        "placeholder": _plain(_("Choose a conversation")),
    }
    if filled.channel_id:
        return element | {"initial_conversation": filled.channel_id}
    return element | {"default_to_current_conversation": True}


def _people(filled: Filled) -> Json:
    element: Json = {
        "type": "multi_users_select",
        "action_id": "people",
        "placeholder": _plain(_("Choose people")),
    }
    return element | ({"initial_users": list(filled.people)} if filled.people else {})


def _reminders() -> list[tuple[str, str]]:
    choices = [(_("None"), "0")]
    for minutes in REMINDERS_MIN[1:]:
        before = _("{duration} before").format(duration=plans.length(minutes * MINUTE))
        choices.append((before, str(minutes)))
    return choices


def _provider(filled: Filled, providers: Sequence[str]) -> list[Json]:
    if len(providers) < 2:  # noqa: PLR2004 - nothing to choose from
        return []
    chosen = filled.provider if filled.provider in providers else providers[0]
    options = [(name, name) for name in providers]
    return [_input("provider", _("Meeting system"), _select("provider", options, chosen))]


def _minutes(of: timedelta) -> str:
    return str(int(of / MINUTE))


def _select(action_id: str, choices: Sequence[tuple[str, str]], chosen: str | None) -> Json:
    options = [{"text": _plain(text), "value": value} for text, value in choices]
    initial = next((option for option in options if option["value"] == chosen), options[0])
    return {"type": "static_select", "action_id": action_id, "options": options, "initial_option": initial}


def _input(block_id: str, label: str, element: Json, *, optional: bool = False) -> Json:
    return {"type": "input", "block_id": block_id, "label": _plain(label), "element": element, "optional": optional}


def _plain(text: str) -> Json:
    return {"type": "plain_text", "text": text}
